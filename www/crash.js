/*
 * The last resort: if the WebAssembly stops at a fault of its own (a trap), no Rust code runs any more, and nothing of it
 * could turn the camera off or say a word. So this is watched for from outside.
 */

const mounted = new Set();
let crashed;

/**
 * Watches over an element until the returned function is called.
 * @param {(error: Error) => void} onCrash called once if the WebAssembly stops
 */
export function watch(onCrash) {
  mounted.add(onCrash);
  return () => mounted.delete(onCrash);
}

/** The fault that stopped the WebAssembly, if one did: it can't be started again in this page. */
export const fault = () => crashed;

function onFault(error) {
  if (crashed || !(error instanceof WebAssembly.RuntimeError) || !/akiba-selfie/.test(error.stack)) return;
  crashed = error;
  for (const onCrash of [...mounted]) onCrash(error);
  mounted.clear();
}

globalThis.addEventListener?.('error', (event) => onFault(event.error));
globalThis.addEventListener?.('unhandledrejection', (event) => onFault(event.reason));
