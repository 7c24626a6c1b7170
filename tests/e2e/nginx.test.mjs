// A plain nginx instead of the relay, with the configuration of examples/nginx: the widget gets a verdict, and only its
// two calls pass.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { film } from '../fixtures/face/film.mjs';
import { launch } from './support/browser.mjs';
import { startSandbox } from './support/demo.mjs';
import { startNginx } from './support/nginx.mjs';
import { Selfie } from './support/selfie.mjs';
import { serve } from './support/site.mjs';
import { watch } from './support/watch.mjs';

const PAGE = 'https://bank.example';
/** With every character that is special in nginx's configuration, in a shell and in sed. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: `${host}` must reach nginx as it is.
const TOKEN = 'the-vendors-token$host${host}"\'\\;{}#&%s-that-no-page-may-see';
const LINK = JSON.stringify({ identifier: '0000000000001', type: '1' });

/** A vendor that records requests, and answers with headers that could affect a proxy or a browser. */
const vendor = { seen: [], headers: {}, status: 200, origin: '' };
const server = createServer(async (incoming, response) => {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method, url, headers } = incoming;
  vendor.seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
  response
    .writeHead(vendor.status, { 'Content-Type': 'application/json', ...vendor.headers })
    .end('{"status":"success"}');
});
let nginx;

/** @param {import('node:net').Server} listening */
const portOf = (listening) => /** @type {import('node:net').AddressInfo} */ (listening.address()).port;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  vendor.origin = `http://127.0.0.1:${portOf(server)}`;
  nginx = await startNginx({ page: PAGE, vendor: vendor.origin, token: TOKEN });
});

after(async () => {
  await nginx?.stop();
  server.close();
});

/**
 * Sends a request unchanged: no client tidies its path or drops headers.
 * @param {{ path?: string, method?: string, headers?: Record<string, string>, body?: string }} [request]
 */
async function call({ path = '/v1/customer', method = 'POST', headers = {}, body = LINK } = {}) {
  const sent = { Origin: PAGE, 'Content-Type': 'application/json', ...headers };
  for (const name of Object.keys(sent)) if (sent[name] === undefined) delete sent[name];
  const before = vendor.seen.length;
  const outgoing = request({ host: '127.0.0.1', port: nginx.port, path, method, headers: sent, agent: false });
  outgoing.end(method === 'GET' || method === 'OPTIONS' ? undefined : body);
  const [response] = await once(outgoing, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const answer = { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
  assert.ok(!JSON.stringify(answer).includes(TOKEN), 'the token came back');
  return { ...answer, seen: vendor.seen.slice(before) };
}

test('both calls reach the vendor with the token and the body, without the headers of the page', async () => {
  for (const path of ['/v1/customer', '/v1/customer/verify']) {
    const headers = {
      Cookie: 'bank=secret',
      Authorization: 'Bearer x',
      Token: 'mine',
      'X-Other': '1',
      'Content-Type': 'application/json; charset=utf-8',
    };
    const { status, text, seen } = await call({ path, headers });
    assert.deepEqual([status, text], [200, '{"status":"success"}']);
    assert.equal(seen.length, 1);
    assert.deepEqual([seen[0].method, seen[0].url, seen[0].body], ['POST', path, LINK]);
    assert.deepEqual(seen[0].headers, {
      'content-length': String(LINK.length),
      'content-type': 'application/json',
      host: new URL(vendor.origin).host,
      token: TOKEN,
    });
  }
});

test('only the two exact paths pass, in any spelling', async () => {
  for (const path of [
    '/',
    '/v1',
    '/v1/customers',
    '/v1/customer/',
    '/v1/customer/verify/',
    '/v1/customer/0000000000001',
    '/v1/Customer',
    '/v2/customer',
    '/v1/customer%00',
    '/v1/customer%2fverify%2fx',
    '/v1/customer/verify/../../other',
  ]) {
    const { status, seen } = await call({ path });
    assert.ok([400, 404].includes(status), `${path}: ${status}`);
    assert.deepEqual(seen, [], path);
  }
  for (const path of ['/v1/x/../customer', '//v1//customer', '/v1/%63ustomer', '/v1/./customer']) {
    const { seen } = await call({ path });
    for (const { url } of seen) assert.equal(url, '/v1/customer', path);
  }
  assert.deepEqual((await call({ path: '/v1/customer?all=1' })).status, 400);
  assert.deepEqual(
    (await call({ path: '/v1/customer?' })).seen.map(({ url }) => url),
    ['/v1/customer'],
  );
});

test('another method, origin, content type or size is refused', async () => {
  /** @type {[status: number, request: Parameters<typeof call>[0]][]} */
  const rows = [
    [405, { method: 'GET' }],
    [405, { method: 'PUT' }],
    [405, { method: 'DELETE' }],
    [405, { method: 'HEAD' }],
    [405, { method: 'TRACE' }],
    [403, { headers: { Origin: undefined } }],
    [403, { headers: { Origin: 'null' } }],
    [403, { headers: { Origin: 'https://evil.example' } }],
    [403, { headers: { Origin: `${PAGE}.evil.example` } }],
    [403, { headers: { Origin: `${PAGE}:8443` } }],
    [403, { headers: { Origin: `${PAGE}/` } }],
    [403, { method: 'OPTIONS', headers: { Origin: 'https://evil.example' } }],
    [415, { headers: { 'Content-Type': 'text/plain' } }],
    [415, { headers: { 'Content-Type': undefined } }],
    [413, { body: 'x'.repeat(4097) }],
    [413, { body: 'x'.repeat(1_000_000) }],
    [400, { headers: { 'X-Long': 'x'.repeat(20_000) } }],
  ];
  for (const [wanted, wrong] of rows) {
    const { status, seen, headers } = await call(wrong);
    assert.equal(status, wanted, JSON.stringify(wrong).slice(0, 100));
    assert.deepEqual(seen, []);
    if (wanted === 403) assert.equal(headers['access-control-allow-origin'], undefined);
  }
});

test('a page of another origin can call and read the answer, including errors', async () => {
  const preflight = await call({ method: 'OPTIONS', headers: { 'Access-Control-Request-Method': 'POST' } });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers['access-control-allow-headers'], 'content-type');
  vendor.headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Credentials': 'true' };
  vendor.status = 401;
  const answers = [preflight, await call(), await call({ path: '/v1/other' })];
  Object.assign(vendor, { headers: {}, status: 200 });
  assert.deepEqual(
    answers.map(({ status }) => status),
    [204, 401, 404],
  );
  for (const { headers } of answers) {
    assert.equal(headers['access-control-allow-origin'], PAGE);
    assert.equal(headers['access-control-allow-credentials'], undefined);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers.vary, 'Origin');
  }
});

