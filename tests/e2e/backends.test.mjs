// The back ends of examples/backend in Go, PHP and Java, without a browser: this test makes the page's calls. They accept a
// verdict from the relay only, by its webhook or by a proof, and no forged one. backend.test.mjs tests Node and Python in a
// browser. C# is not a Debian package: scripts/lint/csharp.py only parses it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { startSandbox } from './support/demo.mjs';
import { freePort, newKeys, startProgram, startRelay } from './support/relay.mjs';

const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const photo = readFileSync(path('tests/fixtures/face/collins.jpg'));
const folder = mkdtempSync(join(tmpdir(), 'akiba-backends-'));

/**
 * Builds each back end and returns its command, arguments and folder.
 * @type {Record<string, () => [string, string[], string]>}
 */
const BACKENDS = {
  go: () => {
    const cwd = path('examples/backend/go');
    assert.equal(execFileSync('gofmt', ['-l', '.'], { cwd, encoding: 'utf8' }), '', 'run gofmt -w');
    execFileSync('go', ['vet', './...'], { cwd, stdio: 'inherit' });
    execFileSync('go', ['build', '-o', join(folder, 'bank'), '.'], { cwd, stdio: 'inherit' });
    return [join(folder, 'bank'), [], cwd];
  },
  php: () => ['php', ['server.php'], path('examples/backend/php')],
  // Spring Boot is not a Debian package. Spring's annotations are, and the harness reads them.
  java: () => {
    const jars = ['spring3-web', 'spring3-core', 'jackson-databind', 'jackson-core', 'jackson-annotations'];
    const classes = [...jars.map((jar) => `/usr/share/java/${jar}.jar`), folder].join(':');
    const source = path('examples/backend/java/src/main/java/example');
    const files = readdirSync(source).filter((name) => name !== 'Application.java');
    const sources = [...files.map((name) => join(source, name)), path('tests/backends/Harness.java')];
    const flags = ['-Xlint:all', '-Werror', '-proc:none', '--release', '17', '-cp', classes, '-d', folder];
    execFileSync('javac', [...flags, ...sources], { stdio: 'inherit' });
    const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classes];
    return ['java', [...options, 'example.Harness'], path('examples/backend/java')];
  },
};

const base64url = (value) => Buffer.from(value).toString('base64url');
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'EdDSA' };

/** Signs a proof, as the relay does. */
function proofOf(claims, { header = {}, key = privateKey, signature = undefined } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: 'akiba-relay', aud: 'bank', final: true, iat: now, exp: now + 300, ...claims };
  const head = { alg: 'EdDSA', typ: 'akiba-verdict+jwt', kid: jwk.kid, ...header };
  const text = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(all))}`;
  return `${text}.${base64url(signature?.(text) ?? sign(null, Buffer.from(text), key))}`;
}

/** @type {Record<string, any>} */
const it = {};

before(async () => {
  it.sandbox = await startSandbox({ args: ['--origin', 'http://127.0.0.1:1'] });
  // Stands between the back ends and the relay: it publishes the keys of this test or of the relay, and can fail.
  it.front = createServer(async (request, response) => {
    if (it.down) return request.socket.destroy();
    if (it.deaf && request.url === '/hooks/akiba') return response.writeHead(503).end();
    if (request.url === '/.well-known/jwks.json' && !it.relaysKeys) {
      response.writeHead(it.keysDown ? 500 : 200, { 'Content-Type': 'application/jwk-set+json' });
      return response.end(JSON.stringify({ keys: [jwk] }));
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const to = request.url === '/hooks/akiba' ? it.origin : it.relay.url;
    /** @type {any} */
    const { host, connection, 'content-length': length, 'transfer-encoding': encoding, ...headers } = request.headers;
    const body = chunks.length ? Buffer.concat(chunks) : undefined;
    const answer = await fetch(`${to}${request.url}`, { method: request.method, headers, body }).catch(() => undefined);
    response.writeHead(answer?.status ?? 502, { 'Content-Type': 'application/json' });
    return response.end(Buffer.from((await answer?.arrayBuffer()) ?? []));
  }).listen(0, '127.0.0.1');
  await once(it.front, 'listening');
  it.url = `http://127.0.0.1:${it.front.address().port}`;
  it.keys = newKeys();
  const webhookUrl = `${it.url}/hooks/akiba`;
  it.relay = await startRelay({ sandbox: it.sandbox, page: 'http://127.0.0.1:1', webhookUrl, keys: it.keys });
});

