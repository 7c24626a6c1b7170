// What the person is told while the camera looks at them, when the photo is taken by itself, and that nobody is kept from
// taking one where nothing can look. Each film shows the fake camera scenes that are known, see
// `tests/fixtures/face/scenes.mjs`.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sceneFilm } from '../fixtures/face/scenes.mjs';
import { launch } from './support/browser.mjs';
import { Selfie } from './support/selfie.mjs';
import { suite } from './support/suite.mjs';
import { watch } from './support/watch.mjs';

const it = suite();

/** How long a film's scenes last where nothing else is said, in seconds: long enough for a hint, too short to loosen. */
const SCENE = 2;

/** A page before whose camera a film of scenes runs; `use` is what is done with it. */
async function before(scenes, use, { manual = false } = {}) {
  const film = await sceneFilm(scenes.map((scene) => (Array.isArray(scene) ? scene : [scene, SCENE])));
  const browser = await launch({ film });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const watched = await watch(page);
    const selfie = await Selfie.open(page, `${it.demo.page}/`);
    await selfie.byHand(manual);
    await use(selfie);
    await watched.settle();
    watched.clean();
  } finally {
    await browser.close();
  }
}

const hints = async (selfie) => (await selfie.events('selfie-guidance')).map(({ detail }) => detail.hint);

/** Scenes, and the hints that must follow one another until a photo is taken. */
const FILMS = {
  'comes in, too far, too close, good': [
    ['empty', 'far', 'close', ['good', 30]],
    ['no-face', 'come-closer', 'move-back', 'hold'],
  ],
  // The picture is shown as in a mirror: who is on its left in the frame is on its right to themselves.
  'to the left, to the right, high, low, good': [
    ['left', 'right', 'high', 'low', ['good', 30]],
    ['move-left', 'move-right', 'move-down', 'move-up', 'hold'],
  ],
  'leans, light from one side, good': [
    ['leaning', 'shadow', ['good', 30]],
    ['straighten', 'side-light', 'hold'],
  ],
  'dark, bright, good': [
    ['dark', 'bright', ['good', 30]],
    ['too-dark', 'too-bright', 'hold'],
  ],
  'blurred, two, leaves, comes back': [
    ['blurred', 'two', 'empty', ['good', 30]],
    ['blurred', 'several-faces', 'no-face', 'hold'],
  ],
};

for (const [name, [scenes, expected]] of Object.entries(FILMS)) {
  test(`${name}: each hint in its turn, and then one photo`, async () => {
    await before(scenes, async (selfie) => {
      await selfie.frame();
      await selfie.state('review', 30_000);
      assert.deepEqual(await hints(selfie), expected);
      const [{ detail }, ...more] = await selfie.events('selfie-captured');
      assert.deepEqual(more, []);
      assert.equal(detail.quality.faces ?? 1, 1);
      console.log(JSON.stringify(detail.quality));
    });
  });
}
