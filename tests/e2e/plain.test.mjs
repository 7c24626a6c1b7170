// The element where WebAssembly does not run: the way to a verdict by a file or the camera app, with the events of the
// widget.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { CONSENT_HASH } from '../../scripts/catalogues.mjs';
import { violations } from './support/axe.mjs';
import { speak } from './support/languages.mjs';
import { PLAIN, segments } from './support/picture.mjs';
import { Selfie } from './support/selfie.mjs';
import { suite } from './support/suite.mjs';

const it = suite();
const sessions = suite({ sessions: 'required' });

const FACE = new URL('../fixtures/face/obama.jpg', import.meta.url);
const TURNED = new URL('../fixtures/orientation-6.jpg', import.meta.url);
const REJECTED = '0000000000002';

/** The demo page loads the WebAssembly ahead. */
const EXPECTED = [/Failed to load resource/, /was preloaded/];

/** Deletes WebAssembly, as Lockdown Mode does. */
const locked = (page) => page.addInitScript(() => Reflect.deleteProperty(globalThis, 'WebAssembly'));

/** Chooses a file and waits for the review. */
async function choose(selfie, file = FACE) {
  const input = selfie.element.locator('input[type=file]').first();
  await input.setInputFiles({ name: 'face.jpg', mimeType: 'image/jpeg', buffer: await readFile(file) });
  await selfie.state('review');
}

/** Everything that a person does. */
async function chooseAndSend(selfie, file) {
  await selfie.agree();
  await selfie.state('framing');
  await choose(selfie, file);
  await selfie.send();
}

/** Returns the events that both ways must have in common, each with the names and types of its details. */
async function shape(selfie) {
  const events = await selfie.events();
  const begin = events.findIndex(({ detail }) => detail?.state === 'grabbing');
  const consented = events.filter(({ type }) => type === 'selfie-consented');
  const seen = [...consented, ...events.slice(begin)].map(
    ({ type, detail, bubbles, composed, cancelable, photo, verdict }) => {
      const { state, phase, source, outcome, reason } = detail ?? {};
      return JSON.stringify({
        ...{ type, keys: Object.keys(detail ?? {}), bubbles, composed, cancelable, photo: photo?.type },
        ...{ state, phase, source, outcome, reason, verdict: verdict && Object.keys(verdict) },
      });
    },
  );
  // How often progress is reported depends on the network, and the widget may have its link before the photo.
  return seen.filter((event, index) => !/linking|selfie-step/.test(event) && event !== seen[index - 1]);
}

test('without WebAssembly: a file leads to a verdict, with the events of the widget', async () => {
  const widget = await it.open();
  await chooseAndSend(widget);
  await widget.event('selfie-verified');

  const selfie = await it.open({ prepare: locked, expected: EXPECTED });
  const loaded = [];
  selfie.page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await chooseAndSend(selfie);
  const { detail, verdict } = await selfie.event('selfie-verified');
  assert.deepEqual(detail, { outcome: 'verified', reason: null });
  assert.equal(verdict.outcome, 'verified');
  assert.equal(verdict.identity.id_number, '0000000000001');
  assert.ok(verdict.scores.match > 0.5);
  assert.deepEqual(await shape(selfie), await shape(widget));
  const [ours, theirs] = await Promise.all(
    [selfie, widget].map(async (one) => (await one.events('selfie-consented'))[0].detail),
  );
  assert.deepEqual({ ...ours, at: '' }, { ...theirs, at: '' });
  await selfie.element.getByRole('heading', { name: 'It’s you. Thank you!' }).waitFor();
  assert.ok((await it.demo.lastObject()).equals(await selfie.capturedBytes()), 'another photo arrived');
  assert.equal(
    loaded.some((path) => path.endsWith('.wasm')),
    false,
  );
});

