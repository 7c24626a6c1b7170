// Makes docs/pictures/theme-NAME.jpg for each preset, in the playground: the first screen and the camera, in light and in dark.
// `scripts/tour.sh --docs` runs it.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { launch } from './support/browser.mjs';
import { serve } from './support/site.mjs';

const BUILT = new URL('../../build/playground/', import.meta.url);
const OUT = new URL('../../docs/pictures/', import.meta.url);
const PHONE = { width: 360, height: 740 };
/** How long colours and the ring move, in milliseconds. */
const SETTLE = 1000;
const QUALITY = 72;

const site = await serve({ '/': BUILT });
const browser = await launch({ film: null });
try {
  for (const file of readdirSync(new URL('akiba-selfie/themes/', BUILT))) {
    const preset = file.replace('.css', '');
    const shots = [];
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      for (const state of ['idle', 'hint-good']) shots.push(await portrait(preset, state, colorScheme));
    }
    await beside(shots, fileURLToPath(new URL(`theme-${preset}.jpg`, OUT)));
    console.log(`presets: ${preset}`);
  }
} finally {
  await browser.close();
  await site.close();
}

/** Returns the picture of the element. @param {string} preset @param {string} state @param {'light' | 'dark'} colorScheme */
async function portrait(preset, state, colorScheme) {
  const page = await browser.newPage({ viewport: PHONE, colorScheme, reducedMotion: 'reduce' });
  await page.goto(`${site.origin}/?show=${state}#preset=${preset}`);
  const ready = state === 'idle' ? '.idle' : '.whole';
  await page.locator(`akiba-selfie ${ready}`).waitFor({ state: 'attached', timeout: 30_000 });
  // JPEG has no transparency, so the page behind the round corners is white.
  await page.evaluate(() => {
    document.body.style.background = '#fff';
  });
  await page.waitForTimeout(SETTLE);
  const shot = await page.locator('akiba-selfie').screenshot({ animations: 'disabled' });
  await page.close();
  return shot.toString('base64');
}

/** Writes pictures beside each other. @param {string[]} shots @param {string} path */
async function beside(shots, path) {
  const page = await browser.newPage({ viewport: { width: 4 * PHONE.width, height: PHONE.height } });
  const images = shots.map((shot) => `<img src="data:image/png;base64,${shot}">`).join('');
  await page.setContent(`<body style="margin:0;display:inline-flex;gap:12px;align-items:start">${images}</body>`);
  await page.locator('body').screenshot({ path, type: 'jpeg', quality: QUALITY });
  await page.close();
}
