// What framing costs the page: time of its main thread, and memory.
//
// Runs alone: it measures both.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { memory } from './support/memory.mjs';
import { suite } from './support/suite.mjs';

const it = suite();

/** How long framing is watched for tasks that block the page, in seconds. */
const WATCHED = 10;

test('no task of the page takes over 50 ms while frames are analysed', { timeout: 60_000 }, async () => {
  const selfie = await it.open();
  await selfie.page.evaluate(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.toJSON()))).observe({
      type: 'longtask',
    });
  });
  await selfie.frame();
  await selfie.event('selfie-guidance');
  await selfie.page.waitForTimeout(1000);
  // The observer measures wall-clock time, which includes waiting while other programs run. The trace has each task's
  // own processor time. Only a task that is long by both is the page's own.
  await it.browser.startTracing(selfie.page, { categories: ['toplevel', '__metadata'] });
  const begun = await selfie.page.evaluate(() => performance.now());
  await selfie.page.waitForTimeout(1000 * WATCHED);
  const seen = (await selfie.page.evaluate(() => longTasks)).filter(({ startTime }) => startTime >= begun);
  const { traceEvents } = JSON.parse((await it.browser.stopTracing()).toString());
  const mains = new Set(
    traceEvents.filter(({ args }) => args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    // A task that is cut off by the trace's end has no duration.
    ({ name, pid, tid, ts, tdur }) => /RunTask$/.test(name) && mains.has(`${pid} ${tid}`) && ts > 0 && tdur >= 0,
  );
  assert.ok(tasks.length > 100, `the trace has only ${tasks.length} tasks`);
  const long = tasks.filter(({ tdur }) => tdur > 50_000);
  assert.deepEqual(long, []);
  assert.ok(seen.length <= tasks.filter(({ dur }) => dur > 50_000).length, 'what the observer saw is in the trace');
});

/** How long the test watches the memory, in seconds; `make memory` watches it for ten minutes. */
const GROWTH = 40;

test('framing does not use more and more memory', { timeout: 120_000 }, async () => {
  const selfie = await it.open();
  await selfie.frame();
  await selfie.event('selfie-guidance');
  // Compiled code, pools and the heap grow first: the last page of the heap comes within 20 s, and then none.
  await selfie.page.waitForTimeout(25_000);
  const before = await memory(selfie);
  await selfie.page.waitForTimeout(1000 * GROWTH);
  const after = await memory(selfie);
  const story = JSON.stringify({ before, after });
  assert.ok(after.frames - before.frames > 4 * GROWTH, story);
  // A frame that stayed would be over a megabyte, each second 15 of them. Chromium's own pool of frames takes half a
  // gigabyte, and goes up and down.
  assert.ok(after.own - before.own < 30_000_000, story);
  assert.ok(after.shared - before.shared < 100_000_000, story);
  assert.ok(after.heap - before.heap < 300_000, story);
  assert.equal(after.wasm, before.wasm, story);
  assert.equal(after.vision, before.vision, story);
});