test('without WebAssembly it speaks the language of the page, beside the English consent', async () => {
  const selfie = await sessions.open({ prepare: locked, expected: EXPECTED });
  await speak(selfie, 'ar');
  await selfie.button('ابدأ').click();
  await selfie.state('consent');
  const beside = selfie.element.locator('.beside');
  assert.deepEqual([await beside.getAttribute('lang'), await beside.getAttribute('dir')], ['ar', 'rtl']);
  await selfie.element.getByRole('heading', { name: 'Your photo, your choice' }).waitFor();
  const sent = selfie.page.waitForRequest('**/v1/customer');
  await selfie.button('I agree أوافق').click();
  const { detail } = await selfie.event('selfie-consented');
  assert.deepEqual([detail.lang, detail.translation, detail.hash], ['en', 'ar', CONSENT_HASH]);
  await choose(selfie);
  await selfie.button('استخدام هذه الصورة').click();
  const { consent_hash, consent_lang } = (await sent).postDataJSON();
  assert.deepEqual([consent_hash, consent_lang], [CONSENT_HASH, 'en']);
  await selfie.event('selfie-verified');
  assert.equal(await selfie.element.locator('.plain').getAttribute('dir'), 'rtl');
});

test('a press on what the page put into the button for another way is a press on the button', async () => {
  const selfie = await it.open({ prepare: locked, expected: EXPECTED });
  await selfie.element.evaluate((element) => {
    element.setAttribute('alternative', '');
    element.innerHTML = '<a slot="alternative" href="#branch">Verify at a branch</a>';
  });
  await selfie.looked();
  // The link has the middle of the button.
  await selfie.element.locator('button', { has: selfie.page.locator('slot[name=alternative]') }).click();
  assert.deepEqual((await selfie.event('selfie-alternative')).detail, { state: 'idle' });
  assert.equal(new URL(selfie.page.url()).hash, '');
});

test('a file is turned by its EXIF orientation and loses its metadata', async () => {
  const selfie = await it.open({ prepare: locked, expected: EXPECTED });
  await chooseAndSend(selfie, TURNED);
  await selfie.event('selfie-verified');
  const object = await it.demo.lastObject();
  const found = segments(object).filter((name) => !PLAIN.has(name));
  assert.deepEqual(found, []);
  const [{ detail }] = await selfie.events('selfie-captured');
  const widget = await it.open();
  await chooseAndSend(widget, TURNED);
  const [{ detail: wanted }] = await widget.events('selfie-captured');
  assert.deepEqual([detail.source, detail.width, detail.height], ['file', wanted.width, wanted.height]);
});

test('a browser that changes what it draws sends nothing', async () => {
  const selfie = await it.open({
    prepare: async (page) => {
      await locked(page);
      await page.addInitScript(() => {
        const { getImageData } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.getImageData = function read(...area) {
          const image = getImageData.apply(this, area);
          image.data.fill(255);
          return image;
        };
      });
    },
    expected: EXPECTED,
  });
  await selfie.agree();
  const buffer = await readFile(FACE);
  await selfie.element.locator('input[type=file]').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer });
  const { detail } = await selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['photo-altered', true]);
  assert.deepEqual(await selfie.events('selfie-captured'), []);
});

test('a rejection says why, and another photo can follow', async () => {
  const selfie = await it.open({ prepare: locked, expected: EXPECTED });
  await selfie.identity(REJECTED);
  await chooseAndSend(selfie);
  const { detail } = await selfie.event('selfie-rejected');
  assert.deepEqual(detail, { outcome: 'rejected', reason: 'not-matched' });
  await selfie.element.getByRole('heading', { name: 'We couldn’t confirm it’s you' }).waitFor();
  await selfie.button('Try again').click();
  await selfie.state('framing');
});

for (const [what, reply] of Object.entries({
  'a success without the fraud word': { status: 'success', data: { identity: {} } },
  'a success with an unknown fraud word': { status: 'success', data: { identity: { fraud_detected: 'Lowish' } } },
  'a relay’s verdict without a session': { outcome: 'verified', status: 'pending' },
  'a status in another case': { status: 'Success', data: { identity: { fraud_detected: 'Low' } } },
})) {
  test(`${what} is not verified`, async () => {
    const selfie = await it.open({ prepare: locked, expected: EXPECTED });
    await selfie.page.route('**/v1/customer/verify', (route) => route.fulfill({ json: reply }));
    await chooseAndSend(selfie);
    const { type } = await selfie.event('selfie-rejected', 'selfie-verified');
    assert.equal(type, 'selfie-rejected');
  });
}

