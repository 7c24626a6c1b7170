// The desktop's half of a hand-off: the element with `handoff` in one browser context, and the page that the relay serves to
// phones in another.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { generate } from 'lean-qr';
import { film } from '../fixtures/face/film.mjs';
import { violations } from './support/axe.mjs';
import { launch } from './support/browser.mjs';
import { startSandbox } from './support/demo.mjs';
import { freePort, newKeys, startRelay } from './support/relay.mjs';
import { Selfie } from './support/selfie.mjs';
import { policy } from './support/site.mjs';
import { watch } from './support/watch.mjs';

const PACKAGE = fileURLToPath(new URL('../../build/package', import.meta.url));
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css' };

/** Where to keep pictures of the screens, if they are wanted. */
const { HANDOFF_PICTURES } = process.env;

const stop = [];
/** @type {Record<string, any>} */
const it = {};

const PAGE = `<!doctype html><html lang="en"><title>Bank</title><link rel="icon" href="/icon.svg">
<meta name="viewport" content="width=device-width"><script type="module" src="/page.js"></script>
<main><h1>Bank</h1><akiba-selfie relay="RELAY" capture="manual" handoff="HANDOFF"></akiba-selfie></main></html>`;
const SCRIPT = `import './akiba-selfie/define.js';
let token;
document.querySelector('akiba-selfie').session = async ({ reason }) => {
  if (reason !== 'start') token = undefined;
  return (token ??= await (await fetch('/session')).text());
};`;

