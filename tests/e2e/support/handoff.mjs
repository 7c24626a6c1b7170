// A bank with hand-offs: its desktop page, its back end, a relay that serves the page for phones, and phones.
//
// Exports: `startHandoffs()`, `REFUSED`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { film } from '../../fixtures/face/film.mjs';
import { launch } from './browser.mjs';
import { startSandbox } from './demo.mjs';
import { freePort, newKeys, startRelay } from './relay.mjs';
import { Selfie } from './selfie.mjs';
import { policy } from './site.mjs';
import { watch } from './watch.mjs';

const PACKAGE = fileURLToPath(new URL('../../../build/package', import.meta.url));

/** Where to keep pictures of the screens, if they are wanted. */
const { HANDOFF_PICTURES } = process.env;

/** What Chromium's console says of a call that the relay refuses. */
export const REFUSED = [/the server responded with a status of 40[0-9]/];

/** The bank's page with the element. */
const PAGE = `<!doctype html><html lang="en"><title>Bank</title><link rel="icon" href="/icon.svg">
<meta name="viewport" content="width=device-width"><script type="module" src="/page.js"></script>
<main><h1>Bank</h1><akiba-selfie relay="RELAY" capture="manual" handoff="HANDOFF"></akiba-selfie></main></html>`;
/** Its session outlives a reload, as the bank's own login does. */
const SCRIPT = `import './akiba-selfie/define.js';
document.querySelector('akiba-selfie').session = async ({ reason }) => {
  if (reason !== 'start') sessionStorage.removeItem('bank');
  sessionStorage.bank ??= await (await fetch('/session')).text();
  return sessionStorage.bank;
};`;
const ICON = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css' };

