// A session that moves from a desktop to a phone: two browser contexts, one with a page of the bank's that shows the link and the
// number, the other with the page that the relay serves at /s (`--hosted-page`).

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { film } from '../fixtures/face/film.mjs';
import { violations } from './support/axe.mjs';
import { launch } from './support/browser.mjs';
import { startSandbox } from './support/demo.mjs';
import { freePort, newKeys, startRelay } from './support/relay.mjs';
import { Selfie } from './support/selfie.mjs';
import { watch } from './support/watch.mjs';

const PACKAGE = fileURLToPath(new URL('../../build/package', import.meta.url));

/** Where to keep pictures of the screens, if they are wanted. */
const { HANDOFF_PICTURES } = process.env;

const stop = [];
/** @type {Record<string, any>} */
const it = { hooks: [] };

/** The bank's page at the desktop: it begins a hand-off, shows link and number, and follows. */
const DESK = `<!doctype html><html lang="en"><title>Bank</title><script type="module">
  const token = await (await fetch('/session')).text();
  const call = (path, method) =>
    fetch('RELAY' + path, { method, headers: { Authorization: 'Bearer ' + token } });
  globalThis.desk = { token, call, states: [] };
  const begun = await (await call('/v1/handoffs', 'POST')).json();
  Object.assign(desk, begun);
  for (let version = ''; ; ) {
    const answer = await call('/v1/handoffs/' + begun.handoff_id + (version && '?after=' + version), 'GET');
    if (!answer.ok) break;
    const status = await answer.json();
    version = status.version;
    desk.states.push(status.state + ' ' + status.session);
    if (['verified', 'rejected', 'expired', 'disowned'].includes(status.session)) {
      desk.verdict = await (await call('/v1/customer/verify', 'GET')).json();
      break;
    }
    if (['mistaken', 'ended', 'expired', 'disowned'].includes(status.state)) break;
  }
  desk.over = true;
</script></html>`;

const site = createServer(async (incoming, response) => {
  if (incoming.url === '/session') return response.writeHead(200).end(await session());
  if (incoming.url === '/hooks') {
    const parts = [];
    for await (const part of incoming) parts.push(part);
    it.hooks.push(JSON.parse(Buffer.concat(parts).toString()));
    return response.writeHead(204).end();
  }
  if (incoming.url !== '/desk') return response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  return response.end(DESK.replace('RELAY', it.relay.url));
});

/** Creates a session, as the bank's back end does. */
async function session() {
  const body = JSON.stringify({ identifier: '0000000000001', type: '1', purpose: 'to open an account', ...it.session });
  const headers = { Authorization: `Bearer ${it.keys.apiKey}`, 'Content-Type': 'application/json' };
  const created = await fetch(`${it.relay.url}/v1/sessions`, { method: 'POST', headers, body });
  const answer = await created.json();
  assert.equal(created.status, 201, JSON.stringify(answer));
  it.id = answer.session_id;
  return answer.session_token;
}

/** Reads a session, as the bank's back end does. */
async function report() {
  const headers = { Authorization: `Bearer ${it.keys.apiKey}` };
  return (await fetch(`${it.relay.url}/v1/sessions/${it.id}`, { headers })).json();
}

