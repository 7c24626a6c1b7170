// What listeners and recorders of the page get: a tag manager that copies every event, and a session replay.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { CONSENT_HASH } from '../../scripts/catalogues.mjs';
import { EVENTS } from '../../www/registry.js';
import { speak } from './support/languages.mjs';
import { suite } from './support/suite.mjs';

const it = suite();
const sessions = suite({ sessions: 'required' });
const IDENTIFIER = '0000000000001';

const folder = createRequire(import.meta.url)
  .resolve('rrweb')
  .replace(/rrweb\/(?!.*rrweb\/).*$/, 'rrweb/');
const RRWEB = readFileSync(`${folder}dist/rrweb.umd.cjs`, 'utf8');

test('a listener that copies every event gets no photo, no identity and no proof', async () => {
  const selfie = await it.open({
    prepare: (page) =>
      page.addInitScript((events) => {
        globalThis.copied = [];
        const walk = (value) => {
          if (value instanceof Blob) copied.push('a photo');
          else if (typeof value === 'object' && value) Object.entries(value).flat().forEach(walk);
          else copied.push(String(value));
        };
        for (const type of events) {
          document.addEventListener(type, (event) => walk(/** @type {CustomEvent} */ (event).detail));
        }
      }, EVENTS),
  });
  await selfie.takeAndSend();
  const { detail, verdict } = await selfie.event('selfie-verified');
  assert.deepEqual(detail, { outcome: 'verified', reason: null });
  assert.equal(verdict.outcome, 'verified');
  const fullname = verdict.identity.fullname;
  assert.ok(fullname.length > 3);
  const copied = await selfie.page.evaluate(() => globalThis.copied);
  assert.ok(copied.includes('framing'), 'it listens');
  for (const secret of ['a photo', IDENTIFIER, fullname, 'identity', 'response', 'proof']) {
    assert.ok(!copied.some((text) => text.includes(secret)), secret);
  }
});

test('photo and verdict are on the element while there is one', async () => {
  const selfie = await it.open();
  const kept = () =>
    selfie.element.evaluate((/** @type {any} */ { photo, verdict }) => [photo?.type ?? null, verdict?.outcome ?? null]);
  await selfie.frame();
  assert.deepEqual(await kept(), [null, null]);
  await selfie.shoot();
  assert.deepEqual(await kept(), ['image/jpeg', null]);
  await selfie.send();
  await selfie.event('selfie-verified');
  assert.deepEqual(await kept(), [null, 'verified']);
  await selfie.element.evaluate((/** @type {any} */ element) => element.reset());
  await selfie.state('idle');
  assert.deepEqual(await kept(), [null, null]);
});

test('the page hears of the consent with its version, language and time', async () => {
  const selfie = await it.open();
  await selfie.frame();
  const [{ detail }, ...more] = await selfie.events('selfie-consented');
  assert.deepEqual(more, []);
  assert.match(detail.version, /^akiba-selfie\/\d+$/);
  assert.equal(detail.lang, 'en');
  assert.equal(detail.translation, null);
  assert.equal(detail.hash, CONSENT_HASH);
  assert.ok(Math.abs(Date.parse(detail.at) - Date.now()) < 60_000, detail.at);
});

test('an unreviewed translation stands beside the English consent, and the page hears of both', async () => {
  const selfie = await it.open();
  await speak(selfie, 'zu');
  const { element } = selfie;
  await selfie.button('Qala').click();
  await selfie.state('consent');
  const section = element.locator('section');
  assert.equal(await section.getAttribute('lang'), 'en');
  assert.equal(await section.locator('h2').innerText(), 'Your photo, your choice');
  const zulu = section.locator('div[lang=zu]');
  assert.match(await zulu.innerText(), /wesiNgisi yiwo osebenzayo[\s\S]*Esikuthathayo/);
  const agree = 'I agree, open the camera Ngiyavuma, vula ikhamera';
  await selfie.button(agree).click();
  const { detail } = await selfie.event('selfie-consented');
  assert.deepEqual([detail.lang, detail.translation, detail.hash], ['en', 'zu', CONSENT_HASH]);
});

