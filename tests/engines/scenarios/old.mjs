// Old browsers: what they do not have is deleted before the page's first script.

import assert from 'node:assert/strict';

import { clean } from './main.mjs';

/** @import { Scenario } from '../bench.mjs' */

const OLD = { chromium: 'chrome-96', firefox: 'firefox-101', webkit: 'safari-16.4' };

/** @type {Scenario[]} */
export const scenarios = [
  {
    name: 'consent to verdict with what Chrome 96, Firefox 101 and Safari 16.4 have',
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url({ old: OLD[bench.engine] }));
      await page.shoot();
      assert.equal(await page.send(), 'done');
      assert.ok(await page.event('selfie-verified'));
      await clean(page);
    },
  },
];