/** The bank's page at a desktop without the element: it begins a hand-off, shows link and number, and follows. */
const DESK = `<!doctype html><html lang="en"><title>Bank</title><script type="module">
  const token = await (await fetch('/session')).text();
  const call = (path, method) =>
    fetch('RELAY' + path, { method, headers: { Authorization: 'Bearer ' + token } });
  globalThis.desk = { token, call, states: [] };
  const begun = await (await call('/v1/handoffs', 'POST')).json();
  Object.assign(desk, begun);
  for (let version = ''; ; ) {
    const answer = await call('/v1/handoffs/' + begun.handoff_id + (version && '?after=' + version), 'GET')
      .catch(() => undefined);
    // The relay is away.
    if (!answer) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
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

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#0b57d0"/></svg>';

/** A bank, its relay and a browser. */
class Handoffs {
  /** What the webhooks said. @type {any[]} */
  hooks = [];
  /** Further members of the next sessions. @type {Record<string, unknown>} */
  wish = {};
  /** The last session. */
  id = '';
  #stop = [];

  /** @param {string[]} args further flags of the relay @param {string} settings of the page for phones */
  async start(args, settings) {
    const people = await film();
    const site = createServer((incoming, response) => this.#answer(incoming, response));
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    this.#stop.push(() => {
      site.close();
      site.closeAllConnections();
    });
    this.origin = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (site.address()).port}`;
    const folder = await mkdtemp(join(tmpdir(), 'akiba-hosted-'));
    this.#stop.push(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'logo.svg'), LOGO);
    await writeFile(join(folder, 'page.toml'), settings);
    this.port = await freePort();
    const origin = `http://127.0.0.1:${this.port}`;
    this.sandbox = await startSandbox({ args: ['--origin', this.origin, '--origin', origin] });
    this.#stop.push(() => this.sandbox.stop());
    this.keys = newKeys();
    this.relay = await startRelay({
      sandbox: this.sandbox,
      page: this.origin,
      webhookUrl: `${this.origin}/hooks`,
      keys: this.keys,
      port: this.port,
      args: [
        '--serve-widget',
        PACKAGE,
        `--handoff-page=${origin}/s`,
        '--handoff-name=Example Bank',
        `--hosted-page=${join(folder, 'page.toml')}`,
        ...args.map((arg) => arg.replace('BANK', this.origin)),
      ],
    });
    this.#stop.push(() => this.relay.stop());
    this.browser = await launch({ film: people.file });
    this.#stop.push(() => this.browser.close());
    return this;
  }

  async stop() {
    for (const end of this.#stop.reverse()) await end();
  }

  /** @param {import('node:http').IncomingMessage} incoming @param {import('node:http').ServerResponse} response */
  async #answer(incoming, response) {
    if (incoming.url === '/session') return response.writeHead(200).end((await this.session()).session_token);
    if (incoming.url === '/hooks') {
      const parts = [];
      for await (const part of incoming) parts.push(part);
      this.hooks.push(JSON.parse(Buffer.concat(parts).toString()));
      return response.writeHead(204).end();
    }
    const { pathname, searchParams } = new URL(incoming.url ?? '', this.origin);
    const send = (/** @type {string} */ type, /** @type {string | Buffer} */ body) =>
      response.writeHead(200, { 'Content-Type': type }).end(body);
    if (pathname === '/icon.svg') return send('image/svg+xml', ICON);
    if (pathname === '/page.js') return send('text/javascript', SCRIPT);
    if (pathname.startsWith('/akiba-selfie/')) {
      const file = await readFile(join(PACKAGE, pathname.slice(14))).catch(() => undefined);
      return file ? send(TYPES[extname(pathname)] ?? 'text/plain', file) : response.writeHead(404).end();
    }
    const handoff = searchParams.get('handoff') ?? 'offer';
    const page = {
      '/': PAGE.replace('RELAY', this.relay.url).replace('HANDOFF', handoff),
      '/desk': DESK.replace('RELAY', this.relay.url),
      '/back': '<title>Welcome back</title><link rel="icon" href="data:,">',
    };
    const html = page[/** @type {'/desk'} */ (pathname)];
    if (!html) return response.writeHead(404).end();
    if (pathname === '/') {
      const hosts = `${this.relay.url} ${this.sandbox.s3}`;
      response.setHeader('Content-Security-Policy', policy(hosts));
    }
    return send('text/html; charset=utf-8', html);
  }

  /** Calls the relay as the bank's back end does. */
  async call(path, body, method = body ? 'POST' : 'GET') {
    const headers = { Authorization: `Bearer ${this.keys.apiKey}`, 'Content-Type': 'application/json' };
    const answer = await fetch(`${this.relay.url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const json = answer.status === 204 ? undefined : await answer.json();
    assert.ok(answer.ok, JSON.stringify(json));
    return json;
  }

  /** Creates a session. */
  async session() {
    const body = { identifier: '0000000000001', type: '1', purpose: 'to open an account', ...this.wish };
    const created = await this.call('/v1/sessions', body);
    this.id = created.session_id;
    return created;
  }

  /** Makes a link that the bank would send. @param {object} [body] */
  async link(body = {}) {
    await this.session();
    return this.call(`/v1/sessions/${this.id}/handoffs`, body);
  }

  /** Reads the last session. */
  report() {
    return this.call(`/v1/sessions/${this.id}`);
  }

  /** Waits for the first webhook. */
  async hook() {
    for (const end = Date.now() + 15_000; !this.hooks.length; ) {
      assert.ok(Date.now() < end, 'no webhook arrives');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.hooks[0];
  }

  /** Opens the desktop's page and waits for its link. */
  async desktop() {
    const context = await this.browser.newContext();
    const page = await context.newPage();
    await page.goto(`${this.origin}/desk`);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).desk?.url);
    const { url, number } = await page.evaluate(() => /** @type {any} */ (globalThis).desk);
    const over = async () => {
      await page.waitForFunction(() => /** @type {any} */ (globalThis).desk.over);
      return page.evaluate(() => /** @type {any} */ (globalThis).desk);
    };
    return { page, url, number, over, close: () => context.close() };
  }

  /** Opens a link on a phone. */
  async phone(
    url,
    {
      colorScheme = /** @type {'light' | 'dark'} */ ('light'),
      width = 360,
      height = 740,
      locale = 'en',
      languages = /** @type {string[] | undefined} */ (undefined),
      expected = [],
    } = {},
  ) {
    const viewport = { width, height };
    const context = await this.browser.newContext({ viewport, colorScheme, locale, permissions: ['camera'] });
    const list = (/** @type {string[]} */ value) => Object.defineProperty(navigator, 'languages', { value });
    if (languages) await context.addInitScript(list, languages);
    const page = await context.newPage();
    const watched = await watch(page, expected);
    const selfie = await Selfie.open(page, url);
    return { page, selfie, watched, context, close: () => context.close() };
  }
}

/** Takes a selfie on a phone, up to the verdict. @param {Selfie} selfie */
export async function takeSelfie(selfie) {
  await selfie.element.waitFor();
  await selfie.element.evaluate((element) => element.setAttribute('capture', 'manual'));
  await selfie.frame();
  await selfie.shoot();
  await selfie.send();
  const { type, detail } = await selfie.event('selfie-verified', 'selfie-error');
  assert.equal(type, 'selfie-verified', JSON.stringify(detail));
}

/** Keeps a picture of a screen, if pictures are wanted. */
export async function picture(page, name) {
  if (!HANDOFF_PICTURES) return;
  // Colours change smoothly.
  await page.screenshot({ path: join(HANDOFF_PICTURES, `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** Starts a bank with hand-offs. */
export const startHandoffs = ({ args = [], settings = 'logo = "logo.svg"\n' } = {}) =>
  new Handoffs().start(args, settings);
