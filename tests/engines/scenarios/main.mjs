// The main job: from consent to the verdict.

import assert from 'node:assert/strict';

import { PLAIN, segments } from '../../e2e/support/picture.mjs';

/** @import { Bench, Scenario } from '../bench.mjs' */
/** @import { EnginePage } from '../drivers/engine-page.mjs' */

/** No camera is on, and nothing went wrong in the page. @param {EnginePage} page @param {RegExp[]} [expected] */
export async function clean(page, expected) {
  assert.equal(await page.evaluate(() => probe.live()), 0, 'a camera is still on');
  assert.deepEqual(await page.wrong(expected), []);
}

/** The storage has the photo that the page got: a JPEG without metadata. @param {Bench} bench @param {EnginePage} page */
async function theSamePhoto({ demo }, page) {
  const taken = Buffer.from(await page.evaluate(() => probe.bytes()), 'base64');
  assert.deepEqual(await demo.lastObject(), taken);
  assert.deepEqual(
    segments(taken).filter((name) => !PLAIN.has(name)),
    [],
  );
}

/** @type {Scenario[]} */
export const scenarios = [
  {
    name: 'consent to verdict, the photo taken automatically, upright and not mirrored',
    short: true,
    async run(bench) {
      const page = await bench.open();
      await page.start(bench.url());
      await page.agree();
      await page.state('review', undefined, 40_000);
      const { width, height, count, x, y } = await page.evaluate(() => probe.mark());
      assert.ok(
        count > 100 && x < 0.2 && y < 0.2,
        `the mark is at ${x}, ${y}, with ${count} pixels of ${width} × ${height}`,
      );
      assert.equal(await page.send(), 'done');
      assert.ok(await page.event('selfie-verified'));
      await theSamePhoto(bench, page);
      await clean(page);
    },
  },
  {
    name: 'consent to verdict with sessions',
    short: true,
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url({}, bench.sessions));
      await page.shoot();
      assert.equal(await page.send(), 'done');
      assert.equal(await page.evaluate(() => probe.host().hasAttribute('identifier')), false);
      await page.until(() => /signature valid/.test(document.querySelector('#bank-says').textContent));
      await clean(page);
    },
  },
  {
    name: 'the own fake camera, and a photo by hand',
    short: true,
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.demo.page);
      await page.shoot();
      assert.equal(await page.evaluate(() => probe.live()), 0);
      await page.press('Retake');
      await page.state('framing');
      await page.shoot();
      assert.equal(await page.send(), 'done');
      assert.equal(await page.evaluate(() => probe.tracks.length), 2);
      await theSamePhoto(bench, page);
      await clean(page);
    },
  },
];