test('reviewed words of the page replace the consent, and have another hash', async () => {
  const selfie = await it.open();
  await selfie.element.evaluate((/** @type {any} */ element) => {
    element.text = { Agree: 'Yes, take my photo' };
  });
  await selfie.button('Start').click();
  await selfie.button('Yes, take my photo').click();
  const { detail } = await selfie.event('selfie-consented');
  assert.deepEqual([detail.lang, detail.translation], ['en', null]);
  assert.notEqual(detail.hash, CONSENT_HASH);
});

test('the page says who asks, and its version and hash of the consent reach the session', async () => {
  const selfie = await sessions.open();
  await selfie.element.evaluate((/** @type {any} */ element) => {
    element.host = {
      name: 'Example Bank',
      purpose: 'To open your account.',
      retention: '30 days',
      privacy: '/privacy',
    };
    element.consentVersion = '2026-11';
  });
  const sent = selfie.page.waitForRequest('**/v1/customer');
  await selfie.button('Start').click();
  await selfie.element.getByText('Example Bank').waitFor();
  const said = await selfie.element.locator('section').innerText();
  for (const words of ['Who asks', 'To open your account.', '30 days']) assert.ok(said.includes(words), words);
  // «To open your account.» keeps its full stop at its end in a page that is read from right to left.
  const purpose = selfie.element.getByText('To open your account.');
  assert.equal(await purpose.evaluate((one) => getComputedStyle(one).unicodeBidi), 'plaintext');
  const notice = selfie.element.getByRole('link', { name: 'Privacy notice' });
  assert.equal(await notice.evaluate((/** @type {any} */ { href }) => new URL(href).pathname), '/privacy');
  await selfie.button('I agree, open the camera').click();
  const { detail } = await selfie.event('selfie-consented');
  assert.equal(detail.version, '2026-11');
  assert.match(detail.hash, /^[0-9a-f]{64}$/);
  assert.notEqual(detail.hash, CONSENT_HASH);
  const { consent_version, consent_hash, consent_lang } = (await sent).postDataJSON();
  assert.deepEqual([consent_version, consent_hash, consent_lang], ['2026-11', detail.hash, 'en']);
});

test('without files there is no button for one', async () => {
  const selfie = await it.open();
  await selfie.element.evaluate((element) => element.toggleAttribute('no-file', true));
  await selfie.frame();
  assert.equal(await selfie.element.locator('input').count(), 0);
});

/** Everything that a recorder can be asked for. */
const GREEDY = { recordCanvas: true, inlineImages: true, collectFonts: true, sampling: { canvas: 5 } };

for (const when of ['before', 'after']) {
  test(`a session replay that starts ${when} the element gets no photo and no identifier`, async () => {
    const page = `${it.demo.page}/recorded`;
    // The number is set by a script of the page, as a page does that has a session replay.
    const body = `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">
      <p>Words beside the element</p><main></main></html>`;
    const selfie = await it.open({
      url: page,
      prepare: (open) => open.route(page, (route) => route.fulfill({ contentType: 'text/html', body })),
    });
    const record = () =>
      selfie.page.evaluate(
        ([script, settings]) => {
          new Function('module', 'exports', /** @type {string} */ (script)).call(globalThis);
          globalThis.recorded = [];
          globalThis.rrweb.record({
            emit: (event) => globalThis.recorded.push(JSON.stringify(event)),
            .../** @type {any} */ (settings),
          });
        },
        [RRWEB, GREEDY],
      );
    const add = () =>
      selfie.page.evaluate(async (identifier) => {
        await import('/akiba-selfie/define.js');
        const element = document.createElement('akiba-selfie');
        Object.assign(element, { relay: '/', captureMode: 'manual' });
        document.querySelector('main').append(element);
        Object.assign(element, { identifier, className: 'of-the-page' });
      }, IDENTIFIER);
    if (when === 'before') await record();
    await add();
    await selfie.button('Start').waitFor();
    if (when === 'after') await record();
    await selfie.frame();
    await selfie.shoot();
    // The recorder works in batches.
    await selfie.page.waitForTimeout(1_000);
    const text = (await selfie.page.evaluate(() => globalThis.recorded)).join('\n');
    for (const seen of ['Words beside the element', 'of-the-page rr-block']) assert.ok(text.includes(seen), seen);
    for (const secret of [IDENTIFIER, 'data:image', 'blob:', 'Happy with this photo?']) {
      assert.ok(!text.includes(secret), secret);
    }
  });
}
