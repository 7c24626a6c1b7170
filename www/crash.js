/*
 * Detects a trap of the WebAssembly. After a trap no Rust code runs, so the widget itself can neither turn the camera
 * off nor show a message.
 */

/** @type {Set<() => void>} */
const mounted = new Set();
/** The file names in the stack of a trap of this package: the WebAssembly and the code that calls it. */
const names = new Set();
let crashed = false;

/**
 * Adds a file name that identifies a trap of this package. A bundler may have renamed the file.
 * @param {string | URL} url
 */
export function known(url) {
  names.add(new URL(url).pathname.split('/').pop());
}

/**
 * Watches for a trap until the returned function is called.
 * @param {() => void} onCrash called once if the WebAssembly stops
 */
export function watch(onCrash) {
  mounted.add(onCrash);
  return () => mounted.delete(onCrash);
}

/** Returns whether the WebAssembly has stopped. It can't start again in this page. */
export const hasCrashed = () => crashed;

/** @param {unknown} error */
function onFault(error) {
  if (crashed || !(error instanceof WebAssembly.RuntimeError)) return;
  const stack = String(error.stack);
  if (![...names].some((name) => stack.includes(name))) return;
  crashed = true;
  for (const onCrash of [...mounted]) onCrash();
  mounted.clear();
}

globalThis.addEventListener?.('error', (event) => onFault(event.error));
globalThis.addEventListener?.('unhandledrejection', (event) => onFault(event.reason));