test('a relay that fails is tried again, and the photo is kept for the person to send again', async () => {
  const selfie = await it.open({ prepare: locked, expected: EXPECTED });
  let broken = true;
  await selfie.page.route('**/v1/customer', (route) => (broken ? route.abort() : route.continue()));
  await chooseAndSend(selfie);
  await selfie.element.locator('[part=note]', { hasText: 'That didn’t work yet' }).waitFor();
  const { detail } = await selfie.event('selfie-error');
  assert.deepEqual(detail, {
    ...{ code: 'relay-unreachable', message: 'We can’t reach the site', retryable: true, cause: null },
  });
  await selfie.element.getByText('Your photo is kept.').waitFor();
  broken = false;
  await selfie.button('Send again').click();
  await selfie.event('selfie-verified');
  assert.equal((await selfie.events('selfie-captured')).length, 1);
});

test('without a network it waits for one', async () => {
  const selfie = await it.open({ prepare: locked, expected: EXPECTED });
  await selfie.agree();
  await choose(selfie);
  await selfie.page.context().setOffline(true);
  await selfie.send();
  await selfie.element.getByText('You are offline.').waitFor();
  await selfie.page.context().setOffline(false);
  await selfie.event('selfie-verified');
  assert.deepEqual(await selfie.events('selfie-error'), []);
});

test('a lost verdict without a session is not asked for again by itself', async () => {
  const selfie = await it.open({ prepare: locked, expected: EXPECTED });
  let calls = 0;
  await selfie.page.route('**/v1/customer/verify', (route) => {
    calls += 1;
    return route.abort();
  });
  await chooseAndSend(selfie);
  await selfie.event('selfie-error');
  assert.equal(calls, 1);
});

test('with a session: its token and an idempotency key go to the relay, and a lost answer is asked for again', async () => {
  const selfie = await sessions.open({ prepare: locked, expected: EXPECTED });
  const calls = [];
  await selfie.page.route('**/v1/customer**', async (route) => {
    const request = route.request();
    const { authorization, 'idempotency-key': key } = await request.allHeaders();
    calls.push({ authorization, key, body: request.postDataJSON() });
    await (calls.length === 2 ? route.abort() : route.continue());
  });
  await chooseAndSend(selfie);
  const { verdict } = await selfie.event('selfie-verified');
  assert.equal(verdict.identity, null, 'the record stays on the server');
  assert.equal(calls.length, 3);
  for (const { authorization } of calls) assert.match(authorization, /^Bearer v4\.local\./);
  const [, lost, again] = calls;
  assert.match(lost.key, /^[0-9a-f]{32}$/);
  assert.deepEqual(again, lost);
  assert.equal(lost.body.source, 'file');
});

test('a policy without wasm-unsafe-eval: the same, and «debug» names the cause', async () => {
  const context = await it.browser.newContext();
  const page = await context.newPage();
  // A page's own element may make the policy stricter. An answer that a test changes could not reach the storage.
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.head) return;
      observer.disconnect();
      const strict = document.createElement('meta');
      Object.assign(strict, { httpEquiv: 'Content-Security-Policy', content: "script-src 'self'" });
      document.head.prepend(strict);
    }).observe(document, { childList: true, subtree: true });
  });
  const lines = [];
  const errors = [];
  page.on('console', (message) => lines.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  const selfie = await Selfie.open(page, `${it.demo.page}/`);
  await page.locator('akiba-selfie').evaluate((element) => element.setAttribute('debug', ''));
  await chooseAndSend(selfie);
  await selfie.event('selfie-verified');
  assert.ok(
    lines.some((line) => line.startsWith('akiba-selfie: wasm-blocked: ') && line.includes("'wasm-unsafe-eval'")),
    lines.join('\n'),
  );
  assert.deepEqual(errors, [], 'nothing is thrown at the page');
  await context.close();
});

test('WebAssembly that is too old, or missing, has a code of its own', async () => {
  for (const [code, prepare] of /** @type {const} */ ([
    ['wasm-missing', locked],
    [
      'wasm-unsupported',
      (page) =>
        page.addInitScript(() => {
          WebAssembly.validate = () => false;
          WebAssembly.Module = /** @type {any} */ (
            class {
              constructor() {
                throw new WebAssembly.CompileError('externref');
              }
            }
          );
        }),
    ],
  ])) {
    const selfie = await it.open({ prepare, expected: EXPECTED });
    const support = await selfie.page.evaluate(() =>
      /** @type {any} */ (customElements.get('akiba-selfie')).supports(),
    );
    assert.deepEqual([support.wasm, support.guidance, support.code], [false, false, code]);
    await selfie.element.evaluate((element) => element.setAttribute('no-file', ''));
    const { detail } = await selfie.event('selfie-error');
    assert.deepEqual([detail.code, detail.retryable], [code, false]);
    assert.equal(await selfie.element.locator('input').count(), 0);
    await selfie.element.getByText(code).waitFor();
  }
});

