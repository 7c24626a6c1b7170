// The engines that the tests drive.
//
// Exports: `ENGINES`.

import { launch as chromium } from './chromium.mjs';
import { launch as firefox } from './firefox.mjs';
import { launch as webkit } from './webkit.mjs';

/**
 * How to launch an engine.
 * @typedef {object} Settings
 * @property {'own' | 'none'} [camera] the engine's own fake camera, or a machine without one
 * @property {'granted' | 'denied' | 'asks'} [permission] what the browser answers for the person; with `asks` nobody answers
 * @property {'dark' | 'reduced-motion' | 'forced-colours'} [look] what the system prefers
 * @property {Record<string, unknown>} [prefs] preferences of Firefox
 */

/** The name of each engine, and how it is launched. */
export const ENGINES = {
  chromium: { title: 'Chromium', launch: chromium },
  firefox: { title: 'Firefox ESR', launch: firefox },
  webkit: { title: 'WebKitGTK', launch: webkit },
};
