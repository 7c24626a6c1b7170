// How much memory a page with the element uses.
//
// Exports: `memory()`.

import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** How long it watches the browser's processes, in milliseconds, and how often it looks. */
const WATCH = 8000;
const EVERY = 200;

/**
 * Collects garbage, and returns in bytes: the JavaScript heap, the memories of the widget and of the vision module,
 * and the resident memory of the browser's processes for pages. Of the latter, `own` is private and `shared` is mostly
 * frames; both are the least of 8 s. Also returns how many frames were analysed since the first call.
 * @param {import('./selfie.mjs').Selfie} selfie whose worker runs
 */
export async function memory({ page }) {
  const session = await page.context().newCDPSession(page);
  try {
    for (let round = 0; round < 3; round += 1) {
      await session.send('HeapProfiler.collectGarbage');
      await page.waitForTimeout(100);
    }
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const wasm = await page.evaluate(() => widgetMemory.buffer.byteLength);
    const [worker] = page.workers();
    const seen = await worker.evaluate(count);
    return { heap: usedSize, wasm, ...seen, ...(await resident(page.context().browser())) };
  } finally {
    await session.detach();
  }
}

/** Runs in the worker, whose `vision` is a global variable because it is a classic script. */
function count() {
  if (!globalThis.counted) {
    globalThis.counted = { frames: 0 };
    const post = globalThis.postMessage;
    globalThis.postMessage = (...message) => {
      counted.frames += 1;
      post.call(globalThis, ...message);
    };
  }
  return { vision: vision.memory.buffer.byteLength, frames: counted.frames };
}

/**
 * Returns the least resident memory of all processes that run pages. The browser lets frames gather for seconds, and
 * then frees them at once: 110 MB become 180 MB, and 110 MB again.
 * @param {import('playwright-core').Browser} browser
 */
async function resident(browser) {
  const session = await browser.newBrowserCDPSession();
  const least = { own: Number.POSITIVE_INFINITY, shared: Number.POSITIVE_INFINITY };
  try {
    const end = performance.now() + WATCH;
    while (performance.now() < end) {
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      const pages = processInfo.filter(({ type }) => type === 'renderer');
      const states = await Promise.all(pages.map(({ id }) => readFile(`/proc/${id}/status`, 'utf8').catch(() => '')));
      const sum = (name) =>
        states.reduce(
          (all, state) => all + 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(state)?.[1] ?? 0),
          0,
        );
      least.own = Math.min(least.own, sum('RssAnon'));
      least.shared = Math.min(least.shared, sum('RssShmem'));
      await setTimeout(EVERY);
    }
    return least;
  } finally {
    await session.detach();
  }
}
