/*
 * Loads the WebAssembly once for all elements of the page, when the first of them needs it, and begins the worker that
 * looks at pictures, when a camera opens.
 */

import { known } from './crash.js';
import init, { Widget } from './pkg/akiba-selfie.js';

let loading;

/**
 * Resolves to the widget's class. A failed load is tried again by the next call.
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
 * Begins the worker, which loads what it needs. The widget ends it.
 * @returns {Worker}
 * @throws {DOMException} where the page may not begin it, as when this file is of another origin
 */
export function openVision() {
  const worker = new Worker(new URL('./vision/worker.js', import.meta.url));
  worker.postMessage({ wasm: new URL('./vision/akiba-vision.wasm', import.meta.url).href });
  return worker;
}
