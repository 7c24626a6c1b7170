// A network that drops: nobody is asked for a second selfie.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suite } from './support/suite.mjs';

const it = suite();

/** What Chromium itself writes of a request that found no network. */
const NO_NETWORK = /Failed to load resource: net::ERR_/;
/** Bytes a second that a bad mobile network sends. */
const SLOW = 40_000;

/** A network as bad as it is told to be. */
async function network(selfie) {
  const session = await selfie.page.context().newCDPSession(selfie.page);
  await session.send('Network.enable');
  return (settings) =>
    session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
      ...settings,
    });
}

/** Waits until some, but not all, of the photo has left. */
function underway({ page }) {
  return page.waitForFunction(() => {
    const { phase, sent, total } = selfieEvents.findLast(({ type }) => type === 'selfie-progress')?.detail ?? {};
    return phase === 'uploading' && sent > 0 && sent < total;
  });
}

/** What the browser asked for, by method and the storage's or the relay's path. */
function requests(selfie) {
  const seen = [];
  selfie.page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === it.demo.s3) seen.push(request.method() === 'OPTIONS' ? 'preflight' : 'upload');
    else if (pathname === '/v1/customer') seen.push('link');
    else if (pathname === '/v1/customer/verify') seen.push('verify');
  });
  return seen;
}

async function verifiedWithOnePhoto(selfie) {
  await selfie.event('selfie-verified');
  assert.equal((await selfie.events('selfie-captured')).length, 1);
  assert.deepEqual(await selfie.events('selfie-error'), []);
  assert.ok((await it.demo.lastObject()).equals(await selfie.capturedBytes()), 'another photo arrived');
}

test('offline in the middle of the upload, and back', async () => {
  const selfie = await it.open({ expected: [NO_NETWORK] });
  const set = await network(selfie);
  await selfie.frame();
  await selfie.shoot();
  await set({ uploadThroughput: SLOW });
  await selfie.send();
  await underway(selfie);

  // Chromium's own switch fails new requests only: the one under way is cut off by the storage.
  await selfie.page.context().setOffline(true);
  await it.demo.fault({ fault: 'drop', seconds: 60, after_bytes: 0 });
  await selfie.element.getByText('You are offline.').waitFor();
  assert.equal(await selfie.page.evaluate(() => navigator.onLine), false);
  assert.equal(await selfie.page.evaluate(() => document.querySelector('akiba-selfie').state), 'submitting');

  await it.demo.fault({ fault: null });
  await set({});
  await selfie.page.context().setOffline(false);
  await verifiedWithOnePhoto(selfie);
});

test('the storage hangs up in the middle of the upload', async () => {
  const selfie = await it.open({ expected: [NO_NETWORK] });
  await selfie.frame();
  await selfie.shoot();
  await it.demo.fault({ fault: 'drop', seconds: 1, after_bytes: 50_000 });
  await selfie.send();
  await verifiedWithOnePhoto(selfie);
});

test('the storage falls silent for a while', async () => {
  const selfie = await it.open();
  await selfie.frame();
  await selfie.shoot();
  await it.demo.fault({ fault: 'stall', seconds: 3, after_bytes: 50_000 });
  await selfie.send();
  await verifiedWithOnePhoto(selfie);
});

test('the storage is away for good: the person is asked, and the photo is kept', async () => {
  const selfie = await it.open({ expected: [NO_NETWORK] });
  await selfie.frame();
  await selfie.shoot();
  await it.demo.fault({ fault: 'drop', seconds: 3600, after_bytes: 0 });
  await selfie.send();
  const { detail } = await selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['upload-unreachable', true]);
  await it.demo.fault({ fault: null });
  await selfie.button('Send again').click();
  await selfie.event('selfie-verified');
  assert.equal((await selfie.events('selfie-captured')).length, 1);
});

test('a link that dies between framing and upload is replaced, never tried', async () => {
  const selfie = await it.open();
  const seen = requests(selfie);
  await it.demo.linkLife(3);
  try {
    await selfie.frame();
    await selfie.shoot();
    const before = seen.filter((request) => request === 'link').length;
    // Longer than any link that was asked for can live.
    await selfie.page.waitForTimeout(3500);
    assert.equal(seen.filter((request) => request === 'link').length, before, 'no links are asked for in vain');
    await it.demo.linkLife(60);
    await selfie.send();
    await verifiedWithOnePhoto(selfie);
    assert.equal(seen.filter((request) => request === 'link').length, before + 1);
    assert.equal(seen.filter((request) => request === 'upload').length, 1);
  } finally {
    await it.demo.linkLife(60);
  }
});

test('the link is there before the photo, and asked for once', async () => {
  const selfie = await it.open();
  const seen = requests(selfie);
  await selfie.frame();
  await selfie.page.waitForTimeout(300);
  assert.deepEqual(seen, ['link']);
  await selfie.shoot();
  await selfie.send();
  await verifiedWithOnePhoto(selfie);
  assert.deepEqual(
    seen.filter((request) => request !== 'preflight'),
    ['link', 'upload', 'verify'],
  );
});

test('a reload in the middle begins anew, with the camera off', async () => {
  const selfie = await it.open({ expected: [NO_NETWORK] });
  const set = await network(selfie);
  await selfie.frame();
  await selfie.page.reload();
  await selfie.byHand(true);
  assert.deepEqual(await selfie.tracks(), { all: 0, live: 0 });
  await selfie.frame();
  await selfie.shoot();
  await set({ uploadThroughput: SLOW });
  await selfie.send();
  await underway(selfie);
  await set({});
  await selfie.page.reload();
  await selfie.state('idle');
  await selfie.byHand(true);
  await selfie.takeAndSend();
  await verifiedWithOnePhoto(selfie);
});

test('given up in the middle of the upload, nothing more is sent', async () => {
  const selfie = await it.open();
  const seen = requests(selfie);
  const set = await network(selfie);
  await selfie.frame();
  await selfie.shoot();
  await set({ uploadThroughput: SLOW });
  await selfie.send();
  await underway(selfie);
  await selfie.button('Cancel').click();
  await selfie.event('selfie-cancelled');
  await set({});
  const sent = seen.length;
  await selfie.page.waitForTimeout(1500);
  assert.equal(seen.length, sent);
  assert.equal(seen.includes('verify'), false);
  await selfie.state('idle');
});
