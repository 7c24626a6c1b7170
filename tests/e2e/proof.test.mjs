// Proofs of verdicts, checked by the back ends of examples/backend with two JWT libraries. No webhook reaches them here:
// they know a verdict only by its proof.

import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { BACKENDS } from './support/backends.mjs';
import { startSandbox } from './support/demo.mjs';
import { freePort, newKeys, startProgram, startRelay } from './support/relay.mjs';

const OPEN = { state: 'open', outcome: null };
const json = { 'Content-Type': 'application/json' };
const photo = await readFile(new URL('../fixtures/face/collins.jpg', import.meta.url));

/** The start of an Ed25519 key in PKCS#8 (RFC 8410); the 32 bytes of the key follow. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Returns a relay's proof key as Node's. @param {string} key */
const privateKey = (key) =>
  createPrivateKey({
    key: Buffer.concat([PKCS8, Buffer.from(key.slice('akp_'.length), 'base64url')]),
    format: 'der',
    type: 'pkcs8',
  });

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (proof) =>
  proof
    .split('.')
    .slice(0, 2)
    .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()));

/** Makes a token. `signer` returns the signature of a text. */
function token(header, claims, signer) {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${signer(text).toString('base64url')}`;
}

for (const [name, start] of Object.entries(BACKENDS)) {
  describe(name, () => {
    const stop = [];
    /** @type {Record<string, any>} */
    const it = {};

    before(async () => {
      const port = await freePort();
      it.origin = `http://127.0.0.1:${port}`;
      it.keys = newKeys();
      it.other = newKeys();
      it.sandbox = await startSandbox({ args: ['--origin', it.origin] });
      stop.push(() => it.sandbox.stop());
      it.relay = await startRelay({
        sandbox: it.sandbox,
        page: it.origin,
        webhookUrl: `http://127.0.0.1:${await freePort()}/nobody`,
        keys: it.keys,
        args: [`--api-key=${it.other.apiSetting.replace('bank=', 'other=')}`, '--webhook-url-shared'],
      });
      stop.push(() => it.relay.stop());
      const [command, args, cwd] = start();
      it.start = async (nationalId) => {
        await it.backend?.stop();
        const env = {
          PORT: String(port),
          RELAY_URL: it.relay.url,
          AKIBA_API_KEY: it.keys.apiKey,
          AKIBA_WEBHOOK_SECRET: it.keys.webhook,
          UPLOADS: it.sandbox.s3,
          NATIONAL_ID: nationalId,
        };
        it.backend = await startProgram(command, args, { cwd, env, url: `${it.origin}/page/page.css` });
      };
      await it.start('0000000000001');
      stop.push(() => it.backend.stop());
    });

    after(async () => {
      for (const end of stop.reverse()) await end();
    });

    /** Calls the relay as a page does, from a link to the verdict. Returns its answer. */
    async function judged(session) {
      const call = async (path) => {
        const headers = { ...json, Authorization: `Bearer ${session}` };
        const answer = await fetch(it.relay.url + path, { method: 'POST', headers, body: '{}' });
        assert.equal(answer.status, 200);
        return answer.json();
      };
      const link = await call('/v1/customer');
      assert.equal((await fetch(link.signed_link, { method: 'PUT', body: photo })).status, 200);
      const verdict = await call('/v1/customer/verify');
      return { ...verdict, again: () => call('/v1/customer/verify') };
    }

    /** A customer of the bank in a browser of their own. */
    async function customer() {
      const cookie = (await fetch(it.origin)).headers.get('set-cookie').split(';')[0];
      const post = (path, body = {}) =>
        fetch(it.origin + path, { method: 'POST', headers: { ...json, cookie }, body: JSON.stringify(body) });
      return {
        judged: async () => judged((await (await post('/selfie-session')).json()).token),
        /** Returns the status of the bank's answer. */
        send: async (proof, more = {}) => (await post('/selfie-proof', { ...more, proof })).status,
        verdict: async () => (await fetch(`${it.origin}/verdict`, { headers: { cookie } })).json(),
      };
    }

    test('the bank knows a verdict by its proof, which counts once', async () => {
      const mine = await customer();
      const { proof, again } = await mine.judged();
      assert.deepEqual(await mine.verdict(), OPEN);
      assert.equal(await mine.send(proof), 204);
      const known = await mine.verdict();
      assert.deepEqual([known.state, known.outcome, known.final], ['verified', 'verified', true]);
      assert.equal(await mine.send(proof), 409, 'a replay');
      assert.equal(await mine.send((await again()).proof), 409, 'another proof of the same verdict');
      assert.deepEqual(await mine.verdict(), known);
    });

    test('the bank refuses a proof of another session and of another back end', async () => {
      const [mine, yours] = [await customer(), await customer()];
      await mine.judged();
      const { proof } = await yours.judged();
      assert.equal(await mine.send(proof), 400);
      const created = await fetch(`${it.relay.url}/v1/sessions`, {
        method: 'POST',
        headers: { ...json, Authorization: `Bearer ${it.other.apiKey}` },
        body: JSON.stringify({ identifier: '0000000000001', type: '1' }),
      });
      const theirs = await judged((await created.json()).session_token);
      assert.equal(read(theirs.proof)[1].aud, 'other');
      assert.equal(await mine.send(theirs.proof), 400);
      assert.deepEqual(await mine.verdict(), OPEN);
      assert.equal(await yours.send(proof), 204, 'the refusal did not use it up');
      const stranger = await customer();
      assert.equal(await stranger.send(proof), 400, 'a customer without a session');
    });

    test('the bank refuses a forged proof', async () => {
      const mine = await customer();
      const { proof } = await mine.judged();
      const [header, claims] = read(proof);
      const own = privateKey(it.keys.proof);
      const signed = (key) => (text) => sign(null, Buffer.from(text), key);
      const { privateKey: foreign, publicKey } = generateKeyPairSync('ed25519');
      const { x } = createPublicKey(own).export({ format: 'jwk' });
      const pem = createPublicKey(own).export({ format: 'pem', type: 'spki' });
      const hmac = (secret) => (text) => createHmac('sha256', secret).update(text).digest();
      const hs256 = (secret) => token({ ...header, alg: 'HS256' }, claims, hmac(secret));
      const now = Math.floor(Date.now() / 1000);
      const without = (claim) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== claim));
      /** @type {Record<string, unknown>} */
      const forged = {
        'another key under this id': token(header, claims, signed(foreign)),
        'another key under its own id': token({ ...header, kid: 'x' }, claims, signed(foreign)),
        'a key in the header': token({ ...header, jwk: publicKey.export({ format: 'jwk' }) }, claims, signed(foreign)),
        'a changed claim': [proof.split('.')[0], part({ ...claims, final: false }), proof.split('.')[2]].join('.'),
        'alg none': token({ ...header, alg: 'none' }, claims, () => Buffer.alloc(0)),
        'alg None with a signature': token({ ...header, alg: 'None' }, claims, signed(own)),
        'HS256 with the public key': hs256(Buffer.from(x, 'base64url')),
        'HS256 with the text of the public key': hs256(x),
        'HS256 with the public key as PEM': hs256(pem),
        'another audience': token(header, { ...claims, aud: 'other' }, signed(own)),
        'several audiences': token(header, { ...claims, aud: ['other'] }, signed(own)),
        'another issuer': token(header, { ...claims, iss: 'akiba-relay-test' }, signed(own)),
        'another session': token(header, { ...claims, sub: 'ses_1' }, signed(own)),
        expired: token(header, { ...claims, iat: now - 400, exp: now - 100 }, signed(own)),
        'another type': token({ ...header, typ: 'JWT' }, claims, signed(own)),
        'no type': token({ alg: header.alg, kid: header.kid }, claims, signed(own)),
        'no id': token(header, without('jti'), signed(own)),
        'no end': token(header, without('exp'), signed(own)),
        'no subject': token(header, without('sub'), signed(own)),
        'no token': 'x',
        nothing: undefined,
        'an object': { proof },
      };
      for (const [what, wrong] of Object.entries(forged)) {
        assert.equal(await mine.send(wrong), 400, what);
        assert.deepEqual(await mine.verdict(), OPEN, what);
      }
      // The same way of signing with nothing wrong, so that each refusal above has one cause.
      assert.equal(await mine.send(token(header, claims, signed(own))), 204);
    });

    test('a proof of a rejection is not a success, whatever the page says', async () => {
      await it.start('0000000000002');
      const mine = await customer();
      const { proof } = await mine.judged();
      assert.equal(await mine.send(proof, { outcome: 'verified', final: true }), 204);
      const known = await mine.verdict();
      assert.deepEqual([known.state, known.outcome, known.final], ['rejected', 'rejected', false]);
    });

    test('without the keys of the relay it answers 503', async () => {
      await it.start('0000000000001');
      const mine = await customer();
      const { proof } = await mine.judged();
      await it.relay.stop();
      assert.equal(await mine.send(proof), 503);
      assert.deepEqual(await mine.verdict(), OPEN);
    });
  });
}
