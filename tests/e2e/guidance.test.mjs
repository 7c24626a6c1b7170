// The hints while the camera is on, when the widget takes the photo, and that a person can always take one if frames
// can't be analysed. The fake camera shows known scenes: see `tests/fixtures/face/scenes.mjs`.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PEOPLE } from '../fixtures/face/people.mjs';
import { sceneFilm } from '../fixtures/face/scenes.mjs';
import { launch } from './support/browser.mjs';
import { Selfie } from './support/selfie.mjs';
import { suite } from './support/suite.mjs';
import { watch } from './support/watch.mjs';

const it = suite();

/** How long a scene lasts by default, in seconds: long enough for a hint, too short for the thresholds to loosen. */
const SCENE = 2;

/** Opens a page whose camera shows scenes, and runs `use` with it. */
async function before(scenes, use, { manual = false, who = undefined } = {}) {
  const timed = scenes.map((scene) => (Array.isArray(scene) ? scene : [scene, SCENE]));
  const film = await sceneFilm(timed, who);
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

/** Scenes, and the hints that must follow one another until the photo. */
const FILMS = {
  'comes in, too far, too close, good': [
    ['empty', 'far', 'close', ['good', 30]],
    ['no-face', 'come-closer', 'move-back', 'hold'],
  ],
  // The preview is mirrored: a face on the left of the frame is on the person's right.
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

for (const who of /** @type {(keyof typeof PEOPLE)[]} */ (Object.keys(PEOPLE))) {
  for (const [name, [scenes, expected]] of Object.entries(FILMS)) {
    test(`${who}, ${name}: each hint in turn, and then one photo`, async () => {
      await before(scenes, (selfie) => assertHints(selfie, expected), { who });
    });
  }
}

/** Asserts that these hints follow one another until the photo, and that the photo shows the good scene. */
async function assertHints(selfie, expected) {
  await selfie.frame();
  await selfie.state('review', 30_000);
  assert.deepEqual(await hints(selfie), expected);
  await selfie.page.waitForTimeout(1500);
  const [
    {
      detail: { quality },
    },
    ...more
  ] = await selfie.events('selfie-captured');
  assert.deepEqual(more, []);
  assert.deepEqual([quality.faces, quality.flaw], [1, null]);
  for (const [measure, { pass }] of Object.entries(quality.measures)) assert.notEqual(pass, false, measure);
  assert.ok(quality.measures.compressionArtefacts, 'the photo itself was analysed, not a scaled frame');
}

test('a bad frame is never taken: after 8 s there is a shutter, and the photo has its flaw', async () => {
  await before([['dark', 30]], async (selfie) => {
    await selfie.frame();
    const shutter = selfie.button('Take the photo');
    assert.equal(await shutter.isVisible(), false);
    await shutter.waitFor({ timeout: 12_000 });
    assert.deepEqual(await selfie.events('selfie-captured'), []);
    assert.deepEqual(await hints(selfie), ['too-dark']);
    await selfie.shoot();
    const [
      {
        detail: { quality },
      },
    ] = await selfie.events('selfie-captured');
    assert.equal(quality.flaw, 'too-dark');
    await selfie.button('Use it anyway').click();
    await selfie.event('selfie-verified', 'selfie-rejected');
  });
});

test('with capture="manual" it shows hints and takes no photo', async () => {
  await before(
    [
      ['far', 3],
      ['good', 30],
    ],
    async (selfie) => {
      await selfie.frame();
      assert.ok(await selfie.button('Take the photo').isVisible());
      await selfie.page.waitForTimeout(7000);
      assert.deepEqual(await hints(selfie), ['come-closer', 'hold']);
      assert.deepEqual(await selfie.events('selfie-captured'), []);
      assert.equal(await selfie.element.evaluate((element) => element.state), 'framing');
    },
    { manual: true },
  );
});

test('a chosen file is analysed, too', async () => {
  const selfie = await it.open();
  await selfie.frame();
  const buffer = it.film.frames[0];
  await selfie.element
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer });
  await selfie.state('review');
  const [
    {
      detail: { quality },
    },
  ] = await selfie.events('selfie-captured');
  assert.deepEqual([quality.faces, quality.flaw], [1, null]);
});

const VISION = /\/vision\/(worker\.js|akiba-vision\.wasm)$/;

test('the vision module loads after the consent', async () => {
  const asked = [];
  const selfie = await it.open({
    prepare: (page) => page.on('request', (request) => VISION.test(request.url()) && asked.push(request.url())),
  });
  await selfie.button('Start').click();
  await selfie.state('consent');
  await selfie.page.waitForTimeout(1000);
  assert.deepEqual(asked, []);
  await selfie.button('I agree, open the camera').click();
  await selfie.state('framing');
  await selfie.event('selfie-guidance');
  assert.equal(asked.length, 2);
});

