// The element in three engines: the same scenarios in Chromium, Firefox and WebKitGTK. `ENGINES=webkit` chooses engines,
// and `ALL=1` runs also what `make test` leaves out, and then prints the table of the README; `UPDATE=1` writes it there.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Bench, startDemos } from './bench.mjs';
import { ENGINES } from './drivers/index.mjs';
import { SCENARIOS } from './scenarios/index.mjs';
import { report } from './table.mjs';

const chosen = (process.env.ENGINES ?? Object.keys(ENGINES).join()).split(',');
const wanted = SCENARIOS.filter(({ short }) => short || process.env.ALL);
/** How long a scenario may take, in milliseconds. */
const TIMEOUT = 240_000;
const PICTURES = new URL('../../build/engines/', import.meta.url);

/** @type {import('./table.mjs').Results} */
const results = {};
let demos;
before(async () => {
  demos = await startDemos();
});
after(async () => {
  await demos?.stop();
  if (process.env.ALL) await report(results, Boolean(process.env.UPDATE));
});

for (const engine of chosen) {
  assert.ok(engine in ENGINES, `unknown engine ${engine}`);
  describe(ENGINES[engine].title, () => {
    let bench;
    before(async () => {
      bench = new Bench(/** @type {keyof typeof ENGINES} */ (engine), demos);
      results[engine] = { version: await bench.start(), scenarios: {} };
    });
    after(() => bench?.stop());
    for (const { name, not, run } of wanted) {
      test(name, { skip: not?.[engine], timeout: TIMEOUT }, async () => {
        const { scenarios } = results[engine];
        scenarios[name] = false;
        try {
          await run(bench);
          scenarios[name] = true;
        } catch (error) {
          await picture(bench, `${engine}-${SCENARIOS.findIndex((one) => one.name === name)}.png`);
          throw error;
        } finally {
          await bench.leave();
        }
      });
    }
  });
}

/** Keeps what a failed scenario showed last. */
async function picture(bench, name) {
  await mkdir(PICTURES, { recursive: true });
  await bench.screenshot(fileURLToPath(new URL(name, PICTURES))).catch(() => {});
}
