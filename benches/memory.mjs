// Prints the memory use of framing every half minute, and fails if it grows. `make memory` runs it.
//
//   node benches/memory.mjs [MINUTES]

import { launch } from '../tests/e2e/support/browser.mjs';
import { startDemo } from '../tests/e2e/support/demo.mjs';
import { memory } from '../tests/e2e/support/memory.mjs';
import { Selfie } from '../tests/e2e/support/selfie.mjs';
import { film } from '../tests/fixtures/face/film.mjs';

const MINUTES = Number(process.argv[2] ?? 10);
/** How much more memory may be used at the end than after the first minute, in bytes. The shared part varies. */
const GROWTH = { own: 20_000_000, shared: 60_000_000, heap: 500_000, wasm: 0, vision: 0 };

const demo = await startDemo();
const browser = await launch({ film: (await film()).file });
try {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  const selfie = await Selfie.open(page, `${demo.page}/`);
  await selfie.frame();
  await selfie.event('selfie-guidance');
  const names = ['frames', ...Object.keys(GROWTH)];
  console.log(['seconds', ...names].map((name) => name.padStart(12)).join(''));
  const samples = [];
  for (let half = 1; half <= 2 * MINUTES; half += 1) {
    await page.waitForTimeout(30_000);
    const sample = await memory(selfie);
    samples.push(sample);
    console.log([30 * half, ...names.map((name) => sample[name])].map((value) => String(value).padStart(12)).join(''));
  }
  const [first, last] = [samples[Math.min(1, samples.length - 1)], samples.at(-1)];
  const grown = Object.fromEntries(names.map((name) => [name, last[name] - first[name]]));
  console.log(`grown since the first minute: ${JSON.stringify(grown)}`);
  if (Object.entries(GROWTH).some(([name, most]) => grown[name] > most)) {
    console.error('memory: the use grows');
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  await demo.stop();
}
