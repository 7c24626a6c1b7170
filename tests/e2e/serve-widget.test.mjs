// The relay serves the npm package (`--serve-widget`): a page loads the element from it, and gets a verdict.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { film } from '../fixtures/face/film.mjs';
import { launch } from './support/browser.mjs';
import { startSandbox } from './support/demo.mjs';
import { newKeys, startRelay } from './support/relay.mjs';
import { Selfie } from './support/selfie.mjs';
import { watch } from './support/watch.mjs';

const PACKAGE = fileURLToPath(new URL('../../build/package', import.meta.url));

const stop = [];
/** @type {Record<string, any>} */
const it = { passed: [] };

/** Answers with a page that loads the element from `from`, under the strictest policy. */
function answer(response, from) {
  const origin = from.startsWith('http') ? from : '';
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': [
      "default-src 'self'",
      `script-src 'self' ${origin} 'wasm-unsafe-eval'`,
      "img-src 'self' blob:",
      "media-src 'self' blob:",
      "worker-src 'self' blob:",
      `connect-src 'self' ${origin} ${it.sandbox.s3}`,
    ].join('; '),
  });
  response.end(`<!doctype html><html lang="en"><title>Bank</title>
    <script type="module" src="${from}/widget/define.js"></script>
    <script type="module" src="/page.js"></script>
    ${origin && '<script type="module" src="/blob-worker.js"></script>'}
    <akiba-selfie relay="${from}" capture="manual"></akiba-selfie></html>`);
}

const SCRIPT = `document.querySelector('akiba-selfie').session = async () => (await fetch('/session')).text();`;

/** The bank's web server: a page for each way, and the relay as a path of its own origin. */
const site = createServer(async (incoming, response) => {
  const { method, url, headers } = incoming;
  if (url === '/other-origin') return answer(response, it.relay.url);
  if (url === '/own-origin') return answer(response, '/selfie');
  if (url === '/page.js') return response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(SCRIPT);
  if (url === '/blob-worker.js') {
    const script = `import { configure } from '${it.relay.url}/widget/define.js'; configure({ blobWorker: true });`;
    return response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script);
  }
  if (url === '/favicon.ico') return response.writeHead(204).end();
  if (url === '/session') return response.writeHead(200).end(await session());
  if (!url.startsWith('/selfie/')) return response.writeHead(404).end();
  const outgoing = request(`${it.relay.url}${url.slice('/selfie'.length)}`, { method, headers }, (passed) => {
    it.passed.push({ path: url, status: passed.statusCode, headers: passed.headers });
    response.writeHead(passed.statusCode, passed.headers);
    passed.pipe(response);
  });
  return incoming.pipe(outgoing);
});

before(async () => {
  const people = await film();
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  it.origin = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (site.address()).port}`;
  it.sandbox = await startSandbox({ args: ['--origin', it.origin] });
  stop.push(() => it.sandbox.stop());
  it.keys = newKeys();
  const args = ['--serve-widget', PACKAGE];
  it.relay = await startRelay({
    sandbox: it.sandbox,
    page: it.origin,
    webhookUrl: `${it.origin}/hooks`,
    keys: it.keys,
    args,
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

/** Waits until the detector works. @param {import('playwright-core').Page} page */
async function guided(page) {
  await page.waitForFunction(() =>
    selfieEvents.some(({ type, detail }) => type === 'selfie-guidance' && detail.checks),
  );
}

/** Creates a session, as the bank's back end does. */
async function session() {
  const body = JSON.stringify({ identifier: '0000000000001', type: '1' });
  const headers = { Authorization: `Bearer ${it.keys.apiKey}`, 'Content-Type': 'application/json' };
  const created = await fetch(`${it.relay.url}/v1/sessions`, { method: 'POST', headers, body });
  assert.equal(created.status, 201);
  return (await created.json()).session_token;
}

/** Opens a page and goes on to the verdict. */
async function verified(path, framed = async (_page) => {}) {
  const page = await it.browser.newPage();
  const watched = await watch(page);
  const selfie = await Selfie.open(page, `${it.origin}${path}`);
  await selfie.frame();
  await framed(page);
  await selfie.shoot();
  await selfie.send();
  const { type, detail } = await selfie.event('selfie-verified', 'selfie-error');
  assert.equal(type, 'selfie-verified', JSON.stringify(detail));
  assert.ok((await it.sandbox.lastObject()).equals(await selfie.capturedBytes()), 'another photo arrived');
  await watched.settle();
  return { page, clean: () => watched.clean() };
}

test('a page of another origin loads the element from the relay, and gets guidance and a verdict', async () => {
  const { page, clean } = await verified('/other-origin', guided);
  await page.close();
  clean();
});

test('as a path of its own origin there is guidance, and a second visit loads no file again', async () => {
  it.passed = [];
  const { page, clean } = await verified('/own-origin', guided);
  const files = it.passed.filter(({ path }) => path.startsWith('/selfie/widget/'));
  const names = files.map(({ path }) => path.split('/').at(-1));
  for (const name of ['define.js', 'akiba-selfie_bg.wasm', 'worker.js', 'akiba-vision.wasm'])
    assert.ok(names.includes(name), `${name} in ${names}`);
  for (const { path, status, headers } of files) {
    assert.equal(status, 200, path);
    if (path === '/selfie/widget/define.js') continue;
    assert.match(path, /^\/selfie\/widget\/\d+\.\d+\.\d+-[0-9a-f]{12}\//);
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable', path);
    assert.match(headers['content-encoding'], /^(br|gzip)$/, path);
  }
  it.passed = [];
  await page.reload();
  await page.waitForFunction(() => customElements.get('akiba-selfie'));
  await page.getByRole('button', { name: 'Start' }).waitFor();
  const again = it.passed.map(({ path, status }) => [path, status]);
  assert.deepEqual(again, [['/selfie/widget/define.js', 304]]);
  await page.close();
  clean();
});