const site = createServer(async (incoming, response) => {
  const { pathname, searchParams } = new URL(incoming.url, it.origin);
  response.setHeader(
    'Content-Security-Policy',
    policy(`${it.relay.url} ${it.sandbox.uploads ?? 'http://127.0.0.1:*'}`),
  );
  const send = (/** @type {string} */ type, /** @type {string | Buffer} */ body) =>
    response.writeHead(200, { 'Content-Type': type }).end(body);
  if (pathname === '/icon.svg') return send('image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  if (pathname === '/hooks') return response.writeHead(204).end();
  if (pathname === '/session') return send('text/plain', await session());
  if (pathname === '/page.js') return send('text/javascript', SCRIPT);
  if (pathname.startsWith('/akiba-selfie/')) {
    const file = await readFile(join(PACKAGE, pathname.slice(14))).catch(() => undefined);
    return file ? send(TYPES[extname(pathname)] ?? 'text/plain', file) : response.writeHead(404).end();
  }
  const page = PAGE.replace('RELAY', it.relay.url).replace('HANDOFF', searchParams.get('handoff') ?? 'offer');
  return send('text/html; charset=utf-8', page);
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

/** Reads the session, as the bank's back end does. */
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
  await writeFile(join(it.folder, 'page.toml'), 'lang = "en"\n');
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  it.sandbox = await startSandbox({ args: ['--origin', it.origin, '--origin', origin] });
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

beforeEach(() => {
  it.session = {};
});

after(async () => {
  for (const end of stop.reverse()) await end();
  site.close();
  site.closeAllConnections();
});

/**
 * Opens the bank's page at a desktop.
 * @param {import('playwright-core').BrowserContextOptions & { handoff?: string, expected?: RegExp[], clock?: boolean }} settings
 */
async function desktop({ handoff = 'offer', expected = [], clock = false, ...settings } = {}) {
  const permissions = ['camera', 'clipboard-read', 'clipboard-write'];
  const context = await it.browser.newContext({ permissions, ...settings });
  const page = await context.newPage();
  const watched = await watch(page, expected);
  if (clock) await page.clock.install();
  const selfie = await Selfie.open(page, `${it.origin}/?handoff=${handoff}`);
  await selfie.button('Start').waitFor();
  const close = async () => {
    await watched.settle();
    await context.close();
    watched.clean();
  };
  return { page, selfie, close, context };
}

/** Chooses the phone, and returns the link. */
async function link({ page, selfie }) {
  await selfie.button('Use your phone instead').click();
  return copied({ page, selfie });
}

/** Presses a button of the hand-off, which counts no press that is too soon after it was drawn. */
async function press({ page, selfie }, /** @type {string} */ name) {
  await selfie.button(name).waitFor();
  await page.waitForTimeout(600);
  await selfie.button(name).click();
}

/** Copies the link that is shown. */
async function copied({ page, selfie }) {
  await press({ page, selfie }, 'Copy link');
  await selfie.element.getByText('Copied.').first().waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Opens a link on a phone. */
async function phone(url, expected = []) {
  const context = await it.browser.newContext({ viewport: { width: 360, height: 740 }, permissions: ['camera'] });
  const page = await context.newPage();
  const watched = await watch(page, expected);
  const selfie = await Selfie.open(page, url);
  await page.getByRole('button', { name: 'I did not start this' }).waitFor();
  const choose = (/** @type {string} */ number) => page.getByRole('button', { name: number, exact: true }).click();
  const numbers = () => page.getByRole('listitem').getByRole('button').allTextContents();
  /** Takes the selfie, and returns the phone's event. */
  const take = async () => {
    await selfie.element.waitFor();
    await selfie.element.evaluate((element) => element.setAttribute('capture', 'manual'));
    await selfie.takeAndSend();
    return selfie.event('selfie-verified', 'selfie-rejected', 'selfie-error');
  };
  const close = async () => {
    await watched.settle();
    await context.close();
    watched.clean();
  };
  return { page, selfie, choose, numbers, take, close };
}

/** Reads the number that the desktop shows. */
async function number({ selfie }) {
  const place = selfie.element.locator('[part=number]');
  await place.waitFor();
  return place.textContent();
}

/** Keeps a picture of a screen, if pictures are wanted. */
async function picture(page, name) {
  if (HANDOFF_PICTURES) await page.screenshot({ path: join(HANDOFF_PICTURES, `${name}.png`), fullPage: true });
}

const REFUSED = [/the server responded with a status of 40[0-9]/];
const LOST = [...REFUSED, /net::ERR_/, /has been blocked by CORS policy/];

test('the element shows code and number, follows the phone and ends with the verdict', async () => {
  const desk = await desktop();
  const url = await link(desk);
  assert.match(url, new RegExp(`^${it.relay.url}/s#[A-Za-z0-9_-]{22}$`));
  // The code says the link.
  const shown = desk.selfie.element.getByRole('img', { name: 'QR code with the link for your phone' });
  const { size, get } = ((code) => ({ size: code.size, get: (x, y) => code.get(x, y) }))(generate(url));
  const dark = await shown.locator('path').evaluate((/** @type {SVGGeometryElement} */ path, size) => {
    const rows = [];
    for (let y = 0; y < size; y += 1) {
      for (let x = 0; x < size; x += 1) rows.push(path.isPointInFill(new DOMPoint(x + 4.5, y + 4.5)));
    }
    return rows;
  }, size);
  assert.deepEqual(
    dark,
    dark.map((_, index) => get(index % size, Math.floor(index / size))),
  );
  assert.deepEqual(await violations(desk.page), []);
  assert.equal(await desk.selfie.element.locator('[part=number]').count(), 0, 'nobody needs the number yet');
  const mobile = await phone(url);
  await mobile.choose(await number(desk));
  await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
  assert.deepEqual(await violations(desk.page), []);
  assert.equal((await mobile.take()).type, 'selfie-verified');
  const { type, detail, verdict } = await desk.selfie.event('selfie-verified', 'selfie-rejected', 'selfie-error');
  assert.deepEqual([type, detail], ['selfie-verified', { outcome: 'verified', reason: null }]);
  assert.match(verdict.proof, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  await desk.selfie.element.getByRole('heading', { name: 'It’s you. Thank you!' }).waitFor();
  const steps = (await desk.selfie.events('selfie-step')).map(({ detail }) => detail.step);
  assert.deepEqual(steps, ['handoff', 'done']);
  assert.equal((await desk.selfie.tracks()).all, 0, 'the desktop opens no camera');
  assert.equal((await report()).handoff.used, true);
  await mobile.close();
  await desk.close();
});

test('a wrong number ends it, and a new code continues', async () => {
  const desk = await desktop();
  const mobile = await phone(await link(desk), REFUSED);
  const right = await number(desk);
  await mobile.choose((await mobile.numbers()).find((one) => one !== right));
  const { detail } = await desk.selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['handoff-wrong-number', true]);
  await desk.selfie.element.getByText('That was not the number').first().waitFor();
  assert.deepEqual(await violations(desk.page), []);
  await picture(desk.page, 'wrong');
  await press(desk, 'New code');
  const again = await phone(await copied(desk));
  await again.choose(await number(desk));
  await again.take();
  await desk.selfie.event('selfie-verified');
  await mobile.close();
  await again.close();
  await desk.close();
});

test('a code that nobody opened is replaced, and expires at last', async () => {
  const desk = await desktop({ clock: true });
  const first = await link(desk);
  const renewed = desk.page.waitForResponse((answer) => answer.url().endsWith('/renew'));
  await desk.page.clock.fastForward(100_000);
  assert.equal((await renewed).status(), 200);
  let second = first;
  for (const end = Date.now() + 10_000; second === first && Date.now() < end; ) second = await copied(desk);
  assert.notEqual(second, first);
  const late = { handoff_id: 'x', state: 'expired', session: 'created', version: 'late' };
  const headers = { 'Access-Control-Allow-Origin': it.origin };
  await desk.page.route(/\/v1\/handoffs\/[^/]+\?after=/, (route) => route.fulfill({ json: late, headers }));
  // The next answer is the one above.
  const mobile = await phone(second);
  await desk.selfie.element.getByText('This code does not work any more').first().waitFor();
  assert.equal((await desk.selfie.event('selfie-error')).detail.code, 'handoff-expired');
  await mobile.close();
  await desk.close();
});

test('«I did not start this» ends it without a way on', async () => {
  const desk = await desktop();
  const mobile = await phone(await link(desk));
  await mobile.page.getByRole('button', { name: 'I did not start this' }).click();
  const { detail } = await desk.selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['handoff-disowned', false]);
  await desk.selfie.element.getByText('Somebody at the phone').first().waitFor();
  assert.equal(await desk.selfie.element.getByRole('button').count(), 1, 'only Cancel is left');
  assert.deepEqual(await violations(desk.page), []);
  await picture(desk.page, 'disowned');
  assert.equal((await report()).state, 'disowned');
  await mobile.close();
  await desk.close();
});

test('the person goes on at the computer, and the phone has nothing more', async () => {
  const desk = await desktop();
  const mobile = await phone(await link(desk), REFUSED);
  await mobile.choose(await number(desk));
  await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
  await press(desk, 'Use this computer instead');
  await desk.selfie.state('consent');
  await mobile.selfie.element.waitFor();
  await mobile.selfie.agree();
  const { detail } = await mobile.selfie.event('selfie-error');
  assert.equal(detail.code, 'session-done', 'the phone’s token has ended');
  await desk.selfie.button(/^I agree/).click();
  await desk.selfie.state('framing');
  await desk.selfie.shoot();
  await desk.selfie.send();
  await desk.selfie.event('selfie-verified');
  await mobile.close();
  await desk.close();
});

test('cancelling ends it at the relay', async () => {
  const desk = await desktop();
  const url = await link(desk);
  const ended = desk.page.waitForResponse((answer) => answer.url().endsWith('/end'));
  await desk.selfie.button('Cancel').click();
  assert.equal((await ended).status(), 204);
  await desk.selfie.state('idle');
  const context = await it.browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await context.close();
  await desk.close();
});

test('a closed desktop leaves the selfie to the phone', async () => {
  const desk = await desktop();
  const mobile = await phone(await link(desk));
  await mobile.choose(await number(desk));
  await mobile.selfie.element.waitFor();
  await desk.context.close();
  assert.equal((await mobile.take()).type, 'selfie-verified');
  assert.equal((await report()).state, 'verified');
  await mobile.close();
});

test('a killed relay delays the hand-off and loses nothing', async () => {
  const desk = await desktop({ expected: LOST });
  const mobile = await phone(await link(desk), LOST);
  const shown = await number(desk);
  await it.relay.killAndStart(async () => {
    await desk.selfie.element.getByText('We can’t reach the site').first().waitFor({ state: 'attached' });
  });
  await mobile.choose(shown);
  await mobile.take();
  assert.equal((await desk.selfie.event('selfie-verified', 'selfie-error')).type, 'selfie-verified');
  await mobile.close();
  await desk.close();
});

test('a rejection lets the phone try again', async () => {
  it.session = { identifier: '0000000000002' };
  const desk = await desktop();
  const mobile = await phone(await link(desk));
  await mobile.choose(await number(desk));
  const { type, detail } = await mobile.take();
  assert.deepEqual([type, detail.reason], ['selfie-rejected', 'not-matched']);
  await desk.selfie.element.getByText('The selfie did not match').first().waitFor();
  assert.equal(await desk.selfie.element.evaluate((/** @type {any} */ element) => element.state), 'handoff');
  await mobile.close();
  await desk.close();
});

test('with «prefer» it is first, and this computer is one press away', async () => {
  const desk = await desktop({ handoff: 'prefer' });
  await desk.selfie.button('Start').click();
  await desk.selfie.state('handoff');
  await desk.selfie.element.getByRole('img').waitFor();
  await press(desk, 'Use this computer instead');
  await desk.selfie.state('consent');
  await desk.selfie.button('Use your phone instead').waitFor();
  await desk.close();
});

test('where the camera fails, the phone is offered', async () => {
  const desk = await desktop({ handoff: 'offer' });
  await desk.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException('', 'NotFoundError');
    };
  });
  await desk.selfie.agree();
  await desk.selfie.state('failed');
  await desk.selfie.button('Use your phone instead').click();
  await desk.selfie.element.getByRole('img', { name: /^QR code/ }).waitFor();
  await desk.close();
});

