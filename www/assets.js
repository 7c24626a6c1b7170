/*
 * Where the package's other files are. A bundler finds them by the expressions `new URL('./file', import.meta.url)`,
 * which must stay as they are. A page whose bundler does not know that expression calls `configure()`.
 */

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

/** Returns the URL of the widget's WebAssembly. */
export const widgetUrl = () =>
  folder
    ? new URL('pkg/akiba-selfie_bg.wasm', folder).href
    : absolute(new URL('./pkg/akiba-selfie_bg.wasm', import.meta.url));

const visionUrl = () =>
  folder
    ? new URL('vision/akiba-vision.wasm', folder).href
    : absolute(new URL('./vision/akiba-vision.wasm', import.meta.url));

/**
 * Starts the worker, which loads its own WebAssembly. The widget ends it.
 * @returns {Worker}
 * @throws {DOMException} if the page may not start it, as when this file comes from another origin
 */
export function openVision() {
  const wasm = visionUrl();
  const worker = startWorker(new URL('worker.js', wasm).href);
  worker.postMessage({ wasm });
  return worker;
}

/** @param {string} script the URL of the worker where no bundler has renamed it */
function startWorker(script) {
  if (blobWorker) return namedWorker(URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(script)})`])));
  if (folder) return namedWorker(script);
  try {
    // Bundlers look for exactly this expression.
    return new Worker(new URL('./vision/worker.js', import.meta.url));
  } catch (error) {
    return trustedWorker(script, error);
  }
}

/** @param {string} url */
function namedWorker(url) {
  try {
    return new Worker(url);
  } catch (error) {
    return trustedWorker(url, error);
  }
}

/** @type {{ createScriptURL(url: string): string } | undefined} */
let policy;

/**
 * Starts a worker under `require-trusted-types-for 'script'`, where a plain URL is a TypeError. The policy is created
 * only then, because a page that allows no policies reports each attempt.
 * @param {string} url
 * @param {unknown} error why it did not start by the plain URL
 */
function trustedWorker(url, error) {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  if (!trustedTypes || !(error instanceof TypeError)) throw error;
  policy ??= trustedTypes.createPolicy('akiba-selfie', { createScriptURL: (/** @type {string} */ text) => text });
  return new Worker(/** @type {NonNullable<typeof policy>} */ (policy).createScriptURL(url));
}
