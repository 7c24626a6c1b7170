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

/** A page with `require-trusted-types-for 'script'` allows this policy by its name. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('akiba-selfie', {
  createScriptURL: (/** @type {string} */ url) => url,
});

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
    // Bundlers look for exactly this expression. Where a page demands Trusted Types, it is a TypeError.
    return new Worker(new URL('./vision/worker.js', import.meta.url));
  } catch (error) {
    if (policy && error instanceof TypeError) return namedWorker(script);
    throw error;
  }
}

/** @param {string} url */
const namedWorker = (url) => new Worker(policy?.createScriptURL(url) ?? url);