test('a phone, and a page that does not want it, offer nothing', async () => {
  for (const desk of [await desktop({ isMobile: true, hasTouch: true }), await desktop({ handoff: 'off' })]) {
    assert.equal(await desk.selfie.element.getByRole('button', { name: 'Use your phone instead' }).count(), 0);
    await desk.close();
  }
});

test('a relay that hands nothing over says so, and the computer goes on', async () => {
  it.session = { handoff: 'forbid' };
  const desk = await desktop({ expected: REFUSED });
  await desk.selfie.button('Use your phone instead').click();
  const { detail } = await desk.selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['handoff-refused', false]);
  await press(desk, 'Use this computer instead');
  await desk.selfie.state('consent');
  await desk.close();
});

test('the screens fit a small and a large window, light, dark and in forced colours', async () => {
  /** @type {Record<string, import('playwright-core').BrowserContextOptions>} */
  const looks = {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    forced: { forcedColors: 'active' },
  };
  for (const [name, settings] of Object.entries(looks)) {
    for (const width of [360, 1280]) {
      const desk = await desktop({ ...settings, viewport: { width, height: 800 } });
      await picture(desk.page, `idle-${name}-${width}`);
      const url = await link(desk);
      const fits = async (/** @type {string} */ screen) => {
        await picture(desk.page, `${screen}-${name}-${width}`);
        assert.deepEqual(await violations(desk.page), [], `${screen} ${name} ${width}`);
        const { scrollWidth, clientWidth } = await desk.page.evaluate(() => document.documentElement);
        assert.equal(scrollWidth, clientWidth, `${screen} scrolls sideways at ${width}`);
        for (const box of await desk.selfie.element.getByRole('button').all()) {
          const { width: w, height: h } = await box.boundingBox();
          assert.ok(w >= 44 && h >= 44, `a button of ${w} × ${h}`);
        }
      };
      await fits('code');
      const mobile = await phone(url);
      await number(desk);
      assert.match(await desk.selfie.element.locator('.left').innerText(), /^\d+ s left$/);
      await fits('number');
      await mobile.choose(await number(desk));
      await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
      await fits('phone');
      await mobile.close();
      await desk.close();
    }
  }
});
