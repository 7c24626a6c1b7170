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
 * Starts a browser with a fresh profile.
 * @param {object} [settings]
 * @param {string | null} [settings.film] the file that the fake camera shows; null for a machine without a camera
 * @param {boolean} [settings.grant] whether the browser lets every page use the camera without asking
 * @param {string[]} [settings.args] more arguments
 * @param {string[]} [settings.ignoreDefaultArgs] arguments that Playwright would add
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launch({ film = null, grant = true, args = [], ignoreDefaultArgs = [] } = {}) {
  // A count of 0: otherwise headless Chromium would look for the machine's own camera.
  const camera = film
    ? ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`]
    : ['--use-fake-device-for-media-stream=device-count=0'];
  return chromium.launch({
    executablePath: process.env.CHROMIUM || find('chromium', 'chromium-browser', 'google-chrome'),
    ignoreDefaultArgs,
    args: [...QUIET, ...camera, ...(grant ? ['--use-fake-ui-for-media-stream'] : []), ...args],
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
