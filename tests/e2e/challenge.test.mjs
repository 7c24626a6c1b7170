// The challenge with films of heads that turn, lean and come closer, and with a printed photo that does what it can. See
// `tests/fixtures/face/scenes.mjs`.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sceneFilm } from '../fixtures/face/scenes.mjs';
import { launch } from './support/browser.mjs';
import { Selfie } from './support/selfie.mjs';
import { suite } from './support/suite.mjs';
import { watch } from './support/watch.mjs';

const it = suite();

/** @typedef {Parameters<typeof sceneFilm>[0]} Scenes */

/** The random numbers that choose the first and the second order of the movements. */
const FIRST = 0;
const SECOND = 1 / 2 ** 32;

/**
 * Opens a page with a challenge and a film, waits for the photo, and returns the hints, and the photo's quality.
 * @param {object} settings
 * @param {string} settings.challenge
 * @param {Scenes} settings.scenes
 * @param {Parameters<typeof sceneFilm>[1]} settings.who
 * @param {number} [settings.random] what `Math.random` returns
 * @param {number} [settings.patience] in milliseconds
 */
async function take({ challenge, scenes, who, random = FIRST, patience = 40_000 }) {
  const browser = await launch({ film: await sceneFilm(scenes, who) });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const watched = await watch(page);
    await page.addInitScript((number) => {
      Math.random = () => number;
    }, random);
    const selfie = await Selfie.open(page, `${it.demo.page}/`);
    await selfie.byHand(false);
    await selfie.element.evaluate((element, kind) => element.setAttribute('challenge', kind), challenge);
    await selfie.frame();
    await selfie.state('review', patience);
    const hints = (await selfie.events('selfie-guidance')).map(({ detail }) => detail.hint);
    const [captured, ...more] = await selfie.events('selfie-captured');
    assert.deepEqual(more, []);
    await watched.settle();
    watched.clean();
    return { hints, quality: captured.detail.quality };
  } finally {
    await browser.close();
  }
}

/** Asserts that the photo shows a face from the front. The challenge must end there. */
function assertFrontal({ flaw, measures }) {
  assert.equal(flaw, null);
  assert.ok(Math.abs(measures.poseYaw.value) < 12, `the head is turned by ${measures.poseYaw.value}°`);
  assert.ok(Math.abs(measures.poseRoll.value) < 10, `the head leans by ${measures.poseRoll.value}°`);
}

/** The hints from the first of the challenge on, without repeats. */
function asked(hints) {
  const first = hints.findIndex((hint) => /^(turn-|lean-in)/.test(hint));
  return hints.slice(first).filter((hint, at, all) => hint !== all[at - 1]);
}

/** Long enough for the first hint of the challenge: the detector loads, and the face holds still. @type {Scenes[0]} */
const START = ['good', 5];
/** Long enough to take the photo. @type {Scenes[0]} */
const REST = ['good', 4];

for (const [who, random, [one, other]] of /** @type {const} */ ([
  ['collins', FIRST, ['left', 'right']],
  ['jemison', SECOND, ['right', 'left']],
  ['obama', FIRST, ['left', 'right']],
])) {
  test(`${who} turns ${one} and then ${other}: both are seen, and the photo is frontal`, async () => {
    /** @type {Scenes} */
    const scenes = [START, `turns ${one}`, ['good', 1], `turns ${other}`, REST];
    const { hints, quality } = await take({ challenge: 'turn', scenes, who, random });
    const { movements, ...record } = quality.challenge;
    assert.deepEqual({ kind: record.kind, outcome: record.outcome }, { kind: 'turn', outcome: 'done' });
    assert.deepEqual(
      movements.map(({ movement }) => movement),
      [`turn-${one}`, `turn-${other}`],
    );
    for (const { movement, value, took } of movements) {
      assert.ok(value >= 20 && value < 60, `${movement}: ${value}°`);
      assert.ok(took > 0, `${movement} took ${took}`);
    }
    if (record.attempts === 1) {
      const shown = asked(hints).slice(0, 4);
      assert.deepEqual(shown, [`turn-${one}`, 'face-forward', `turn-${other}`, 'face-forward']);
    }
    assertFrontal(quality);
  });
}

test('only the requested order counts', async () => {
  /** @type {Scenes} */
  const scenes = [START, 'turns right', ['good', 1], 'turns left', REST];
  const { quality } = await take({ challenge: 'turn', scenes, who: 'collins', patience: 60_000 });
  const { attempts, movements } = quality.challenge;
  assert.ok(attempts > 1 || movements.some(({ took }) => took > 3000), JSON.stringify(quality.challenge));
});

test('a face that comes closer and goes back is seen', async () => {
  /** @type {Scenes} */
  const scenes = [START, 'leans left', ['good', 1], 'comes closer', REST];
  const { quality } = await take({ challenge: 'closer', scenes, who: 'jemison' });
  const { outcome, movements } = quality.challenge;
  assert.deepEqual([outcome, movements.map(({ movement }) => movement)], ['done', ['closer']]);
  assert.ok(movements[0].value >= 1.3 && movements[0].took > 0, JSON.stringify(movements));
  assertFrontal(quality);
});

for (const [who, cheat] of /** @type {const} */ ([
  ['collins', 'print moves to both sides'],
  ['obama', 'print turns to both sides'],
])) {
  test(`a cheat, ${cheat}: the photo is taken, and its record says that no turn was seen`, async () => {
    /** @type {Scenes} */
    const scenes = [['print', 5], ...Array(8).fill(cheat)];
    const { quality } = await take({ challenge: 'turn', scenes, who, patience: 90_000 });
    const { outcome, attempts, movements } = quality.challenge;
    assert.deepEqual([outcome, attempts], ['timed-out', 3]);
    assert.equal(movements[0].took, null);
    assert.ok(movements[0].value < 15, `${movements[0].value}°`);
  });
}
