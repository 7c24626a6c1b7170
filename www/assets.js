/*
 * Where the package's other files are. A bundler finds them by the expressions `new URL('./file', import.meta.url)`,
 * which must stay as they are. A page whose bundler does not know that expression calls `configure()`.
 */

import { namedWorker } from './start-worker.js';

/** The folder with the package's files, if the page named one. @type {URL | undefined} */
let folder;
let blobWorker = false;

/**
 * Sets where the package's files are. Call it before the first element needs them.
 * @param {object} settings
 * @param {string | URL} [settings.assets] the URL of a folder with the package's folders `pkg` and `vision`
 * @param {boolean} [settings.blobWorker] whether the detector's worker may start from another origin than the page's,
 *   through a blob; the page's policy needs `worker-src blob:`
 */
export function configure({ assets, blobWorker: blob = false }) {
  folder = assets ? new URL(`${assets}`.replace(/\/?$/, '/'), document.baseURI) : undefined;
  blobWorker = blob;
}

/** Bundlers replace URLs with objects whose text is relative. @param {URL} url */
const absolute = (url) => new URL(url.href, document.baseURI).href;

const widgetUrl = () =>
  folder
    ? new URL('pkg/akiba-selfie_bg.wasm', folder).href
    : absolute(new URL('./pkg/akiba-selfie_bg.wasm', import.meta.url));

/** Returns the URL of a style sheet, which stands beside the folders. @param {string} name */
export const styleUrl = (name) => new URL(`../${name}`, widgetUrl()).href;

const restUrl = () =>
  folder
    ? new URL('pkg/akiba-selfie_rest.wasm', folder).href
    : absolute(new URL('./pkg/akiba-selfie_rest.wasm', import.meta.url));

/** Requests the widget's WebAssembly for the first screen. @param {AbortSignal} signal */
export const fetchWidget = (signal) => fetchWasm(widgetUrl(), signal);

/** Requests the rest of it. @param {AbortSignal} signal */
export const fetchRest = (signal) => fetchWasm(restUrl(), signal);

/**
 * Requests WebAssembly. Fails with a cause that a developer understands. Many servers answer with a page for a
 * file that does not exist.
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Response | BufferSource>}
 */
async function fetchWasm(url, signal) {
  const reply = await fetch(url, { signal });
  const type = reply.headers.get('Content-Type');
  if (reply.ok && !type?.startsWith('text/html')) return reply;
  throw new Error(`${url} is not the WebAssembly (status ${reply.status}, ${type}): see docs/bundlers.md`);
}

const visionUrl = () =>
  folder
    ? new URL('vision/akiba-vision.wasm', folder).href
    : absolute(new URL('./vision/akiba-vision.wasm', import.meta.url));

/**
 * Starts the worker, and requests its WebAssembly at the same time, not after the worker's script has come. The widget ends
 * it.
 * @returns {Worker}
 * @throws {DOMException} if the page may not start it, as when this file comes from another origin
 */
export function openVision() {
  const url = visionUrl();
  const worker = startWorker(url);
  sendVision(worker, url);
  return worker;
}

/** @param {Worker} worker @param {string} url */
async function sendVision(worker, url) {
  /** @type {{ wasm: string | ArrayBuffer }} */
  const message = { wasm: url };
  try {
    const reply = await fetch(url);
    if (reply.ok) message.wasm = await reply.arrayBuffer();
  } catch {
    // The worker tries once more, and says why it fails.
  }
  worker.postMessage(message);
}

/** The blob that starts the worker. @type {string | undefined} */
let blobUrl;

/** @param {string} wasm the URL of the worker's WebAssembly */
function startWorker(wasm) {
  const script = new URL('worker.js', wasm).href;
  if (blobWorker) {
    blobUrl ??= URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(script)})`]));
    return namedWorker(blobUrl);
  }
  // A bundler gives the files other names. Where none did, the worker stands beside its WebAssembly.
  if (wasm.endsWith('/vision/akiba-vision.wasm')) return namedWorker(script);
  // Bundlers look for exactly this expression.
  return new Worker(new URL('./vision/worker.js', import.meta.url));
}
