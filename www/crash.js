/*
 * The last resort: if the WebAssembly stops at a fault of its own (a trap), no Rust code runs any more, and nothing of it
 * could turn the camera off or say a word. So this is watched for from outside.
 */

const mounted = new Set();
/** What a trap of this package has in its stack: the file names of the WebAssembly and of the code that called it. */
const names = new Set();
let crashed;

/** Adds the file of a URL to those that a trap of this package is known by; a bundler may have renamed it. */
export function known(url) {
  names.add(new URL(url).pathname.split('/').pop());
}

/**
 * Watches over an element until the returned function is called.
 * @param {() => void} onCrash called once if the WebAssembly stops
 */
export function watch(onCrash) {
  mounted.add(onCrash);
  return () => mounted.delete(onCrash);
}

/** Whether the WebAssembly has stopped. It can't be started again in this page. */
export const hasCrashed = () => crashed === true;

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
