// Chromium, by the DevTools protocol.
//
// Exports: `launch()`.

import { launch as start } from '../../e2e/support/browser.mjs';
import { film } from '../../fixtures/face/film.mjs';
import { PlaywrightPage } from './playwright.mjs';

/** @import { Settings } from './index.mjs' */

/** @param {Settings} settings */
export async function launch({ camera = 'own', permission = 'granted', look } = {}) {
  const browser = await start({
    film: camera === 'none' ? null : (await film()).file,
    grant: permission === 'granted',
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  const open = async () => {
    const page = await PlaywrightPage.open('chromium', browser);
    // Granting nothing refuses everything without a question.
    if (permission === 'denied') await page.page.context().grantPermissions([]);
    if (look === 'dark') await page.page.emulateMedia({ colorScheme: 'dark' });
    if (look === 'reduced-motion') await page.page.emulateMedia({ reducedMotion: 'reduce' });
    if (look === 'forced-colours') await page.page.emulateMedia({ forcedColors: 'active' });
    return page;
  };
  return { version: browser.version(), open, close: () => browser.close() };
}
