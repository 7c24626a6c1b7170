/* Loads the WebAssembly once for all elements of the page, when the first of them needs it. */

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
