// 200 mounts and unmounts leave nothing behind: no live track, no worker, no node, no listener, no growing heap.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suite } from './support/suite.mjs';

const it = suite();

/** Mounts that are not counted: what is kept once for all of them is made here. */
const WARM_UP = 40;
const MOUNTS = 200;
/** What 200 mounts may add to the JavaScript heap, in bytes: Yew's forgotten closures leave an empty function each. */
const HEAP = 250_000;

/**
 * Runs in the page: mounts and removes elements, each at another point of its life.
 */
async function mountAndRemove(count) {
  const main = document.querySelector('main');
  for (let index = 0; index < count; index += 1) {
    const selfie = document.createElement('akiba-selfie');
    for (const name of ['no-consent', 'no-review']) selfie.setAttribute(name, '');
    selfie.relay = '/';
    selfie.identifier = '0000000000001';
    const reached = (wanted) =>
      new Promise((done) => {
        selfie.addEventListener('selfie-statechange', ({ detail }) => detail.state === wanted && done());
      });
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
        // Long enough to be drawn.
        await new Promise((drawn) => requestAnimationFrame(drawn));
    }
    selfie.remove();
  }
  // What was asked of the camera may come after its element has gone.
  await new Promise((wake) => setTimeout(wake, 1500));
}

test('200 mounts and unmounts leave nothing behind', { timeout: 240_000 }, async () => {
  const selfie = await it.open();
  await selfie.page.evaluate(() => document.querySelector('main').replaceChildren());
  const session = await selfie.page.context().newCDPSession(selfie.page);
  const measure = async () => {
    // What the test itself writes down is no leak of the element.
    await selfie.page.evaluate(() => {
      selfieEvents.length = 0;
      cameraTracks = cameraTracks.filter(({ readyState }) => readyState === 'live');
    });
    // What a FinalizationRegistry lets go of in one round is collected in the next.
    for (let round = 0; round < 5; round += 1) {
      await session.send('HeapProfiler.collectGarbage');
      await selfie.page.waitForTimeout(100);
    }
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
    const memory = await selfie.page.evaluate(async () => {
      const { default: init } = await import('/akiba-selfie/pkg/akiba-selfie.js');
      const memory = Object.values(await init()).find((it) => it instanceof WebAssembly.Memory);
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
  // One element that stayed has three nodes and a listener at least: a leak would show as hundreds.
  assert.ok(grown.nodes < MOUNTS / 10, story);
  assert.ok(grown.listeners < MOUNTS / 10, story);
  assert.equal(grown.memory, 0, story);
});
