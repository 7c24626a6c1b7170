// Failures of the camera, and that it is off at the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { launch } from './support/browser.mjs';
import { Selfie } from './support/selfie.mjs';
import { suite } from './support/suite.mjs';
import { killCamera } from './support/walks.mjs';
import { watch } from './support/watch.mjs';

const it = suite();

/** Chooses a file, like a person on a phone whose camera the page can't use. */
async function goOnWithFile(selfie) {
  const buffer = it.film.frames[0];
  await selfie.element
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer });
  await selfie.state('review');
  await selfie.send();
  await selfie.event('selfie-verified');
}

test('permission denied: the code, advice, and the camera after permission is granted', async () => {
  const asking = await launch({ film: it.film.file, grant: false });
  try {
    const context = await asking.newContext();
    const page = await context.newPage();
    const watched = await watch(page);
    // Granting nothing refuses everything without a question.
    await context.grantPermissions([], { origin: it.demo.page });
    const selfie = await Selfie.open(page, `${it.demo.page}/`);
    await selfie.button('Start').click();
    await selfie.button('I agree, open the camera').click();
    const { detail } = await selfie.event('selfie-error');
    assert.deepEqual([detail.code, detail.retryable], ['camera-denied', true]);
    await selfie.state('failed');
    assert.match(await selfie.element.locator('[part=note]').innerText(), /address/);

    // After the permission is granted, the same screen goes on.
    await context.grantPermissions(['camera'], { origin: it.demo.page });
    await selfie.button('Try the camera again').click();
    await selfie.state('framing');
    await selfie.shoot();
    await selfie.send();
    await selfie.event('selfie-verified');
    await watched.settle();
    watched.clean();
  } finally {
    await asking.close();
  }
});

test('a camera unplugged while framing: the code, and the camera again', async () => {
  const selfie = await it.open();
  await selfie.frame();
  await killCamera(it.browser);
  const { detail } = await selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['camera-ended', true]);
  assert.deepEqual(await selfie.tracks(), { all: 1, live: 0 });
  await selfie.button('Try the camera again').click();
  await selfie.state('framing');
  await selfie.shoot();
});

test('the camera is off after the photo, and after cancelling', async () => {
  const selfie = await it.open();
  await selfie.frame();
  assert.deepEqual(await selfie.tracks(), { all: 1, live: 1 });
  await selfie.shoot();
  assert.deepEqual(await selfie.tracks(), { all: 1, live: 0 });
  await selfie.button('Retake').click();
  await selfie.state('framing');
  assert.deepEqual(await selfie.tracks(), { all: 2, live: 1 });
  await selfie.button('Cancel').click();
  await selfie.event('selfie-cancelled');
  await selfie.state('idle');
  assert.deepEqual(await selfie.tracks(), { all: 2, live: 0 });
});

test('the preview is mirrored, and plays', async () => {
  const selfie = await it.open();
  await selfie.frame();
  const seen = await selfie.element.locator('video').evaluate(async (/** @type {HTMLVideoElement} */ video) => {
    const from = video.currentTime;
    await new Promise((wake) => setTimeout(wake, 400));
    const { a } = new DOMMatrix(getComputedStyle(video.parentElement).transform);
    const { a: own } = new DOMMatrix(getComputedStyle(video).transform);
    return { moves: video.currentTime > from, mirrored: a * own < 0, muted: video.muted, inline: video.playsInline };
  });
  assert.deepEqual(seen, { moves: true, mirrored: true, muted: true, inline: true });
});

test('no camera: the code, and a file instead', async () => {
  const blind = await launch({ film: null });
  try {
    const page = await blind.newPage();
    const watched = await watch(page);
    const selfie = await Selfie.open(page, `${it.demo.page}/`);
    await selfie.button('Start').click();
    await selfie.button('I agree, open the camera').click();
    const { detail } = await selfie.event('selfie-error');
    assert.deepEqual([detail.code, detail.retryable], ['camera-not-found', true]);
    await goOnWithFile(selfie);
    await watched.settle();
    watched.clean();
  } finally {
    await blind.close();
  }
});

test('a frame that may not use the camera, in a browser that does not report it', async () => {
  const selfie = await it.open({
    context: { bypassCSP: true },
    expected: [/is not allowed in this document/],
    prepare: (page) =>
      page.addInitScript(() => {
        // Firefox and Safari do not report the policy, and list no camera where it forbids one.
        const { featurePolicy } = /** @type {any} */ (document);
        if (!featurePolicy.allowsFeature('camera')) MediaDevices.prototype.enumerateDevices = async () => [];
        Object.defineProperty(Document.prototype, 'featurePolicy', { value: undefined });
      }),
  });
  const src = it.demo.page.replace('127.0.0.1', 'localhost');
  await selfie.page.evaluate((url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.querySelector('main').prepend(frame);
  }, `${src}/`);
  const frame = selfie.page.frameLocator('iframe').locator('akiba-selfie');
  for (const name of ['Start', 'I agree, open the camera']) {
    const button = frame.getByRole('button', { name, exact: true });
    await button.waitFor();
    await selfie.page.waitForTimeout(700);
    await button.click();
  }
  assert.equal(await frame.locator('[part=error-code] code').innerText(), 'camera-blocked');
});

test('the cameras are on the element, and the page can name one', async () => {
  const selfie = await it.open();
  const devices = () => selfie.element.evaluate((/** @type {any} */ element) => element.devices);
  assert.deepEqual(await devices(), []);
  await selfie.frame();
  const [{ detail }] = await selfie.events('selfie-devices');
  assert.equal(detail, null);
  const [{ deviceId, label, active }] = await devices();
  assert.ok(deviceId && label && active);
  await selfie.element.evaluate((element, id) => element.setAttribute('device-id', id), deviceId);
  // It may last for less than a frame.
  await selfie.passed('starting', 2);
  await selfie.state('framing');
  assert.deepEqual(await selfie.tracks(), { all: 2, live: 1 });
});
