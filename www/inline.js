/*
 * The files of the package as text in one module, instead of assets.js. scripts/bundle.mjs builds it with everything
 * else into inline/akiba-selfie.js.
 */

import { namedWorker } from './start-worker.js';

/**
 * Base64 of the WebAssembly modules, and the worker's code.
 * @type {{ widget: string, rest: string, vision: string, worker: string }}
 */
const FILES = /** @type {any} */ (globalThis).INLINE_FILES;

/** @param {string} base64 */
const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** There is nothing to set: no file has a URL. */
export function configure() {}

/** No style sheet has a URL. */
export const styleUrl = () => '';

/** Resolves to the widget's WebAssembly. */
export const fetchWidget = async () => bytes(FILES.widget);

/** Resolves to the rest of it. */
export const fetchRest = async () => bytes(FILES.rest);

/** @type {string | undefined} */
let script;

/** Starts the worker. The page's policy needs `worker-src blob:`. */
export function openVision() {
  script ??= URL.createObjectURL(new Blob([FILES.worker], { type: 'text/javascript' }));
  const worker = namedWorker(script);
  const wasm = bytes(FILES.vision);
  worker.postMessage({ wasm }, [wasm.buffer]);
  return worker;
}
