// 200 mounts and unmounts leak nothing: no live track, no worker, no node, no listener, no memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suite } from './support/suite.mjs';

const it = suite();

/** Mounts that are not counted: they create what is shared by all. */
const WARM_UP = 40;
const MOUNTS = 200;
/**
 * How much 200 mounts may add to the JavaScript heap, in bytes: each closure that Yew leaks leaves an empty function.
 */
const HEAP = 250_000;

/** Runs in the page: mounts elements and removes each at another point of its life. @param {number} count */
async function mountAndRemove(count) {
  const main = document.querySelector('main');
  for (let index = 0; index < count; index += 1) {
    const selfie = document.createElement('akiba-selfie');
    for (const name of ['no-consent', 'no-review']) selfie.setAttribute(name, '');
    selfie.relay = '/';
    selfie.identifier = '0000000000001';
    const reached = (wanted) =>
      /** @type {Promise<void>} */ (
        new Promise((done) => {
          selfie.addEventListener('selfie-statechange', ({ detail }) => {
            if (detail.state === wanted) done();
          });
        })
      );
    main.append(selfie);
    selfie.start();
    switch (index % 10) {
      case 0:
        await reached('framing');
        break;
      case 1:
      case 2:
        await reached('starting');
        break;
      case 3:
        break;
      default:
        // Long enough to render.
        await new Promise((drawn) => requestAnimationFrame(drawn));
    }
    selfie.remove();
  }
  // The camera may open after its element is removed.
  await new Promise((wake) => setTimeout(wake, 1500));
}

test('200 mounts and unmounts leak nothing', { timeout: 240_000 }, async () => {
  const selfie = await it.open();
  await selfie.page.evaluate(() => document.querySelector('main').replaceChildren());
  const session = await selfie.page.context().newCDPSession(selfie.page);
  const measure = async () => {
    // The test's own records are not a leak of the element.
    await selfie.page.evaluate(() => {
      selfieEvents.length = 0;
      cameraTracks = cameraTracks.filter(({ readyState }) => readyState === 'live');
    });
    // A FinalizationRegistry releases in one round what the next round collects. On a busy machine the last elements
    // still wait for a camera or an answer, so this goes on while anything is released, for half a minute at most.
    let nodes = Number.POSITIVE_INFINITY;
    for (let round = 0, still = 0; round < 60 && still < 5; round += 1) {
      await session.send('HeapProfiler.collectGarbage');
      await selfie.page.waitForTimeout(round < 5 ? 100 : 500);
      const now = (await session.send('Memory.getDOMCounters')).nodes;
      still = now < nodes ? 0 : still + 1;
      nodes = now;
    }
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { jsEventListeners } = await session.send('Memory.getDOMCounters');
    const memory = await selfie.page.evaluate(async () => {
      const { default: init } = await import('/akiba-selfie/pkg/akiba-selfie.js');
      const memory = /** @type {unknown[]} */ (Object.values(await init())).find(
        (it) => it instanceof WebAssembly.Memory,
      );
      return memory.buffer.byteLength;
    });
    return { heap: usedSize, nodes, listeners: jsEventListeners, memory };
  };

  await selfie.page.evaluate(mountAndRemove, WARM_UP);
  const before = await measure();
  await selfie.page.evaluate(mountAndRemove, MOUNTS);
  const { live } = await selfie.tracks();
  const after = await measure();

  assert.equal(live, 0, 'the camera still runs');
  assert.equal(selfie.page.workers().length, 0, 'a worker still runs');
  const grown = Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
  const story = JSON.stringify({ before, grown });
  assert.ok(grown.heap < HEAP, story);
  // A leaked element has at least three nodes and a listener, so a leak would be hundreds.
  assert.ok(grown.nodes < MOUNTS / 10, story);
  assert.ok(grown.listeners < MOUNTS / 10, story);
  assert.equal(grown.memory, 0, story);
});