test('headers of the vendor affect neither nginx nor the browser', async () => {
  vendor.headers = {
    'Set-Cookie': 'vendor=1',
    'Cache-Control': 'public, max-age=600',
    'X-Accel-Redirect': '/v1/customer/verify',
  };
  const { status, headers, seen, text } = await call();
  vendor.headers = {};
  assert.deepEqual([status, text, seen.length], [200, '{"status":"success"}', 1]);
  assert.equal(headers['set-cookie'], undefined);
  assert.equal(headers['cache-control'], 'no-store');
  vendor.status = 429;
  const own = await call();
  vendor.headers = { 'Retry-After': '30' };
  const theirs = await call();
  Object.assign(vendor, { headers: {}, status: 200 });
  assert.deepEqual([own.headers['retry-after'], theirs.headers['retry-after']], ['5', '30']);
});

test('a vendor with an untrusted certificate gets neither the token nor the body', async () => {
  const pem = execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      '-',
      '-out',
      '-',
      '-days',
      '1',
      '-subj',
      '/CN=127.0.0.1',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let reached = 0;
  const impostor = createTlsServer({ key: pem, cert: pem }, (_, response) => {
    reached += 1;
    response.end('{}');
  });
  impostor.listen(0, '127.0.0.1');
  await once(impostor, 'listening');
  const proxy = await startNginx({ page: PAGE, vendor: `https://127.0.0.1:${portOf(impostor)}`, token: TOKEN });
  try {
    const headers = { Origin: PAGE, 'Content-Type': 'application/json' };
    const answer = await fetch(`${proxy.origin}/v1/customer`, { method: 'POST', headers, body: LINK });
    assert.equal(answer.status, 502);
    assert.equal(reached, 0);
  } finally {
    await proxy.stop();
    impostor.close();
  }
});

test('the widget gets a verdict through it, from a page of another origin', async () => {
  const people = await film();
  const stop = [];
  try {
    const site = await serve({ '/': fileURLToPath(new URL('../../build/site', import.meta.url)) });
    stop.push(() => site.close());
    const sandbox = await startSandbox({ args: ['--origin', site.origin] });
    stop.push(() => sandbox.stop());
    const proxy = await startNginx({ page: site.origin, vendor: sandbox.vendor, token: sandbox.token });
    stop.push(() => proxy.stop());
    site.uploads = `${sandbox.s3} ${proxy.origin}`;
    const browser = await launch({ film: people.file });
    stop.push(() => browser.close());
    const page = await browser.newPage();
    const watched = await watch(page);
    const selfie = await Selfie.open(page, `${site.origin}/`);
    await page.evaluate((relay) => {
      document.querySelector('akiba-selfie').relay = relay;
    }, proxy.origin);
    await selfie.takeAndSend();
    const { type, detail } = await selfie.event('selfie-verified', 'selfie-error');
    assert.equal(type, 'selfie-verified', JSON.stringify(detail));
    assert.equal(detail.outcome, 'verified');
    assert.ok((await sandbox.lastObject()).equals(await selfie.capturedBytes()), 'another photo arrived');
    await watched.settle();
    watched.clean();
  } finally {
    for (const end of stop.reverse()) await end();
  }
});

// The last test, because it uses up the rate limit of the address.
test('an address has a burst of twenty calls, and then one a second', async () => {
  // One after the other, to stay below the limit on open connections.
  const answers = [];
  for (let count = 0; count < 60; count += 1) answers.push(await call());
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 35, `only ${refused.length} of 60 were refused`);
  assert.equal(refused[0].headers['retry-after'], '5');
  assert.equal(refused[0].headers['access-control-allow-origin'], PAGE);
});
