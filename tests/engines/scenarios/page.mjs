// The page around the element: history, other pages, several elements, moves, a crash, and many mounts.

import assert from 'node:assert/strict';

import { clean } from './main.mjs';

/** @import { Bench, Scenario } from '../bench.mjs' */
/** @import { EnginePage } from '../drivers/engine-page.mjs' */

/** How many elements are mounted one after the other. */
const MOUNTS = 50;
/** How much the memory of the WebAssembly may grow between the 10th and the last of them, in bytes. */
const GROWTH = 1024 * 1024;

/** Goes to another page and back, from the page's cache or loaded again. @param {Bench} bench @param {EnginePage} page */
async function thereAndBack(bench, page) {
  await page.leaveFor(`${bench.demo.page}/demo/icon.svg`);
  await page.until(() => location.pathname.endsWith('.svg'));
  await page.history(-1);
  // The page has a window for itself when it is loaded again.
  await page.until(() => globalThis.probe?.root() && probe.state());
}

/** Runs in the page: whether all of the WebAssembly has come. */
function whole() {
  return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('_rest.wasm'));
}

/** From the first screen to the verdict. @param {EnginePage} page */
async function byHandToTheEnd(page) {
  await page.byHand();
  await page.agree();
  await page.state('framing');
  await page.shoot();
  assert.equal(await page.send(), 'done');
  await clean(page);
}

/** Opens a page whose element begins with the camera and takes the photo by hand. @param {Bench} bench */
async function plain(bench) {
  const page = await bench.open();
  await page.start(bench.url());
  await page.evaluate(() => {
    Object.assign(probe.host(), { id: 'one', noConsent: true, noReview: true, captureMode: 'manual' });
  });
  return page;
}

/** Runs in the page: says that it is hidden, as no driver can hide it. */
function hide(hidden) {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  Object.defineProperty(document, 'visibilityState', {
    configurable: true,
    get: () => (hidden ? 'hidden' : 'visible'),
  });
  document.dispatchEvent(new Event('visibilitychange'));
}

/** Runs in the page: mounts elements one after the other; every fifth one takes and sends a photo. */
async function mount(count) {
  const wait = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));
  for (let at = 0; at < count; at += 1) {
    const element = document.createElement('akiba-selfie');
    Object.assign(element, {
      relay: '/',
      identifier: '0000000000001',
      captureMode: 'manual',
      noConsent: true,
      noReview: true,
    });
    const reached = (name) =>
      new Promise((wake) =>
        element.addEventListener('selfie-statechange', ({ detail }) => detail.state === name && wake(name)),
      );
    document.body.append(element);
    const framing = reached('framing');
    element.start();
    await framing;
    await wait(300);
    if (at % 5 === 0) {
      const done = reached('done');
      element.capture();
      await done;
    }
    element.remove();
    probe.events.length = 0;
  }
  await wait(2000);
  return {
    bytes: probe.memory.buffer.byteLength,
    running: probe.worker.started - probe.worker.ended,
    live: probe.live(),
  };
}

