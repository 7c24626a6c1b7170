// Cameras that fail.

import assert from 'node:assert/strict';

import { fixture } from './files.mjs';
import { clean } from './main.mjs';

/** @import { Bench, Scenario } from '../bench.mjs' */
/** @import { EnginePage } from '../drivers/engine-page.mjs' */

/** Asks for a camera and returns the code of the failure. @param {Bench} bench @param {EnginePage} page */
async function failure(bench, page) {
  await page.start(bench.demo.page);
  await page.agree();
  await page.state('failed', undefined, 30_000);
  return (await page.event('selfie-error')).detail.code;
}

/** Goes on with a file instead. @param {EnginePage} page */
async function fileInstead(page) {
  await page.choose(fixture('face/collins.jpg'));
  await page.state('review');
  assert.equal(await page.send(), 'done');
  await clean(page);
}

/** @type {Scenario[]} */
export const scenarios = [
  {
    name: 'the camera is denied: the code, and a file instead',
    short: true,
    async run(bench) {
      const page = await bench.open({ permission: 'denied' });
      assert.equal(await failure(bench, page), 'camera-denied');
      await fileInstead(page);
    },
  },
  {
    name: 'no camera: the code, and a file instead',
    short: true,
    async run(bench) {
      const page = await bench.open({ camera: 'none' });
      assert.equal(await failure(bench, page), 'camera-not-found');
      await fileInstead(page);
    },
  },
  {
    name: 'the question for the camera stays unanswered: the person can cancel',
    short: true,
    async run(bench) {
      const page = await bench.open({ permission: 'asks' });
      await page.start(bench.demo.page);
      await page.agree();
      await page.state('starting');
      await page.press('Cancel');
      await page.state('idle');
      await clean(page);
    },
  },
];
