// What the person sees is what is checked and what is sent: neither a colleague beside the viewfinder nor a portrait on the
// wall stops the photo, and the colleague is not in it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { company } from '../fixtures/face/company.mjs';
import { HEIGHT } from '../fixtures/face/film.mjs';
import { launch } from './support/browser.mjs';
import { similarity } from './support/picture.mjs';
import { Selfie } from './support/selfie.mjs';
import { suite } from './support/suite.mjs';
import { watch } from './support/watch.mjs';

const it = suite();

/** Decibels above which it is the same picture, and below which it is another one. */
const SAME = 36;
const OTHER = 20;

test('a colleague beside the viewfinder does not stop the photo, and is not in it', async () => {
  const { file, frames } = await company();
  const browser = await launch({ film: file });
  try {
    // A phone: the picture is 3 to 4.
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const watched = await watch(page);
    const selfie = await Selfie.open(page, `${it.demo.page}/`);
    await selfie.byHand(false);
    await selfie.frame();
    await selfie.state('review', 20_000);
    const hints = (await selfie.events('selfie-guidance')).map(({ detail }) => detail.hint);
    assert.ok(!hints.includes('several-faces'), hints.join());
    const [{ detail }] = await selfie.events('selfie-captured');
    assert.deepEqual([detail.quality.faces, detail.quality.flaw], [1, null]);

    // The preview was mirrored, and so is its photo on the screen.
    const photo = selfie.element.locator('[part=photo]').first();
    assert.equal(await photo.evaluate((image) => getComputedStyle(image).transform), 'matrix(-1, 0, 0, 1, 0, 0)');
    await selfie.button('Enlarge the photo').click();
    const large = selfie.element.locator('[popover]');
    await large.waitFor();
    assert.deepEqual(await large.boundingBox(), { x: 0, y: 0, width: 390, height: 844 });
    await page.keyboard.press('Escape');
    await large.waitFor({ state: 'hidden' });

    await selfie.send();
    await selfie.event('selfie-verified');
    const object = await it.demo.lastObject();
    const { straight, mirrored, width, height } = await similarity(it.browser, object, frames);
    assert.equal(height, HEIGHT, 'no pixel of the face is lost');
    assert.ok(Math.abs(width / height - 3 / 4) < 0.01, `${width} × ${height}`);
    assert.ok(straight > SAME, `${straight.toFixed(1)} dB from the likeliest frame`);
    assert.ok(mirrored < OTHER, `${mirrored.toFixed(1)} dB in the mirror`);
    await watched.settle();
    watched.clean();
  } finally {
    await browser.close();
  }
});