/** @type {Scenario[]} */
export const scenarios = [
  {
    name: 'back from another page while the camera is on: it is off, and starts again',
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url());
      await thereAndBack(bench, page);
      await page.state('idle');
      assert.equal(await page.evaluate(() => probe.live()), 0);
      await byHandToTheEnd(page);
    },
  },
  {
    name: 'back to the review by history: the photo is gone',
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url());
      await page.shoot();
      await thereAndBack(bench, page);
      await page.state('idle');
      assert.equal(await page.evaluate(() => probe.root().querySelector('[part=photo]')), null);
      await clean(page);
    },
  },
  {
    name: 'back from the cache of pages: the main job runs',
    async run(bench) {
      const page = await bench.open();
      await page.start(bench.url());
      // A page that still loads may not be kept.
      await page.until(whole);
      await thereAndBack(bench, page);
      await page.until(() => probe.shown.at(-1) === true);
      await byHandToTheEnd(page);
    },
  },
  {
    name: 'left while it loads, and back: the main job runs',
    async run(bench) {
      const page = await bench.open();
      await page.start(bench.url());
      await thereAndBack(bench, page);
      await page.state('idle');
      await byHandToTheEnd(page);
    },
  },
  {
    name: 'a hidden page has no camera, and gets it back',
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url());
      await page.evaluate(hide, true);
      await page.until(() => probe.live() === 0);
      await page.evaluate(hide, false);
      await page.until(() => probe.live() === 1 && probe.state() === 'framing');
      await page.shoot();
      assert.equal(await page.send(), 'done');
      await clean(page);
    },
  },
  {
    name: 'the camera ends by itself: the code, and another try',
    not: { firefox: 'an event that a script dispatches at a track reaches no listener there, not even its own' },
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url());
      await page.evaluate(() => {
        probe.tracks[0].dispatchEvent(new Event('ended'));
      });
      await page.state('failed');
      assert.equal((await page.event('selfie-error')).detail.code, 'camera-ended');
      await page.press('Try the camera again');
      await page.state('framing');
      await page.shoot();
      assert.equal(await page.send(), 'done');
      await clean(page);
    },
  },
  {
    name: 'two elements in one page, each with its camera and its verdict',
    async run(bench) {
      const page = await plain(bench);
      await page.evaluate(() => {
        const two = /** @type {any} */ (probe.host().cloneNode());
        two.id = 'two';
        document.body.append(two);
      });
      for (const which of ['#one', '#two']) {
        await page.press('Start', which);
        await page.state('framing', which);
      }
      assert.equal(await page.evaluate(() => probe.live()), 2);
      await page.press('Take the photo', '#one');
      await page.state('done', '#one', 60_000);
      assert.deepEqual(await page.evaluate(() => [probe.live(), probe.state('#two')]), [1, 'framing']);
      await page.press('Take the photo', '#two');
      await page.state('done', '#two', 60_000);
      const told = await page.evaluate(() =>
        probe.events.flatMap(({ type, from }) => (type === 'selfie-verified' ? from : [])),
      );
      assert.deepEqual(told, ['one', 'two']);
      await clean(page);
    },
  },
  {
    name: 'an element is moved, removed and added again',
    async run(bench) {
      const page = await plain(bench);
      await page.press('Start');
      await page.state('framing');
      await page.evaluate(() => document.body.append(probe.host()));
      const reports = await page.evaluate(() => probe.worker.reports);
      await page.until((before) => probe.worker.reports > before, reports);
      assert.deepEqual(await page.evaluate(() => [probe.state(), probe.live()]), ['framing', 1]);
      await page.evaluate(() => {
        globalThis.kept = probe.host();
        kept.remove();
      });
      await page.until(() => probe.live() === 0 && probe.worker.ended === 1);
      await page.evaluate(() => document.body.prepend(kept));
      await page.press('Start');
      await page.state('framing');
      await page.press('Take the photo');
      await page.state('done', undefined, 60_000);
      await clean(page);
    },
  },
  {
    name: 'the WebAssembly crashes: the code, and no camera stays on',
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url());
      await page.evaluate(() => {
        new Uint8Array(probe.memory.buffer).fill(0xff);
      });
      assert.equal((await page.event('selfie-error')).detail.code, 'crash');
      await clean(page, [/RuntimeError|unreachable|out of bounds|memory access/i]);
    },
  },
  {
    name: `${MOUNTS} mounts: no camera, no worker and no memory is left`,
    async run(bench) {
      const page = await plain(bench);
      const first = await page.evaluate(mount, 10);
      const last = await page.evaluate(mount, MOUNTS - 10);
      assert.deepEqual([last.running, last.live], [0, 0]);
      assert.ok(last.bytes - first.bytes <= GROWTH, `${first.bytes} bytes after 10 mounts, then ${last.bytes}`);
      await clean(page);
    },
  },
];
