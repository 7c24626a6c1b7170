// The way of a frame: to the hint, to the photo, and each branch for a browser that lacks something.

import assert from 'node:assert/strict';

import { clean } from './main.mjs';

/** @import { Scenario } from '../bench.mjs' */
/** @import { EnginePage } from '../drivers/engine-page.mjs' */

/** What the camera shows, with the hint that it causes. */
const HINTS = {
  far: 'come-closer',
  close: 'move-back',
  left: 'move-left',
  right: 'move-right',
  dark: 'too-dark',
  empty: 'no-face',
  good: 'hold',
};

/** What a browser lacks for the way of a frame. @type {Record<string, Record<string, string>>} */
const BRANCHES = {
  VideoFrame: { without: 'VideoFrame' },
  'VideoFrame and small bitmaps': { without: 'VideoFrame', copies: 'large' },
  requestVideoFrameCallback: { without: 'frames' },
};

/** Goes to the camera's picture, where the photo is taken automatically. @param {EnginePage} page @param {string} url */
async function framed(page, url) {
  await page.start(url);
  await page.agree();
  await page.state(['framing', 'countdown', 'grabbing', 'review']);
}

/** The photo was taken automatically, and has the camera's picture. @param {EnginePage} page */
async function taken(page) {
  await page.state('review', undefined, 40_000);
  await pictured(page);
  assert.equal(await page.evaluate(() => probe.last('selfie-captured').detail.quality.faces), 1);
}

/** The photo is not white. @param {EnginePage} page */
async function pictured(page) {
  const { count } = await page.evaluate(() => probe.mark());
  assert.ok(count > 100, `${count} pixels of the mark`);
}

/** @param {EnginePage} page @returns {Promise<any>} what passed between page and worker */
const worker = (page) => page.evaluate(() => probe.worker);

/** @type {Scenario[]} */
export const scenarios = [
  {
    name: 'each hint, when the picture calls for it',
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url());
      for (const [scene, hint] of Object.entries(HINTS)) {
        await page.evaluate((scene) => {
          probe.scene = scene;
        }, scene);
        await page.until((hint) => probe.last('selfie-guidance')?.detail.hint === hint, hint);
      }
      await page.press('Cancel');
      await page.state('idle');
      await clean(page);
    },
  },
  {
    name: 'a countdown before the photo',
    async run(bench) {
      const page = await bench.open();
      await page.start(bench.url());
      await page.evaluate(() => {
        probe.host().countdown = true;
      });
      await page.agree();
      await page.state('countdown', undefined, 40_000);
      await taken(page);
      await clean(page);
    },
  },
  ...Object.entries(BRANCHES).map(([lack, query]) => ({
    name: `frames without ${lack}`,
    /** @type {Scenario['run']} */
    async run(bench) {
      const page = await bench.open();
      await framed(page, bench.url(query));
      await taken(page);
      if (query.without === 'VideoFrame') {
        assert.deepEqual(Object.keys((await worker(page)).pictures), ['ImageBitmap']);
      }
      await clean(page);
    },
  })),
  {
    name: 'requestVideoFrameCallback is silent: hints, countdown and photo still come',
    async run(bench) {
      const page = await bench.open();
      await page.start(bench.url({ frames: 'silent' }));
      await page.evaluate(() => {
        probe.scene = 'far';
        probe.host().countdown = true;
      });
      await page.agree();
      await page.until(() => probe.last('selfie-guidance')?.detail.hint === 'come-closer');
      await page.evaluate(() => {
        probe.scene = 'good';
      });
      await page.state('countdown');
      await taken(page);
      await clean(page);
    },
  },
  {
    name: 'no workers: the photo is taken by hand',
    async run(bench) {
      const page = await bench.open();
      await framed(page, bench.url({ without: 'Worker' }));
      await page.shoot();
      await pictured(page);
      assert.equal(await page.send(), 'done');
      await clean(page);
    },
  },
  {
    name: 'the detector arrives late: hints and photo come when it is there',
    async run(bench) {
      const page = await bench.open();
      await framed(page, bench.url({ detector: 'late' }));
      await page.until(() => probe.button('Take the photo'));
      assert.equal((await worker(page)).reports, 0);
      await taken(page);
      const { started, blind } = await worker(page);
      assert.deepEqual({ started, blind }, { started: 1, blind: [] });
      await clean(page);
    },
  },
  {
    name: 'a detector that failed is replaced with the next photo',
    async run(bench) {
      const page = await bench.open();
      await framed(page, bench.url({ detector: 'lost' }));
      await page.shoot();
      assert.equal((await worker(page)).blind.length, 1);
      await page.press('Retake');
      await taken(page);
      assert.equal((await worker(page)).started, 2);
      await clean(page);
    },
  },
  {
    name: 'a frame that draws nothing is drawn again; without one, there is no photo',
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url({ blank: '3' }));
      await page.shoot();
      await pictured(page);
      await page.frame(bench.url({ blank: '1000' }));
      await page.press('Take the photo');
      await page.state('failed');
      assert.equal((await page.event('selfie-error')).detail.code, 'photo-failed');
      await page.press('Try the camera again');
      await page.state('framing');
      await page.press('Cancel');
      await page.state('idle');
      await clean(page);
    },
  },
];
