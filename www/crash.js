/*
 * Reports a trap of the WebAssembly. After a trap no Rust code runs, so the widget itself can neither turn the camera
 * off nor show a message. The calls of the WebAssembly report it (scripts/bundle.mjs adds that), so a trap of another
 * WebAssembly in the page has no effect here.
 */

import { onTrap } from './pkg/akiba-selfie.js';

/** @type {Set<() => void>} */
const mounted = new Set();
let crashed = false;

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

onTrap(() => {
  crashed = true;
  const all = [...mounted];
  mounted.clear();
  for (const onCrash of all) onCrash();
});
