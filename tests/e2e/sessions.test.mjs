// The demo with sessions: the page does not name the person, and the back end gets the verdict.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { violations } from './support/axe.mjs';
import { suite } from './support/suite.mjs';

const it = suite({ sessions: 'required', relay: ['--clock-leeway', '1ms'] });

const VERIFIED = '0000000000001';
const REJECTED = '0000000000002';

/** Matches Chromium's own console message about a reply with this status. @param {number} status */
const reply = (status) => new RegExp(`Failed to load resource: the server responded with a status of ${status}`);

/** Lists the page's requests in order: a name and the request, with the status as soon as there is one. */
function requests(selfie) {
  const seen = [];
  selfie.page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    const call = { '/bank/session': 'session', '/v1/customer': 'link', '/v1/customer/verify': 'verify' }[pathname];
    const name = origin === it.demo.s3 && request.method() === 'PUT' ? 'upload' : call;
    if (!name) return;
    const entry = { name, request, status: undefined };
    seen.push(entry);
    request.response().then(
      (response) => {
        entry.status = response?.status();
      },
      () => {},
    );
  });
  return seen;
}

const words = (seen) => seen.map(({ name, status }) => (status === 200 ? name : `${name} ${status}`));

/** Waits until the panel of the back end shows a text. */
const says = (selfie, text) => selfie.page.locator('#bank-says').getByText(text).waitFor();

/** Creates a session at the back end, like the page. */
async function session(selfie, wanted = {}) {
  return selfie.page.evaluate(
    async (body) => {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch('/bank/session', { method: 'POST', headers, body: JSON.stringify(body) });
      return answer.json();
    },
    { identifier: VERIFIED, ...wanted },
  );
}

/** Limits the lifetime of the page's first session. */
async function firstSessionLives(selfie, seconds) {
  await selfie.page.route(
    '**/bank/session',
    async (route) => {
      const body = { ...route.request().postDataJSON(), ttl: seconds };
      await route.continue({ postData: JSON.stringify(body) });
    },
    { times: 1 },
  );
}

test('verified: the page does not name the person, and the back end gets a signed webhook', async () => {
  const selfie = await it.open();
  const seen = requests(selfie);
  await selfie.takeAndSend();
  const { verdict } = await selfie.event('selfie-verified');
  assert.equal(verdict.outcome, 'verified');
  assert.equal(verdict.identity, null, "the person's record stays on the server");
  await says(selfie, "The back end's verdict: verified, by webhook, signature valid.");

  assert.deepEqual(words(seen), ['session', 'link', 'upload', 'verify']);
  const calls = seen.filter(({ name }) => name === 'link' || name === 'verify');
  for (const { request } of calls) {
    const headers = await request.allHeaders();
    assert.match(headers.authorization, /^Bearer v4\.local\./);
    assert.doesNotMatch(JSON.stringify(headers) + request.postData(), new RegExp(VERIFIED));
  }
  const { 'idempotency-key': key } = await calls[1].request.allHeaders();
  assert.match(key, /^[0-9a-f]{32}$/);
  assert.doesNotMatch(await selfie.page.locator('akiba-selfie').evaluate((element) => element.outerHTML), /identifier/);
});

test('rejected: the back end gets a webhook, and another person gets another session', async () => {
  const selfie = await it.open();
  const seen = requests(selfie);
  await selfie.identity(REJECTED);
  await selfie.takeAndSend();
  await selfie.event('selfie-rejected');
  await says(selfie, "The back end's verdict: rejected, by webhook, signature valid.");
  await selfie.identity(VERIFIED);
  await selfie.state('idle');
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  await says(selfie, "The back end's verdict: verified, by webhook, signature valid.");
  const asked = seen.filter(({ name }) => name === 'session').map(({ request }) => request.postDataJSON().identifier);
  assert.deepEqual(asked, [REJECTED, VERIFIED]);
});

test('a session that expires after the link: the same photo is sent in a new session', async () => {
  const selfie = await it.open({ expected: [reply(401), reply(403)] });
  const seen = requests(selfie);
  await firstSessionLives(selfie, 3);
  await selfie.frame();
  await selfie.shoot();
  await selfie.page.waitForTimeout(4000);
  await selfie.send();
  await selfie.event('selfie-verified');
  // The relay rejects the expired token. The new session does not have the old one's link.
  const wanted = ['session', 'link', 'upload', 'verify 401', 'session', 'verify 403', 'link', 'upload', 'verify'];
  assert.deepEqual(words(seen), wanted);
  const verifies = seen.filter(({ name }) => name === 'verify');
  const keys = await Promise.all(verifies.map(({ request }) => request.headerValue('idempotency-key')));
  assert.equal(keys[0], keys[1], 'the same link');
  assert.notEqual(keys[1], keys[2], 'another link');
  assert.equal((await selfie.events('selfie-captured')).length, 1);
  assert.deepEqual(await selfie.events('selfie-error'), []);
  assert.ok((await it.demo.lastObject()).equals(await selfie.capturedBytes()), 'another photo arrived');
});