test('a wrong setting is reported, and its correction leads back', async () => {
  const selfie = await it.open({ prepare: locked, expected: EXPECTED });
  await selfie.element.evaluate((element) => element.setAttribute('relay', 'http://relay.example'));
  const { detail } = await selfie.event('selfie-error');
  assert.equal(detail.code, 'config');
  assert.match(detail.cause, /`relay`/);
  assert.match(await selfie.element.locator('[part=developer]').innerText(), /`relay`/);
  await selfie.element.evaluate((element) => element.setAttribute('relay', '/'));
  await selfie.button('Start').waitFor();
});

test('methods lead to a verdict, and a listener may call the element', async () => {
  const selfie = await it.open({ prepare: locked, expected: EXPECTED });
  const call = (method) => selfie.element.evaluate((element, name) => element[name](), method);
  await call('start');
  await selfie.state('consent');
  await call('cancel');
  await selfie.event('selfie-cancelled');
  await selfie.state('idle');
  await selfie.agree();
  await choose(selfie);
  await call('retake');
  await selfie.state('framing');
  await call('capture');
  await choose(selfie);
  await selfie.page.evaluate(() => {
    document.addEventListener('selfie-verified', ({ target }) => /** @type {any} */ (target).reset(), true);
  });
  await call('submit');
  await selfie.event('selfie-verified');
  await selfie.state('idle');
  await selfie.element.evaluate((element) => element.remove());
});

test('without constructed style sheets, the style is a file of the package', async () => {
  const selfie = await it.open({
    prepare: async (page) => {
      await locked(page);
      await page.addInitScript(() => {
        Reflect.deleteProperty(ShadowRoot.prototype, 'adoptedStyleSheets');
        Reflect.deleteProperty(Document.prototype, 'adoptedStyleSheets');
      });
    },
    expected: EXPECTED,
  });
  await selfie.button('Start').waitFor();
  const colour = () => {
    const button = document.querySelector('akiba-selfie').shadowRoot.querySelector('.primary');
    return getComputedStyle(button).minHeight === '52px';
  };
  await selfie.page.waitForFunction(colour);
});

const WINDOWS = { 'a phone': { width: 360, height: 740 }, 'a computer': { width: 1280, height: 900 } };
for (const [what, viewport] of Object.entries(WINDOWS)) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`every screen is accessible on ${what}, ${colorScheme}`, async () => {
      const selfie = await it.open({
        prepare: locked,
        context: { viewport, colorScheme },
        expected: EXPECTED,
      });
      const look = async (name) => {
        assert.deepEqual(await violations(selfie.page), [], name);
        const wide = await selfie.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${name} scrolls sideways`);
        if (process.env.PLAIN_PICTURES) {
          await selfie.element.screenshot({
            path: `${process.env.PLAIN_PICTURES}/${name}-${viewport.width}-${colorScheme}.png`,
          });
        }
      };
      const focused = () => selfie.element.evaluate(({ shadowRoot }) => shadowRoot.activeElement?.textContent);
      await selfie.button('Start').waitFor();
      await look('idle');
      await selfie.button('Start').click();
      await selfie.state('consent');
      assert.equal(await focused(), 'Your photo, your choice');
      await look('consent');
      await selfie.button('I agree').click();
      await selfie.state('framing');
      await look('framing');
      await choose(selfie);
      assert.equal(await focused(), 'Happy with this photo?');
      await look('review');
      await selfie.page.context().setOffline(true);
      await selfie.send();
      await selfie.element.getByText('You are offline.').waitFor();
      await look('submitting');
      await selfie.page.context().setOffline(false);
      await selfie.event('selfie-verified');
      await selfie.state('done');
      await look('done');
      assert.equal(await selfie.element.getByRole('status').textContent(), 'It’s you. Thank you!');
    });
  }
}
