// What a page with the element in it holds of memory.
//
// Exports: `memory()`.

import { readFile } from 'node:fs/promises';

/**
 * After a collection of garbage, all in bytes: the JavaScript heap, the memories of the widget and of what looks at frames,
 * what the browser's processes for pages keep in the machine's memory for themselves and what they share with other
 * processes, which is mostly frames; and how many frames were looked at since the first call.
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
    const wasm = await page.evaluate(async () => {
      const { default: init } = await import('/akiba-selfie/pkg/akiba-selfie.js');
      const memory = Object.values(await init()).find((it) => it instanceof WebAssembly.Memory);
      return memory.buffer.byteLength;
    });
    const [worker] = page.workers();
    const seen = await worker.evaluate(count);
    return { heap: usedSize, wasm, ...seen, ...(await resident(page.context().browser())) };
  } finally {
    await session.detach();
  }
}

/** Runs in the worker, whose `vision` is a global name, as it is a classic script. */
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

/** Of all processes that run pages. */
async function resident(browser) {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const pages = processInfo.filter(({ type }) => type === 'renderer');
    const states = await Promise.all(pages.map(({ id }) => readFile(`/proc/${id}/status`, 'utf8').catch(() => '')));
    const sum = (name) =>
      states.reduce(
        (all, state) => all + 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(state)?.[1] ?? 0),
        0,
      );
    return { own: sum('RssAnon'), shared: sum('RssShmem') };
  } finally {
    await session.detach();
  }
}
