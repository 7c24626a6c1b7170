/* Loads the WebAssembly once for all elements of the page, when the first of them needs it. */

import { fetchRest, fetchWidget, styleUrl } from './assets.js';
import init, { initRest, Widget } from './pkg/akiba-selfie.js';
import { runs } from './probe.js';

/** How long the rest of the WebAssembly may take, in milliseconds: at 1 kB a second it is there. */
const REST_LIMIT = 60_000;

/**
 * How long after a failure the person may still be found to have left the page, in milliseconds. WebKit ends the requests of
 * a page some 90 ms before it tells the page.
 */
const LEAVING = 1_000;

/** @type {Promise<typeof Widget> | undefined} */
let loading;
/** @type {Promise<void> | undefined} */
let resting;
/** Ends the current attempt. @type {AbortController | undefined} */
let attempt;
/** Resolves when the page is shown again after the person left it. @type {Promise<unknown> | undefined} */
let back;

// A server loads this file, too.
globalThis.addEventListener?.('pagehide', () => {
  back = new Promise((shown) => addEventListener('pageshow', shown, { once: true }));
});

/**
 * Repeats what fails because the person leaves the page: a browser that keeps the page ends its requests.
 * @template T @param {() => Promise<T>} request @returns {Promise<T>}
 */
async function untilShown(request) {
  const before = back;
  try {
    return await request();
  } catch (error) {
    if (back === before) {
      await new Promise((done) => {
        addEventListener('pagehide', done, { once: true });
        setTimeout(done, LEAVING);
      });
    }
    if (back === before) throw error;
    await back;
    return untilShown(request);
  }
}

/**
 * Resolves to the widget's class. After a failure, the next call tries again.
 * @returns {Promise<typeof Widget>}
 */
export function load() {
  loading ??= untilShown(initialise).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/**
 * Resolves once the WebAssembly is whole: what is behind the first screen is a file of its own. After a failure, the next call
 * tries again.
 */
export function loadRest() {
  resting ??= untilShown(complete).catch((error) => {
    resting = undefined;
    throw error;
  });
  return resting;
}

async function complete() {
  if (!runs()) return;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), REST_LIMIT);
  try {
    await initRest(() => fetchRest(limit.signal));
  } finally {
    clearTimeout(timer);
  }
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
