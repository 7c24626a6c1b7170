// Starts the installed Chromium for tests.
//
// Exports: `launch()`, `find()`.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { chromium } from 'playwright-core';

/** Arguments that stop all traffic except the page's. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Parts of Chromium's own window that are pages. Nobody sees them here, and each window would load one beside the page
 * under test.
 */
const UNSEEN = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'];

/** @type {Promise<string> | undefined} */
let disabled;

/**
 * Returns the argument that switches off these parts and what Playwright switches off: Chromium only reads the last
 * argument of this name. Playwright lists its arguments when a program ends at once.
 */
async function without() {
  const listed = await chromium.launch({ executablePath: process.execPath, args: ['--version'] }).catch(String);
  const [, playwright] = /--disable-features=(\S+)/.exec(String(listed)) ?? [];
  if (!playwright) throw new Error('Playwright no longer lists its arguments');
  return `--disable-features=${[playwright, ...UNSEEN].join()}`;
}

/**
 * Starts a browser with a fresh profile.
 * @param {object} [settings]
 * @param {string | null} [settings.film] the file that the fake camera shows; null for a machine without a camera
 * @param {boolean} [settings.grant] whether the browser lets every page use the camera without asking
 * @param {string[]} [settings.args] more arguments
 * @param {string[]} [settings.ignoreDefaultArgs] arguments that Playwright would add
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launch({ film = null, grant = true, args = [], ignoreDefaultArgs = [] } = {}) {
  // A count of 0: otherwise headless Chromium would look for the machine's own camera.
  const camera = film
    ? ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`]
    : ['--use-fake-device-for-media-stream=device-count=0'];
  disabled ??= without();
  return chromium.launch({
    executablePath: process.env.CHROMIUM || find('chromium', 'chromium-browser', 'google-chrome'),
    ignoreDefaultArgs,
    args: [...QUIET, await disabled, ...camera, ...(grant ? ['--use-fake-ui-for-media-stream'] : []), ...args],
  });
}

/** Returns the path of the first of these programs that is installed. @param {string[]} names */
export function find(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const file = join(folder, name);
      if (existsSync(file)) return file;
    }
  }
  throw new Error(`${names[0]} not found: scripts/setup.sh test installs it`);
}
