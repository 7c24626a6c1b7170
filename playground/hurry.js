/* Shortens the long pauses of the element, so that nobody waits half a minute for a failure. */

import { world } from './world.js';

/** How much shorter a pause becomes. */
const TIMES = 40;
/** Pauses from this on are shortened, in milliseconds. */
const LONG = 500;

/** From here on, `setTimeout` is as fast as the world is. */
export function installHurry() {
  const real = globalThis.setTimeout.bind(globalThis);
  const hurried = (
    /** @type {TimerHandler} */ handler,
    /** @type {number} */ delay = 0,
    /** @type {any[]} */ ...args
  ) => real(handler, world.hurried && delay >= LONG ? delay / TIMES : delay, ...args);
  globalThis.setTimeout = /** @type {typeof setTimeout} */ (/** @type {unknown} */ (hurried));
}
