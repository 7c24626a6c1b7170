/* Loads the WebAssembly once for all elements of the page, when the first of them needs it. */

import { fetchWidget, styleUrl } from './assets.js';
import init, { Widget } from './pkg/akiba-selfie.js';
import { runs } from './probe.js';

/** @type {Promise<typeof Widget> | undefined} */
let loading;
/** Ends the current attempt. @type {AbortController | undefined} */
let attempt;

/**
 * Resolves to the widget's class. After a failure, the next call tries again.
 * @returns {Promise<typeof Widget>}
 */
export function load() {
  loading ??= initialise().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Requests the WebAssembly again, if it has not arrived. */
export const loadAgain = () => attempt?.abort();

/** @returns {Promise<typeof Widget>} */
async function initialise() {
  if (!runs()) return /** @type {any} */ ((await import('./plain.js')).without(styleUrl('plain.css')));
  attempt = new AbortController();
  const { signal } = attempt;
  try {
    await init({ module_or_path: fetchWidget(signal) });
    if ('adoptedStyleSheets' in document) return Widget;
    return (await import('./linked.js')).linked(Widget, styleUrl('widget.css'));
  } catch (error) {
    // What was aborted never began to run, so there is never a second module.
    if (signal.aborted) return initialise();
    throw error;
  }
}
