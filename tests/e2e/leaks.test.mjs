// Mounts and unmounts leak nothing: no live track, no worker, no element, no node, no listener, no memory. An element
// that is removed while it mounts ends, too.
//
// Runs alone: it measures memory, and events within milliseconds.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suite } from './support/suite.mjs';

const it = suite();

/** Mounts that are not counted: they create what is shared by all. */
const WARM_UP = 40;
const MOUNTS = 100;
/** A busy machine has more elements at once, so that a round may need more memory than the ones before. */
const ROUNDS = 6;
/**
 * How much a round of mounts may add to the JavaScript heap, in bytes: each closure that Yew leaks leaves an empty
 * function.
 */
const HEAP = 125_000;
/** How many nodes or listeners a round may add. One leaked element has 25 nodes and 11 listeners. */
const FEW = 10;

/**
 * Runs in the page before its first script: `watchEnd()` notes what must be collected, `leaked()` returns what is not.
 */
function watch() {
  const all = [];
  globalThis.watchEnd = (label, element) => {
    const root = element.shadowRoot.firstElementChild;
    for (const [what, it] of Object.entries({ element, root, video: root?.querySelector('video') })) {
      if (it) all.push([`${what} ${label}`, new WeakRef(it)]);
    }
  };
  globalThis.leaked = () => all.filter(([, ref]) => ref.deref()).map(([label]) => label);
}

/** Opens the demo page without its own element. */
async function open() {
  const selfie = await it.open({ prepare: (page) => page.addInitScript(watch) });
  await selfie.page.evaluate(() => document.querySelector('main').replaceChildren());
  return { selfie, page: selfie.page, session: await selfie.page.context().newCDPSession(selfie.page) };
}

/**
 * Collects garbage until nothing more is released, for half a minute at most: a FinalizationRegistry releases in one
 * round what the next round collects, and on a busy machine the last elements still wait for a camera or an answer.
 * Returns the elements, roots and videos that are left.
 * @param {Awaited<ReturnType<typeof open>>} opened
 * @returns {Promise<string[]>}
 */
async function collect({ page, session }) {
  // The test's own records are not a leak of the element.
  await page.evaluate(() => {
    selfieEvents.length = 0;
    cameraTracks = cameraTracks.filter(({ readyState }) => readyState === 'live');
  });
  let nodes = Number.POSITIVE_INFINITY;
  for (let round = 0, still = 0; round < 60 && still < 5; round += 1) {
    await session.send('HeapProfiler.collectGarbage');
    await page.waitForTimeout(round < 5 ? 100 : 500);
    const now = (await session.send('Memory.getDOMCounters')).nodes;
    still = now < nodes ? 0 : still + 1;
    nodes = now;
  }
  return page.evaluate(() => leaked());
}

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
    watchEnd(`of mount ${index}`, selfie);
    selfie.remove();
  }
  // The camera may open after its element is removed.
  await new Promise((wake) => setTimeout(wake, 1500));
}

test('hundreds of mounts and unmounts leak nothing', { timeout: 480_000 }, async () => {
  const opened = await open();
  const { selfie, page, session } = opened;
  const measure = async () => {
    assert.deepEqual(await collect(opened), [], 'never collected');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
    const memory = await page.evaluate(() => widgetMemory.buffer.byteLength);
    return { heap: usedSize, nodes, listeners: jsEventListeners, memory };
  };

  await page.evaluate(mountAndRemove, WARM_UP);
  const figures = [await measure()];
  // A leak goes on with every round. What a busy machine needs at its peak is needed once.
  for (let round = 0; round < ROUNDS; round += 1) {
    await page.evaluate(mountAndRemove, MOUNTS);
    figures.push(await measure());
    assert.equal((await selfie.tracks()).live, 0, 'the camera still runs');
    assert.equal(page.workers().length, 0, 'a worker still runs');
    const [before, after] = figures.slice(-2);
    const grown = (/** @type {keyof typeof after} */ name) => after[name] - before[name];
    if (grown('heap') < HEAP && grown('nodes') < FEW && grown('listeners') < FEW && grown('memory') <= 0) return;
  }
  assert.fail(`every round of ${MOUNTS} mounts left something: ${JSON.stringify(figures)}`);
});

/**
 * Runs in the page: mounts an element, and removes it this many steps later.
 * @param {object} moment
 * @param {number} moment.microtasks
 * @param {number} moment.tasks
 * @param {boolean} moment.busy whether the machine is so slow that Yew interrupts its work after each piece
 */
async function removeAt({ microtasks, tasks, busy }) {
  const main = document.querySelector('main');
  const { now } = Date;
  let ahead = 0;
  if (busy) {
    Date.now = () => {
      ahead += 20;
      return now() + ahead;
    };
    // While Yew draws another element, the new one has to wait.
    const other = main.querySelector('akiba-selfie');
    other.setAttribute('lang', other.getAttribute('lang') === 'en' ? 'fr' : 'en');
    await null;
  }
  const selfie = document.createElement('akiba-selfie');
  for (const name of ['no-consent', 'no-review', 'history']) selfie.setAttribute(name, '');
  selfie.relay = '/';
  selfie.identifier = '0000000000001';
  const label = `removed after ${tasks} tasks and ${microtasks} microtasks${busy ? ' of a busy machine' : ''}`;
  main.append(selfie);
  selfie.start();
  for (let step = 0; step < tasks; step += 1) {
    await new Promise((next) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = next;
      port2.postMessage(null);
    });
  }
  for (let step = 0; step < microtasks; step += 1) await null;
  watchEnd(label, selfie);
  selfie.remove();
  const { length } = history;
  const wrong = new Set();
  selfie.addEventListener('selfie-statechange', ({ detail: { state } }) => {
    if (['framing', 'grabbing', 'submitting', 'done'].includes(state)) wrong.add(`${label}: ${state}`);
  });
  // The scheduler goes on in tasks of its own.
  await new Promise((wake) => setTimeout(wake, 30));
  Date.now = now;
  if (selfie.state !== 'idle') wrong.add(`${label}: ${selfie.state}`);
  if (history.length !== length) wrong.add(`${label}: an entry in the history`);
  return [...wrong];
}

test('an element that is removed at any moment of its mounting has ended', { timeout: 240_000 }, async () => {
  const opened = await open();
  const { selfie, page } = opened;
  // It stays, and the WebAssembly is loaded.
  await page.evaluate(async () => {
    const stays = document.createElement('akiba-selfie');
    document.querySelector('main').append(stays);
    while (!stays.shadowRoot.querySelector('section')) await new Promise((wake) => setTimeout(wake, 20));
  });
  const wrong = [];
  for (const busy of [false, true]) {
    // The first one loads what comes with the camera.
    for (let round = 0; round < 2; round += 1) {
      for (let microtasks = 0; microtasks <= 40; microtasks += 1) {
        wrong.push(...(await page.evaluate(removeAt, { microtasks, tasks: 0, busy })));
      }
      for (let tasks = 1; tasks <= 8; tasks += 1) {
        wrong.push(...(await page.evaluate(removeAt, { microtasks: 0, tasks, busy })));
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(await collect(opened), [], 'never collected');
  assert.equal((await selfie.tracks()).live, 0, 'the camera still runs');
  assert.equal(page.workers().length, 0, 'a worker still runs');
});
