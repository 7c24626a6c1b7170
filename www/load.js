/*
 * Loads the WebAssembly once for all elements of the page, when the first of them needs it. Starts the worker that
 * analyses pictures when a camera opens.
 */

import { known } from './crash.js';
import init, { Widget } from './pkg/akiba-selfie.js';

/** @type {Promise<typeof Widget> | undefined} */
let loading;

/**
 * Resolves to the widget's class. After a failure, the next call tries again.
 * @returns {Promise<typeof Widget>}
 */
export function load() {
  const wasm = new URL('./pkg/akiba-selfie_bg.wasm', import.meta.url);
  known(wasm);
  known(new URL('./pkg/akiba-selfie.js', import.meta.url));
  known(import.meta.url);
  loading ??= init({ module_or_path: wasm }).then(
    () => Widget,
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/**
 * Starts the worker, which loads its own WebAssembly. The widget ends it.
 * @returns {Worker}
 * @throws {DOMException} if the page may not start it, as when this file comes from another origin
 */
export function openVision() {
  const worker = new Worker(new URL('./vision/worker.js', import.meta.url));
  worker.postMessage({ wasm: new URL('./vision/akiba-vision.wasm', import.meta.url).href });
  return worker;
}
