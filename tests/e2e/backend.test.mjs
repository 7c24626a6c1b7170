// The back ends of examples/backend, run like a bank's: a person goes from their page to the verdict, and the back ends
// accept a verdict from the relay only.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { film } from '../fixtures/face/film.mjs';
import { BACKENDS } from './support/backends.mjs';
import { launch } from './support/browser.mjs';
import { startSandbox } from './support/demo.mjs';
import { freePort, newKeys, startProgram, startRelay } from './support/relay.mjs';
import { Selfie } from './support/selfie.mjs';
import { watch } from './support/watch.mjs';

for (const [name, start] of Object.entries(BACKENDS)) {
  describe(name, () => {
    const stop = [];
    /** @type {Record<string, any>} */
    const it = {};

    before(async () => {
      const people = await film();
      const port = await freePort();
      it.origin = `http://127.0.0.1:${port}`;
      it.keys = newKeys();
      it.sandbox = await startSandbox({ args: ['--origin', it.origin] });
      stop.push(() => it.sandbox.stop());
      it.relay = await startRelay({
        sandbox: it.sandbox,
        page: it.origin,
        webhookUrl: `${it.origin}/hooks/akiba`,
        keys: it.keys,
      });
      stop.push(() => it.relay.stop());
      const [command, args, cwd] = start();
      it.env = {
        PORT: String(port),
        RELAY_URL: it.relay.url,
        AKIBA_API_KEY: it.keys.apiKey,
        AKIBA_WEBHOOK_SECRET: it.keys.webhook,
        UPLOADS: it.sandbox.s3,
      };
      it.start = () => startProgram(command, args, { cwd, env: it.env, url: `${it.origin}/page/page.css` });
      it.program = { command, args, cwd };
      it.backend = await it.start();
      stop.push(() => it.backend.stop());
      it.browser = await launch({ film: people.file });
      stop.push(() => it.browser.close());
    });

    after(async () => {
      for (const end of stop.reverse()) await end();
    });

    /** Opens the bank's page as a new customer. @param {RegExp[]} [expected] */
    async function open(expected) {
      const context = await it.browser.newContext();
      const page = await context.newPage();
      const watched = await watch(page, expected);
      const selfie = await Selfie.open(page, it.origin);
      await page.evaluate(() => {
        document.querySelector('akiba-selfie').captureMode = 'manual';
      });
      const close = async () => {
        await watched.settle();
        await context.close();
        watched.clean();
      };
      return { selfie, page, close };
    }

    const verdict = (page) => page.evaluate(async () => (await fetch('/verdict')).json());

    /** Sends a webhook that is signed with a secret. */
    function send(secret, { id = 'msg_test', at = Date.now(), event, tamper = (body) => body }) {
      const body = JSON.stringify(event);
      const timestamp = String(Math.floor(at / 1000));
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      const headers = {
        'Content-Type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      };
      return fetch(`${it.origin}/hooks/akiba`, { method: 'POST', headers, body: tamper(body) });
    }

    test('the page leads to a verdict that the bank knows', async () => {
      const { selfie, page, close } = await open([/status of 409/]);
      const asked = [];
      page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`));
      assert.deepEqual(await verdict(page), { state: 'open', outcome: null });
      await selfie.takeAndSend();
      await selfie.event('selfie-verified');
      await page.getByText('The bank knows: verified.').waitFor();
      const known = await verdict(page);
      assert.deepEqual([known.state, known.outcome], ['verified', 'verified']);
      assert.match(asked.join('\n'), /\/selfie-proof \{"proof":"[\w-]+\.[\w-]+\.[\w-]+"\}/);
      const seen = asked.join('\n') + (await page.content());
      for (const secret of [it.keys.apiKey, it.keys.webhook, '0000000000001'])
        assert.equal(seen.includes(secret), false);

      // One verdict for one case: someone at the bank has to allow another attempt.
      const again = await page.evaluate(async () => (await fetch('/selfie-session', { method: 'POST' })).status);
      assert.equal(again, 409);
      await close();
    });

    test('the bank ignores a webhook with another signature, an old one and a repeated one', async () => {
      const { page, close } = await open();
      const token = await page.evaluate(
        async () => (await (await fetch('/selfie-session', { method: 'POST' })).json()).token,
      );
      assert.match(token, /^v4\.local\./);
      // Only the back end has the session's id. The relay's link has it, too.
      const link = await fetch(`${it.relay.url}/v1/customer`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: '{}',
      });
      const { identifier: session_id } = await link.json();
      const event = {
        type: 'session.verified',
        timestamp: new Date().toISOString(),
        data: { session_id, state: 'verified', outcome: 'verified' },
      };
      const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
      const wrong = [
        send(other, { event }),
        send(it.keys.webhook, { event, at: Date.now() - 6 * 60_000 }),
        send(it.keys.webhook, { event, at: Date.now() + 6 * 60_000 }),
        send(it.keys.webhook, { event, tamper: (body) => body.replace('verified', 'rejected') }),
        send(it.keys.webhook, { event, tamper: () => 'x'.repeat(100_000) }),
        fetch(`${it.origin}/hooks/akiba`, { method: 'POST', body: JSON.stringify(event) }),
      ];
      for (const answer of wrong) assert.match(String((await answer).status), /^4\d\d$/);
      assert.deepEqual(await verdict(page), { state: 'open', outcome: null });

      // A valid webhook only makes the bank ask the relay, which has no verdict.
      assert.equal((await send(it.keys.webhook, { event, id: 'msg_1' })).status, 204);
      const first = await verdict(page);
      assert.deepEqual([first.state, first.outcome], ['link_issued', null]);
      assert.equal((await send(it.keys.webhook, { event, id: 'msg_1' })).status, 204);
      assert.deepEqual(await verdict(page), first, 'the repeat changed the verdict');
      await close();
    });

    test('after a rejected selfie the bank knows it, and the customer can try again', async () => {
      await it.backend.stop();
      it.env.NATIONAL_ID = '0000000000002';
      it.backend = await it.start();
      const { selfie, page, close } = await open();
      await selfie.takeAndSend();
      await selfie.event('selfie-rejected');
      await page.getByText('The bank knows: rejected.').waitFor();
      const known = await verdict(page);
      assert.deepEqual([known.outcome, known.final], ['rejected', false]);
      const ask = () =>
        page.evaluate(async () => (await (await fetch('/selfie-session', { method: 'POST' })).json()).token);
      // One session counts the tries, no matter how often the page asks at once.
      const tokens = new Set(await Promise.all([ask(), ask(), ask()]));
      assert.equal(tokens.size, 1);
      await close();
    });

    test('a customer keeps one session until its verdict is final', async () => {
      await it.backend.stop();
      // The vendor finds fraud.
      it.env.NATIONAL_ID = '0000000000003';
      it.backend = await it.start();
      const { page, selfie, close } = await open([/status of 409/]);
      const ask = () =>
        page.evaluate(async () => {
          const answer = await fetch('/selfie-session', { method: 'POST' });
          return answer.ok ? (await answer.json()).token : answer.status;
        });
      const tokens = new Set(await Promise.all([ask(), ask(), ask()]));
      assert.equal(tokens.size, 1);
      await selfie.takeAndSend();
      await selfie.event('selfie-rejected');
      await page.getByText('The bank knows: rejected.').waitFor();
      assert.equal((await verdict(page)).final, true);
      assert.equal(await ask(), 409);
      await close();
    });

    test('the page has security headers and a strict cookie', async () => {
      const answer = await fetch(it.origin);
      const policy = answer.headers.get('content-security-policy');
      assert.match(policy, /default-src 'self'/);
      assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|\*/);
      for (const word of [/HttpOnly/i, /Secure/i, /SameSite=strict/i])
        assert.match(answer.headers.get('set-cookie'), word);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    });

    test('without its settings it fails to start and names the missing ones', async () => {
      const { command, args, cwd } = it.program;
      const bare = startProgram(command, args, {
        cwd,
        env: { PORT: '0', AKIBA_API_KEY: 'x', AKIBA_WEBHOOK_SECRET: it.keys.webhook },
      });
      await assert.rejects(bare, /set .*RELAY_URL/);
    });

    test('without the relay it answers 503 to the page and to a webhook', async () => {
      const { page, close } = await open([/status of 503/]);
      await it.relay.stop();
      const status = await page.evaluate(async () => (await fetch('/selfie-session', { method: 'POST' })).status);
      assert.equal(status, 503);
      const event = { type: 'session.verified', data: { session_id: 'ses_1' } };
      assert.equal((await send(it.keys.webhook, { event, id: 'msg_2' })).status, 503);
      await close();
      assert.doesNotMatch(it.backend.output(), /0000000000001|akr_|whsec_|v4\.local/);
    });
  });
}