test('the worker and its module are requested together', async () => {
  let asked;
  const both = new Promise((resolve) => {
    asked = resolve;
  });
  const selfie = await it.open({
    prepare: async (page) => {
      page.on('request', (request) => request.url().endsWith('/akiba-vision.wasm') && asked());
      // The script comes only when the module was requested.
      await page.route(/\/vision\/worker\.js$/, async (route) => {
        await both;
        await route.continue();
      });
    },
  });
  await selfie.frame();
  const { detail } = await selfie.event('selfie-guidance');
  assert.equal(detail.cause ?? null, null);
});

/** Puts code before the worker's own. @param {string} code */
const ahead = (code) => (page) =>
  page.route(/\/vision\/worker\.js$/, async (route) => {
    const reply = await route.fetch();
    await route.fulfill({ response: reply, body: `${code};\n${await reply.text()}` });
  });

/**
 * Requirements of the vision module that may be missing.
 * @type {Record<string, {
 *   prepare: (page: import('playwright-core').Page) => unknown,
 *   expected?: RegExp[],
 *   slow?: boolean,
 * }>}
 */
const LACKS = {
  'no workers': { prepare: (page) => page.addInitScript(() => delete globalThis.Worker) },
  'no SIMD': { prepare: ahead('WebAssembly.validate = () => false') },
  'no OffscreenCanvas': { prepare: ahead('delete self.OffscreenCanvas') },
  'the worker is missing': {
    prepare: (page) => page.route(/\/vision\/worker\.js$/, (route) => route.fulfill({ status: 404 })),
    expected: [/404/],
  },
  'the module is missing': {
    prepare: (page) => page.route(/\/akiba-vision\.wasm$/, (route) => route.fulfill({ status: 404 })),
    expected: [/404/],
  },
  'the module is damaged': {
    prepare: (page) => page.route(/\/akiba-vision\.wasm$/, (route) => route.fulfill({ body: '\0asm' })),
  },
  'the module never loads': { prepare: (page) => page.route(/\/akiba-vision\.wasm$/, () => {}), slow: true },
};

for (const [lack, { prepare, expected, slow }] of Object.entries(LACKS)) {
  test(`${lack}: the person takes the photo, and no error is shown`, async () => {
    const selfie = await it.open({ prepare, expected });
    await selfie.byHand(false);
    await selfie.frame();
    const begun = Date.now();
    const shutter = selfie.button('Take the photo');
    await shutter.waitFor({ timeout: 8000 });
    // If the widget did not notice, the shutter would still appear after 8 s.
    assert.ok(Date.now() - begun < (slow ? 7500 : 2500), `${Date.now() - begun} ms`);
    assert.equal(await selfie.element.getByRole('alert').innerText(), '');
    await selfie.shoot();
    await selfie.send();
    await selfie.event('selfie-verified');
    assert.deepEqual(await selfie.events('selfie-error'), []);
    const guidance = await selfie.events('selfie-guidance');
    assert.deepEqual(
      guidance.map(({ detail: { hint, cause } }) => [hint, typeof cause]),
      [['position', 'string']],
      'the page learns why, once',
    );
    const [
      {
        detail: { quality },
      },
    ] = await selfie.events('selfie-captured');
    assert.deepEqual(quality.measures, {});
  });
}

test('a detector that was missing for one photo is there for the next one', async () => {
  let asked = 0;
  const lose = (route) => {
    asked += 1;
    return asked === 1 ? route.fulfill({ status: 404 }) : route.continue();
  };
  const selfie = await it.open({ prepare: (page) => page.route(/\/akiba-vision\.wasm$/, lose), expected: [/404/] });
  await selfie.frame();
  await selfie.shoot();
  await selfie.button('Retake').click();
  await selfie.state('framing');
  await selfie.page.waitForFunction(() =>
    selfieEvents.some(({ type, detail }) => type === 'selfie-guidance' && detail.hint === 'hold'),
  );
  assert.equal(asked, 2);
});

test('a package on another origin can not start a worker: the person takes the photo', async () => {
  const other = it.demo.page.replace('127.0.0.1', 'localhost');
  const selfie = await it.open({
    url: `${it.demo.page}/elsewhere`,
    prepare: async (page) => {
      const body = `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">
        <script type="module" src="${other}/akiba-selfie/define.js"></script>
        <akiba-selfie relay="/" identifier="0000000000001" no-consent></akiba-selfie></html>`;
      await page.route(`${it.demo.page}/elsewhere`, (route) => route.fulfill({ contentType: 'text/html', body }));
      await page.route(`${other}/**`, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, headers: { ...response.headers(), 'access-control-allow-origin': '*' } });
      });
    },
  });
  await selfie.button('Start').click();
  await selfie.state('framing');
  await selfie.shoot();
  const [
    {
      detail: { quality },
    },
  ] = await selfie.events('selfie-captured');
  assert.deepEqual(quality.measures, {});
  assert.deepEqual(await selfie.events('selfie-error'), []);
});