before(async () => {
  const people = await film();
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  it.origin = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (site.address()).port}`;
  it.folder = await mkdtemp(join(tmpdir(), 'akiba-hosted-'));
  stop.push(() => rm(it.folder, { recursive: true, force: true }));
  const logo =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#0b57d0"/></svg>';
  await writeFile(join(it.folder, 'logo.svg'), logo);
  await writeFile(join(it.folder, 'page.toml'), 'lang = "en"\nlogo = "logo.svg"\n');
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  it.sandbox = await startSandbox({ args: ['--origin', origin] });
  stop.push(() => it.sandbox.stop());
  it.keys = newKeys();
  it.relay = await startRelay({
    sandbox: it.sandbox,
    page: it.origin,
    webhookUrl: `${it.origin}/hooks`,
    keys: it.keys,
    port,
    args: [
      '--serve-widget',
      PACKAGE,
      `--handoff-page=${origin}/s`,
      '--handoff-name=Example Bank',
      `--hosted-page=${join(it.folder, 'page.toml')}`,
    ],
  });
  stop.push(() => it.relay.stop());
  it.browser = await launch({ film: people.file });
  stop.push(() => it.browser.close());
});

after(async () => {
  for (const end of stop.reverse()) await end();
  site.close();
  site.closeAllConnections();
});

/** Opens the desktop's page and waits for its link. */
async function desktop() {
  const context = await it.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${it.origin}/desk`);
  await page.waitForFunction(() => /** @type {any} */ (globalThis).desk?.url);
  const { url, number } = await page.evaluate(() => /** @type {any} */ (globalThis).desk);
  const over = async () => {
    await page.waitForFunction(() => /** @type {any} */ (globalThis).desk.over);
    return page.evaluate(() => /** @type {any} */ (globalThis).desk);
  };
  return { page, url, number, over, close: () => context.close() };
}

/** Opens a link on a phone. */
async function phone(url, { colorScheme = 'light', width = 360, height = 740, expected = [] } = {}) {
  const context = await it.browser.newContext({ viewport: { width, height }, colorScheme, permissions: ['camera'] });
  const page = await context.newPage();
  const watched = await watch(page, expected);
  const selfie = await Selfie.open(page, url);
  return { page, selfie, watched, close: () => context.close() };
}

/** Keeps a picture of a screen, if pictures are wanted. */
async function picture(page, name) {
  if (HANDOFF_PICTURES) await page.screenshot({ path: join(HANDOFF_PICTURES, `${name}.png`), fullPage: true });
}

const REFUSED = [/the server responded with a status of 40[0-9]/];

test('the right number moves the session to the phone, and the desktop gets the verdict', async () => {
  const desk = await desktop();
  const { page, selfie, watched, close } = await phone(desk.url);
  await page.getByRole('heading', { name: 'Example Bank asks you for a selfie' }).waitFor();
  for (const text of ['to open an account', /just now|seconds ago/, /Chrome on Linux/]) {
    await page.getByText(text).waitFor();
  }
  assert.equal(new URL(page.url()).hash, '', 'the code stays in the address');
  assert.equal(await page.getByRole('listitem').getByRole('button').count(), 3);
  assert.deepEqual(await violations(page), []);
  // After a reload the phone still has its link.
  await page.reload();
  await page.getByRole('button', { name: String(desk.number), exact: true }).click();
  await selfie.element.waitFor();
  await selfie.element.evaluate((element) => element.setAttribute('capture', 'manual'));
  await selfie.frame();
  await selfie.shoot();
  await selfie.send();
  const { type, detail } = await selfie.event('selfie-verified', 'selfie-error');
  assert.equal(type, 'selfie-verified', JSON.stringify(detail));
  const words = page.getByText('Go back to your computer', { exact: false });
  await words.waitFor();
  // The closing sentence stands inside the widget, below its own words.
  const [card, sentence] = await Promise.all([selfie.element.boundingBox(), words.boundingBox()]);
  assert.ok(sentence.y + sentence.height <= card.y + card.height, JSON.stringify({ card, sentence }));
  await picture(page, 'done');
  const { states, verdict } = await desk.over();
  assert.equal(verdict.outcome, 'verified');
  assert.ok(states.includes('confirmed link_issued') || states.includes('confirmed created'), states.join(', '));
  assert.equal((await report()).handoff.used, true);
  await watched.settle();
  await close();
  await desk.close();
  watched.clean();
});