after(async () => {
  await it.relay?.stop();
  await it.sandbox?.stop();
  it.front?.close();
  it.front?.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

/** A customer's browser: it keeps the cookie. */
class Page {
  async call(url, { method = 'GET', body = undefined } = {}) {
    const headers = { 'Content-Type': 'application/json', ...(this.cookie && { Cookie: this.cookie }) };
    const answer = await fetch(`${it.origin}${url}`, { method, headers, body: body && JSON.stringify(body) });
    this.cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? this.cookie;
    return answer;
  }

  static async open() {
    const page = new Page();
    await page.call('/');
    return page;
  }

  verdict = async () => (await this.call('/verdict')).json();
  session = () => this.call('/selfie-session', { method: 'POST' });
  prove = async (proof) => (await this.call('/selfie-proof', { method: 'POST', body: { proof } })).status;

  /** Makes a call as the widget does. */
  async widget(url) {
    const headers = { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' };
    return (await fetch(`${it.relay.url}${url}`, { method: 'POST', headers, body: '{}' })).json();
  }

  /** Gets a session and sends a photo. Returns the session's id. */
  async link() {
    this.token = (await (await this.session()).json()).token;
    assert.match(this.token, /^v4\.local\./);
    const link = await this.widget('/v1/customer');
    const sent = await fetch(link.signed_link, { method: 'PUT', body: photo });
    assert.ok(sent.ok, `the upload: ${sent.status}`);
    return link.identifier;
  }
}

/** Sends a webhook that is signed with a secret. */
function send(secret, event, { id = 'msg_test', at = Date.now(), tamper = (body) => body } = {}) {
  const body = JSON.stringify(event);
  const timestamp = String(Math.floor(at / 1000));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,x v1,${signature}` };
  const method = 'POST';
  return fetch(`${it.origin}/hooks/akiba`, {
    method,
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: tamper(body),
  });
}

for (const [name, build] of Object.entries(BACKENDS)) {
  describe(name, () => {
    let program;
    let backend;

    async function start(variables = {}) {
      const port = await freePort();
      it.origin = `http://127.0.0.1:${port}`;
      const [command, args, cwd] = program;
      const env = {
        PORT: String(port),
        RELAY_URL: it.url,
        AKIBA_API_KEY: it.keys.apiKey,
        AKIBA_WEBHOOK_SECRET: it.keys.webhook,
        UPLOADS: it.sandbox.s3,
        BANK_FILE: join(folder, `bank-${port}.json`),
        ...variables,
      };
      backend = await startProgram(command, args, { cwd, env, url: `${it.origin}/page/page.css` });
    }

    before(async () => {
      program = build();
      await start();
    });

    after(() => backend?.stop());

    test('the page leads to a verdict that the bank knows', async () => {
      const page = await Page.open();
      assert.deepEqual([(await page.verdict()).state, (await page.verdict()).outcome], ['open', null]);
      // Two requests at once get the same session.
      const answers = await Promise.all([page.session(), page.session(), page.session()]);
      const tokens = await Promise.all(answers.map(async (answer) => (await answer.json()).token));
      assert.equal(new Set(tokens).size, 1);
      await page.link();
      assert.equal((await page.widget('/v1/customer/verify')).outcome, 'verified');
      for (const late = Date.now() + 10_000; (await page.verdict()).state === 'open'; await sleep(50)) {
        assert.ok(Date.now() < late, 'the webhook did not arrive');
      }
      assert.deepEqual(await page.verdict(), { state: 'verified', outcome: 'verified', final: true });
      assert.equal((await page.session()).status, 409);
      const other = await Page.open();
      assert.equal((await other.verdict()).state, 'open', 'another customer sees the verdict');
    });

    test('the bank ignores a webhook with another signature, an old one and a repeated one', async () => {
      const page = await Page.open();
      const session_id = await page.link();
      const event = { type: 'session.verified', data: { session_id, state: 'verified', outcome: 'verified' } };
      const { webhook } = it.keys;
      const wrong = [
        send(`whsec_${Buffer.alloc(32, 7).toString('base64')}`, event),
        send(webhook, event, { at: Date.now() - 6 * 60_000 }),
        send(webhook, event, { at: Date.now() + 6 * 60_000 }),
        send(webhook, event, { tamper: (body) => body.replace('verified', 'rejected') }),
        send(webhook, event, { tamper: () => 'x'.repeat(100_000) }),
        send(webhook, { ...event, data: { session_id: '../sessions/x' } }),
        send(webhook, 'no object'),
        fetch(`${it.origin}/hooks/akiba`, { method: 'POST', body: JSON.stringify(event) }),
      ];
      for (const answer of wrong) assert.match(String((await answer).status), /^4\d\d$/);
      assert.equal((await page.verdict()).state, 'open');
      // A valid webhook only makes the bank ask the relay, which has no verdict.
      assert.equal((await send(webhook, event, { id: `msg_${name}` })).status, 204);
      const first = await page.verdict();
      assert.deepEqual([first.state, first.outcome], ['link_issued', null]);
      assert.equal((await send(webhook, event, { id: `msg_${name}` })).status, 204);
      assert.deepEqual(await page.verdict(), first, 'the repeat changed the verdict');
    });

    test('a proof counts once, for the customer whose session it names', async () => {
      const page = await Page.open();
      const sub = await page.link();
      const good = { sub, jti: `ver_${sub}`, outcome: 'rejected', reason: 'not-matched', final: false };
      const now = Math.floor(Date.now() / 1000);
      const other = await Page.open();
      const otherSub = await other.link();
      it.keysDown = true;
      await backend.stop();
      await start();
      // The customers of this process are gone, so these are new ones.
      const customer = await Page.open();
      const mine = { ...good, sub: await customer.link() };
      assert.equal(await customer.prove(proofOf(mine)), 503, 'the keys can not be read');
      it.keysDown = false;
      const secret = () => createHmac('sha256', Buffer.from(jwk.x, 'base64url'));
      const wrong = {
        'of another session': proofOf({ ...mine, sub: otherSub }),
        'of another key': proofOf(mine, { key: generateKeyPairSync('ed25519').privateKey }),
        'of an unknown key': proofOf(mine, { header: { kid: 'key-2' } }),
        'for another bank': proofOf({ ...mine, aud: 'other' }),
        'of another relay': proofOf({ ...mine, iss: 'other' }),
        expired: proofOf({ ...mine, iat: now - 600, exp: now - 300 }),
        'of the future': proofOf({ ...mine, iat: now + 600, exp: now + 900 }),
        'without an id': proofOf({ ...mine, jti: undefined }),
        'without an expiry': proofOf({ ...mine, exp: undefined }),
        'of another type': proofOf(mine, { header: { typ: 'JWT' } }),
        unsigned: proofOf(mine, { header: { alg: 'none' }, signature: () => '' }),
        'with an empty signature': proofOf(mine, { signature: () => '' }),
        'signed with the public key': proofOf(mine, {
          header: { alg: 'HS256' },
          signature: (text) => secret().update(text).digest(),
        }),
        'of a rejection, changed': proofOf(mine).replace(
          /\.[^.]+\./,
          `.${base64url(JSON.stringify({ ...mine, outcome: 'verified', iss: 'akiba-relay', aud: 'bank', iat: now, exp: now + 300 }))}.`,
        ),
        cut: proofOf(mine).slice(0, -4),
        'no token': 'x',
        'no text': 7,
      };
      for (const [what, proof] of Object.entries(wrong)) assert.equal(await customer.prove(proof), 400, what);
      assert.equal((await customer.verdict()).state, 'open');

      assert.equal(await customer.prove(proofOf(mine)), 204);
      assert.deepEqual(await customer.verdict(), { state: 'rejected', outcome: 'rejected', final: false });
      assert.equal(await customer.prove(proofOf(mine)), 409, 'the same proof again');
      const stranger = await Page.open();
      await stranger.link();
      assert.equal(await stranger.prove(proofOf({ ...mine, jti: 'ver_2' })), 400, "another customer's browser");
      // A later photo is verified. The proof of an earlier one, if it arrives late, changes nothing.
      assert.equal(await customer.prove(proofOf({ ...mine, jti: 'ver_3', outcome: 'verified', final: true })), 204);
      assert.equal(await customer.prove(proofOf({ ...mine, jti: 'ver_4' })), 204);
      assert.equal((await customer.verdict()).outcome, 'verified');
    });

    test('a proof that the relay signed is accepted, without a webhook, and a changed one is not', async () => {
      Object.assign(it, { relaysKeys: true, deaf: true });
      try {
        await backend.stop();
        await start();
        const page = await Page.open();
        await page.link();
        const { outcome, proof } = await page.widget('/v1/customer/verify');
        assert.equal(outcome, 'verified');
        const [header, claims, signature] = proof.split('.');
        const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), final: false };
        assert.equal(await page.prove(`${header}.${base64url(JSON.stringify(changed))}.${signature}`), 400);
        assert.equal(await page.prove(proofOf(changed)), 400, "a proof of this test's key");
        assert.equal((await page.verdict()).outcome, null);
        assert.equal(await page.prove(proof), 204);
        assert.deepEqual(await page.verdict(), { state: 'verified', outcome: 'verified', final: true });
        assert.equal(await page.prove(proof), 409, 'the same proof again');
      } finally {
        Object.assign(it, { relaysKeys: false, deaf: false });
        await backend.stop();
        await start();
      }
    });

    test('the page has security headers and a strict cookie', async () => {
      const answer = await fetch(it.origin);
      assert.match(await answer.text(), new RegExp(`<akiba-selfie relay="${it.url}">`));
      const policy = answer.headers.get('content-security-policy');
      assert.match(policy, /default-src 'self'/);
      assert.ok(policy.includes(`connect-src 'self' ${it.url} ${it.sandbox.s3};`), policy);
      assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|\*/);
      for (const word of [/HttpOnly/i, /Secure/i, /SameSite=strict/i])
        assert.match(answer.headers.get('set-cookie'), word);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal((await fetch(`${it.origin}/nothing`)).status, 404);
    });

    test('without its settings it fails to start and names the missing ones', async () => {
      const [command, args, cwd] = program;
      const env = { PORT: '0', AKIBA_API_KEY: 'x', AKIBA_WEBHOOK_SECRET: it.keys.webhook };
      await assert.rejects(startProgram(command, args, { cwd, env }), /set .*RELAY_URL/);
    });

    test('without the relay it answers 503 to the page and to a webhook', async () => {
      const page = await Page.open();
      it.down = true;
      try {
        assert.equal((await page.session()).status, 503);
        const event = { type: 'session.verified', data: { session_id: 'ses_1' } };
        assert.equal((await send(it.keys.webhook, event, { id: 'msg_down' })).status, 503);
      } finally {
        it.down = false;
      }
      // The id was not marked as seen, so the webhook still counts when it is sent again.
      const event = { type: 'session.verified', data: { session_id: 'ses_1' } };
      assert.equal((await send(it.keys.webhook, event, { id: 'msg_down' })).status, 204);
      assert.doesNotMatch(backend.output(), /0000000000001|akr_|whsec_|v4\.local/);
    });
  });
}
