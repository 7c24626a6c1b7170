/* Loads the WebAssembly once for all elements of the page, when the first of them needs it. */

import init, { Widget } from './pkg/akiba-selfie.js';

let loading;

/**
 * Resolves to the widget's class. A failed load is tried again by the next call.
 * @returns {Promise<typeof Widget>}
 */
export function load() {
  loading ??= init({ module_or_path: new URL('./pkg/akiba-selfie_bg.wasm', import.meta.url) }).then(
    () => Widget,
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
