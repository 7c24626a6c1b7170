// Starts the installed Chromium for tests.
//
// Exports: `launch()`.

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
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launch({ film = null, grant = true, args = [] } = {}) {
  // A count of 0: otherwise headless Chromium would look for the machine's own camera.
  const camera = film
    ? ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`]
    : ['--use-fake-device-for-media-stream=device-count=0'];
  return chromium.launch({
    executablePath: executable(),
    args: [...QUIET, ...camera, ...(grant ? ['--use-fake-ui-for-media-stream'] : []), ...args],
  });
}

function executable() {
  const named = process.env.CHROMIUM;
  if (named) return named;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const file = join(folder, name);
      if (existsSync(file)) return file;
    }
  }
  throw new Error('Chromium not found: install it, or set CHROMIUM to its path');
}