test('a session that expires before the link is renewed at once', async () => {
  const selfie = await it.open({ expected: [reply(401)] });
  const seen = requests(selfie);
  await it.demo.linkLife(2);
  try {
    await firstSessionLives(selfie, 3);
    await selfie.frame();
    await selfie.shoot();
    await selfie.page.waitForTimeout(4000);
    await it.demo.linkLife(60);
    await selfie.send();
    await selfie.event('selfie-verified');
  } finally {
    await it.demo.linkLife(60);
  }
  const last = words(seen).slice(words(seen).indexOf('link 401'));
  assert.deepEqual(last, ['link 401', 'session', 'link', 'upload', 'verify']);
});

test('a page that fails to get a session keeps the photo, and the element tries again by itself', async () => {
  const selfie = await it.open({ expected: [reply(503)] });
  await selfie.page.route('**/bank/session', (route) => route.fulfill({ status: 503 }), { times: 3 });
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  assert.equal((await selfie.events('selfie-captured')).length, 1);
  assert.deepEqual(await selfie.events('selfie-error'), []);
});

test('a page that names another person than its session is refused, and nothing is uploaded', async () => {
  const selfie = await it.open({ expected: [reply(403)] });
  const seen = requests(selfie);
  await selfie.page.evaluate((id) => {
    document.querySelector('akiba-selfie').identifier = id;
  }, REJECTED);
  await selfie.agree();
  const { detail } = await selfie.event('selfie-error');
  assert.equal(detail.code, 'relay-forbidden');
  assert.deepEqual(words(seen), ['session', 'link 403']);
  assert.deepEqual(await selfie.events('selfie-captured'), [], 'a useless photo was taken');
  await selfie.button('Close').click();
  await selfie.event('selfie-cancelled');
  assert.equal(await selfie.button('Start').count(), 0);
});

test('a lost verdict is recovered when the back end asks again, and the page gets it, too', async () => {
  const selfie = await it.open({ expected: [reply(502)] });
  const seen = requests(selfie);
  await it.demo.loseVerdicts(1);
  await selfie.takeAndSend();
  const { detail } = await selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['relay-failed', true]);
  await says(selfie, 'the answer was lost');
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await selfie.page.emulateMedia({ colorScheme });
    await selfie.page.waitForTimeout(250);
    assert.deepEqual(await violations(selfie.page), [], `axe-core, ${colorScheme}`);
  }
  await selfie.page.getByRole('button', { name: 'Ask the vendor again' }).click();
  await says(selfie, "The back end's verdict: verified, by webhook, signature valid.");
  await selfie.button('Send again').click();
  await selfie.event('selfie-verified');
  assert.deepEqual(words(seen), ['session', 'link', 'upload', 'verify 502', 'verify']);
});

test('after a lost verdict is released, the same photo is sent with another link', async () => {
  const selfie = await it.open({ expected: [reply(502), reply(409)] });
  const seen = requests(selfie);
  await it.demo.loseVerdicts(1);
  await selfie.takeAndSend();
  await selfie.event('selfie-error');
  await says(selfie, 'the answer was lost');
  await selfie.page.getByRole('button', { name: 'Give it up' }).click();
  await says(selfie, 'No verdict yet.');
  await selfie.button('Send again').click();
  await selfie.event('selfie-verified');
  assert.deepEqual(words(seen), ['session', 'link', 'upload', 'verify 502', 'verify 409', 'link', 'upload', 'verify']);
  assert.equal((await selfie.events('selfie-captured')).length, 1);
});

test('a reload starts again with a new session', async () => {
  const selfie = await it.open();
  const seen = requests(selfie);
  await selfie.frame();
  await selfie.shoot();
  await selfie.page.reload();
  await selfie.byHand(true);
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  await says(selfie, "The back end's verdict: verified, by webhook, signature valid.");
  assert.deepEqual(words(seen), ['session', 'link', 'session', 'link', 'upload', 'verify']);
});

test('two tabs with one session get one verdict, and the second tab shows that the check is finished', async () => {
  const first = await it.open();
  const second = await it.open({ expected: [reply(409)] });
  const { session_id: id, session_token: token } = await session(first);
  for (const selfie of [first, second]) {
    await selfie.page.evaluate((text) => {
      document.querySelector('akiba-selfie').session = text;
    }, token);
    await selfie.frame();
    await selfie.shoot();
  }
  await first.send();
  await first.event('selfie-verified');
  await second.send();
  const { detail } = await second.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['session-done', false]);
  const known = await first.page.evaluate(async (path) => (await fetch(path)).json(), `/bank/session/${id}`);
  assert.equal(known.state, 'verified');
  assert.deepEqual(
    known.webhooks.map(({ type }) => type),
    ['session.verified'],
  );
});

test('a call for a verdict before the upload is not a success, and the photo can still be sent', async () => {
  const selfie = await it.open();
  const { session_id: id, session_token: token } = await session(selfie);
  const verdict = await selfie.page.evaluate(async (bearer) => {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${bearer}` };
    const call = async (path) => (await fetch(path, { method: 'POST', headers, body: '{}' })).json();
    await call('/v1/customer');
    return call('/v1/customer/verify');
  }, token);
  assert.equal(verdict.outcome, 'rejected');
  assert.notEqual(verdict.status, 'success');
  const state = () =>
    selfie.page.evaluate(async (path) => (await (await fetch(path)).json()).state, `/bank/session/${id}`);
  assert.equal(await state(), 'rejected');
  await selfie.page.evaluate((text) => {
    document.querySelector('akiba-selfie').session = text;
  }, token);
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  assert.equal(await state(), 'verified');
});