test('a wrong number ends the hand-off on both sides', async () => {
  const desk = await desktop();
  const { page, watched, close } = await phone(desk.url, { expected: REFUSED });
  const numbers = page.getByRole('listitem').getByRole('button');
  await numbers.first().waitFor();
  const wrong = (await numbers.allTextContents()).find((text) => text !== String(desk.number));
  await page.getByRole('button', { name: wrong, exact: true }).click();
  await page.getByRole('heading', { name: 'That is not the number' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'wrong');
  assert.deepEqual((await desk.over()).states.at(-1), 'mistaken created');
  assert.equal((await report()).state, 'created', 'the desktop goes on');
  await watched.settle();
  await close();
  await desk.close();
  watched.clean();
});

test('«I did not start this» ends the session and tells the back end', async () => {
  it.hooks = [];
  const desk = await desktop();
  const { page, watched, close } = await phone(desk.url);
  await page.getByRole('button', { name: 'I did not start this' }).click();
  await page.getByRole('heading', { name: 'Thank you for telling us' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'disowned');
  assert.deepEqual((await desk.over()).states.at(-1), 'disowned disowned');
  for (const end = Date.now() + 15_000; !it.hooks.length; ) {
    assert.ok(Date.now() < end, 'no webhook arrives');
    await page.waitForTimeout(50);
  }
  assert.equal(it.hooks[0].type, 'session.disowned');
  assert.equal(it.hooks[0].data.session_id, it.id);
  await watched.settle();
  await close();
  await desk.close();
  watched.clean();
});

test('a second phone, and a link without a code, get nothing', async () => {
  const desk = await desktop();
  const first = await phone(desk.url);
  await first.page.getByRole('button', { name: 'I did not start this' }).waitFor();
  const second = await phone(desk.url, { expected: REFUSED });
  await second.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  assert.equal(await second.page.getByRole('button').count(), 0);
  assert.deepEqual(await violations(second.page), []);
  await picture(second.page, 'over');
  const bare = await phone(`${it.relay.url}/s`);
  await bare.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  for (const each of [first, second, bare]) {
    await each.watched.settle();
    await each.close();
    each.watched.clean();
  }
  await desk.close();
});

test('a session that has ended says so on the phone', async () => {
  it.session = { ttl: 1 };
  const desk = await desktop();
  it.session = {};
  // Its life, and the leeway of the clocks.
  await desk.page.waitForTimeout(2_500);
  const headers = { Authorization: `Bearer ${it.keys.apiKey}` };
  await fetch(`${it.relay.url}/v1/sessions/${it.id}`, { method: 'DELETE', headers });
  const { page, watched, close } = await phone(desk.url, { expected: REFUSED });
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await watched.settle();
  await close();
  await desk.close();
  watched.clean();
});

test('without a network the phone can try again', async () => {
  const desk = await desktop();
  const { page, close } = await phone(desk.url);
  const stopButton = page.getByRole('button', { name: 'I did not start this' });
  await stopButton.waitFor();
  await page.context().setOffline(true);
  await stopButton.click();
  await page.getByRole('heading', { name: 'No connection' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Thank you for telling us' }).waitFor();
  await close();
  await desk.close();
});

test('the screens fit a small phone and a large window, light and dark', async () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    for (const width of [320, 360, 1280]) {
      const desk = await desktop();
      const { page, watched, close } = await phone(desk.url, { colorScheme, width });
      await page.getByRole('button', { name: 'I did not start this' }).waitFor();
      assert.deepEqual(await violations(page), [], `${colorScheme} ${width}`);
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      assert.equal(scrollWidth, clientWidth, `it scrolls sideways at ${width}`);
      for (const box of await page.getByRole('button').all()) {
        const { width: w, height: h } = await box.boundingBox();
        assert.ok(w >= 44 && h >= 44, `a button of ${w} × ${h}`);
      }
      await picture(page, `ask-${colorScheme}-${width}`);
      await watched.settle();
      await close();
      await desk.close();
      watched.clean();
    }
  }
});

test('the page has a strict policy, and loads nothing from others', async () => {
  const answer = await fetch(`${it.relay.url}/s`);
  assert.equal(answer.status, 200);
  const policy = answer.headers.get('content-security-policy');
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
  const html = await answer.text();
  assert.doesNotMatch(html, /https?:|style=|<style|onclick/);
  assert.match(html, /<title>Example Bank<\/title>/);
  const logo = await fetch(`${it.relay.url}/s/logo`);
  assert.equal(logo.headers.get('content-type'), 'image/svg+xml');
  assert.match(logo.headers.get('content-security-policy'), /sandbox/);
  assert.equal((await fetch(`${it.relay.url}/s/theme.css`)).status, 404);
});
