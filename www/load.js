/* Loads the WebAssembly once for all elements of the page, when the first of them needs it. */

import { widgetUrl } from './assets.js';
import init, { Widget } from './pkg/akiba-selfie.js';

/** @type {Promise<typeof Widget> | undefined} */
let loading;

/**
 * Resolves to the widget's class. After a failure, the next call tries again.
 * @returns {Promise<typeof Widget>}
 */
export function load() {
  loading ??= init({ module_or_path: fetchWasm(widgetUrl()) }).then(
    () => Widget,
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/**
 * Fails with a cause that a developer understands. Many servers answer with a page for a file that does not exist.
 * @param {string} url
 */
async function fetchWasm(url) {
  const reply = await fetch(url);
  const type = reply.headers.get('Content-Type');
  if (reply.ok && !type?.startsWith('text/html')) return reply;
  throw new Error(`${url} is not the WebAssembly (status ${reply.status}, ${type}): see docs/bundlers.md`);
}
