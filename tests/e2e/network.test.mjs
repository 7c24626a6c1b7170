// A network that drops: the person never has to take a second selfie.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suite } from './support/suite.mjs';

const it = suite();

/** Chromium's own console message about a request without a network. */
const NO_NETWORK = /Failed to load resource: net::ERR_/;
/** Bytes a second of a bad mobile network. */
const SLOW = 40_000;

/** Returns a function that sets the quality of the page's network. */
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

/** Waits until a part of the photo is sent. */
function underway({ page }) {
  return page.waitForFunction(() => {
    const { phase, sent, total } = selfieEvents.findLast(({ type }) => type === 'selfie-progress')?.detail ?? {};
    return phase === 'uploading' && sent > 0 && sent < total;
  });
}

/** Lists the requests to the storage and the relay by name. */
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

test('an upload goes on after a time without a network', async () => {
  const selfie = await it.open({ expected: [NO_NETWORK] });
  const set = await network(selfie);
  await selfie.frame();
  await selfie.shoot();
  await set({ uploadThroughput: SLOW });
  await selfie.send();
  await underway(selfie);

  // Chromium's offline mode fails new requests only, so the storage drops the running one.
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

test('an upload is repeated after the storage drops the connection', async () => {
  const selfie = await it.open({ expected: [NO_NETWORK] });
  await selfie.frame();
  await selfie.shoot();
  await it.demo.fault({ fault: 'drop', seconds: 1, after_bytes: 50_000 });
  await selfie.send();
  await verifiedWithOnePhoto(selfie);
});

test('an upload goes on after the storage stalls', async () => {
  const selfie = await it.open();
  await selfie.frame();
  await selfie.shoot();
  await it.demo.fault({ fault: 'stall', seconds: 3, after_bytes: 50_000 });
  await selfie.send();
  await verifiedWithOnePhoto(selfie);
});

test('an unreachable storage: the person can send the same photo again', async () => {
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

test('a link that expires between framing and upload is replaced, never used', async () => {
  const selfie = await it.open();
  const seen = requests(selfie);
  await it.demo.linkLife(3);
  try {
    await selfie.frame();
    await selfie.shoot();
    const before = seen.filter((request) => request === 'link').length;
    // Longer than a link is valid.
    await selfie.page.waitForTimeout(3500);
    assert.equal(seen.filter((request) => request === 'link').length, before, 'a link was requested without need');
    await it.demo.linkLife(60);
    await selfie.send();
    await verifiedWithOnePhoto(selfie);
    assert.equal(seen.filter((request) => request === 'link').length, before + 1);
    assert.equal(seen.filter((request) => request === 'upload').length, 1);
  } finally {
    await it.demo.linkLife(60);
  }
});

test('the link is requested once, before the photo', async () => {
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

test('a reload starts again, with the camera off', async () => {
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

test('nothing more is sent after the person cancels an upload', async () => {
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
