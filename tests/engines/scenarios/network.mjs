// Networks that fail: the person never has to take a second photo.

import assert from 'node:assert/strict';

import { startDemo } from '../../e2e/support/demo.mjs';
import { clean } from './main.mjs';

/** @import { Bench, Scenario } from '../bench.mjs' */
/** @import { EnginePage } from '../drivers/engine-page.mjs' */

/** Takes a photo by hand. @param {Bench} bench @param {typeof bench.demo} [demo] */
async function photo(bench, demo) {
  const page = await bench.open();
  await page.frame(bench.url({}, demo));
  await page.shoot();
  return page;
}

/** There was one photo, and the progress never exceeded it. @param {EnginePage} page */
async function onePhoto(page) {
  const { taken, over } = await page.evaluate(() => ({
    taken: probe.events.filter(({ type }) => type === 'selfie-captured').length,
    over: probe.events.flatMap(({ detail }) =>
      detail?.sent > detail?.total ? `${detail.sent} of ${detail.total}` : [],
    ),
  }));
  assert.equal(taken, 1);
  assert.deepEqual(over, []);
  await clean(page);
}

/** Disturbs the storage while something runs. @param {Bench} bench @param {object} fault @param {() => Promise<void>} run */
async function disturbed({ demo }, fault, run) {
  await demo.fault(fault);
  try {
    await run();
  } finally {
    await demo.fault({ fault: null });
  }
}

/** @type {Scenario[]} */
export const scenarios = [
  {
    name: 'offline while the photo is sent, and back',
    async run(bench) {
      const page = await photo(bench);
      await disturbed(bench, { fault: 'drop', seconds: 60, after_bytes: 50_000 }, async () => {
        await page.press('Use this photo|Use it anyway');
        await page.offline(true);
        await page.until(() => probe.root().textContent.includes('You are offline'));
        assert.equal(await page.evaluate(() => probe.state()), 'submitting');
      });
      await page.offline(false);
      await page.event('selfie-verified', 60_000);
      await onePhoto(page);
    },
  },
  {
    name: 'the storage hangs up in the middle of the photo',
    async run(bench) {
      const page = await photo(bench);
      await disturbed(bench, { fault: 'drop', seconds: 2, after_bytes: 50_000 }, async () => {
        assert.equal(await page.send(), 'done');
      });
      await onePhoto(page);
    },
  },
  {
    name: 'the storage is away: the same photo is sent again',
    async run(bench) {
      const page = await photo(bench);
      await disturbed(bench, { fault: 'drop', seconds: 3600, after_bytes: 0 }, async () => {
        assert.equal(await page.send(), 'failed');
        assert.equal((await page.event('selfie-error')).detail.code, 'upload-unreachable');
      });
      await page.press('Send again');
      await page.event('selfie-verified', 60_000);
      await onePhoto(page);
    },
  },
  {
    name: 'relay and storage are killed: the photo is kept',
    async run(bench) {
      const demo = await startDemo();
      try {
        const page = await photo(bench, demo);
        await demo.stop();
        assert.equal(await page.send(), 'failed');
        const { code, retryable } = (await page.event('selfie-error')).detail;
        assert.match(code, /^(upload|relay)-unreachable$/);
        assert.ok(retryable);
        assert.ok(await page.evaluate(() => Boolean(probe.button('Send again'))));
        await onePhoto(page);
      } finally {
        await demo.stop();
      }
    },
  },
];
