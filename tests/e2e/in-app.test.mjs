// The browser of another app, where the camera often does not open: the ways out come before everything else.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { violations } from './support/axe.mjs';
import { withoutCameras } from './support/desk.mjs';
import { codesIn } from './support/qr.mjs';
import { suite } from './support/suite.mjs';

const it = suite();

const FACEBOOK =
  'Mozilla/5.0 (Linux; Android 14; SM-A135F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/490.0.0.63.82;]';
const INSTAGRAM =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F79 Instagram 334.0.4.32.98';
const OWN_APP = FACEBOOK.replace(/ \[.*/, '');

const PHONE = { isMobile: true, hasTouch: true, viewport: { width: 360, height: 740 } };

const BROWSER = OWN_APP.replace('; wv', '').replace('Version/4.0 ', '');
const COMPUTER = BROWSER.replace(/\(Linux; [^)]*\)/, '(X11; Linux x86_64)').replace('Mobile ', '');

/** Where to keep pictures of the screens, if they are wanted. */
const { HANDOFF_PICTURES } = process.env;

/** Opens the page in an app. The demo page preloads what the screen delays. @param {string} userAgent @param {Parameters<typeof it.open>[0]} [more] */
const open = (userAgent, { context = {}, ...more } = {}) =>
  it.open({ context: { userAgent, ...PHONE, ...context }, expected: [/was preloaded/], ...more });

/** Makes the page one in another language. @param {import('playwright-core').Page} page @param {string} lang */
const speaks = (page, lang) =>
  page.addInitScript((tag) => {
    new MutationObserver(() => {
      document.documentElement.lang = tag;
      document.querySelector('akiba-selfie')?.setAttribute('allow-unreviewed', '');
    }).observe(document, { childList: true, subtree: true });
  }, lang);

test('in a known app the ways out come first, and nothing else is loaded', async () => {
  const loaded = [];
  const selfie = await open(FACEBOOK, {
    context: { permissions: ['camera', 'clipboard-read', 'clipboard-write'] },
    prepare: (page) => page.on('request', (request) => loaded.push(new URL(request.url()).pathname)),
  });
  await selfie.element.getByRole('heading', { name: 'Open this page in your browser' }).waitFor();
  const { detail, bubbles, composed, cancelable } = await selfie.event('selfie-unsupported');
  assert.deepEqual({ bubbles, composed, cancelable }, { bubbles: true, composed: true, cancelable: false });
  assert.deepEqual(detail, { reason: 'in-app-browser', app: 'facebook' });
  const { host } = new URL(it.demo.page);
  const out = selfie.element.getByRole('link', { name: 'Open in browser' });
  assert.match(await out.getAttribute('href'), new RegExp(`^intent://${host}/.*#Intent;scheme=http;`));
  assert.deepEqual(await violations(selfie.page), []);
  assert.ok(!loaded.some((path) => /handoff(-words)?\.js/.test(path)), 'a phone needs no code');
  await selfie.button('Copy link').click();
  await selfie.element.getByText('Copied. Paste it').first().waitFor();
  assert.equal(await selfie.page.evaluate(() => navigator.clipboard.readText()), selfie.page.url());
  // The person stays, and nobody asks again.
  await selfie.button('Try here anyway').click();
  await selfie.button('Start').waitFor();
  await selfie.page.evaluate(() => {
    const before = document.querySelector('akiba-selfie');
    before.replaceWith(before.cloneNode());
  });
  await selfie.button('Start').waitFor();
  assert.equal((await selfie.events('selfie-unsupported')).length, 1);
});

test('on an iPhone a link of Safari’s leads out where the page is https, and words help everywhere', async () => {
  const selfie = await open(INSTAGRAM);
  await selfie.element.getByText('look for «Open in browser» in the app’s menu').waitFor();
  assert.equal((await selfie.event('selfie-unsupported')).detail.app, 'instagram');
  assert.equal(
    await selfie.element.getByRole('link', { name: 'Open in browser' }).count(),
    0,
    'this page is not https',
  );
});

test('a method that the page calls waits for the person', async () => {
  const selfie = await open(FACEBOOK);
  await selfie.element.evaluate((/** @type {any} */ element) => element.start());
  await selfie.button('Try here anyway').click();
  await selfie.state('consent');
});

test('a page that allows it, an app of the page’s own and a browser of its own are not disturbed', async () => {
  const allows = (page) =>
    page.addInitScript(() => {
      new MutationObserver(() => document.querySelector('akiba-selfie')?.setAttribute('in-app', 'allow')).observe(
        document,
        {
          childList: true,
          subtree: true,
        },
      );
    });
  for (const selfie of [await open(FACEBOOK, { prepare: allows }), await open(OWN_APP), await it.open()]) {
    await selfie.button('Start').waitFor();
    assert.equal((await selfie.events('selfie-unsupported')).length, 0);
  }
});

test('a WebView or a phone’s browser without an API for cameras says so, and takes a file', async () => {
  for (const agent of [OWN_APP, BROWSER]) {
    const selfie = await open(agent, { prepare: withoutCameras });
    await selfie.element.getByRole('heading', { name: 'This browser can’t use the camera' }).waitFor();
    await selfie.element.getByText('Update your browser, or open the page in another one.').waitFor();
    assert.deepEqual((await selfie.event('selfie-unsupported')).detail, { reason: 'no-camera-api', app: null });
    await selfie.element.getByRole('link', { name: 'Open in browser' }).waitFor();
    await selfie.button('Copy link').waitFor();
    assert.deepEqual(await violations(selfie.page), []);
    await selfie.button('Try here anyway').click();
    await selfie.button('Start').waitFor();
    // A press this soon may be the second half of a double tap.
    await selfie.page.waitForTimeout(600);
    await selfie.agree();
    assert.equal((await selfie.event('selfie-error')).detail.code, 'camera-unsupported');
    await selfie.button('Choose a photo').waitFor();
  }
});

test('a computer’s browser without an API for cameras shows the code of the page, unless the page offers a phone', async () => {
  const desktop = { isMobile: false, hasTouch: false, viewport: { width: 1280, height: 800 } };
  const selfie = await open(COMPUTER, { context: desktop, prepare: withoutCameras });
  await selfie.element.getByRole('heading', { name: 'This browser can’t use the camera' }).waitFor();
  await selfie.element.getByRole('img', { name: /^QR code/ }).waitFor();
  assert.equal(await selfie.element.getByRole('link', { name: 'Open in browser' }).count(), 0);
});

test('it speaks the page’s language, also if the page changes a setting while the words come', async () => {
  let changes = 0;
  const selfie = await open(INSTAGRAM, {
    prepare: async (page) => {
      await speaks(page, 'zu');
      await page.route(/\/lang\/zu\b/, async (route) => {
        changes += 1;
        await page.evaluate(() => document.querySelector('akiba-selfie')?.setAttribute('consent-version', '2'));
        await route.continue();
      });
    },
  });
  await selfie.element.getByRole('button', { name: 'Zama lapha noma kunjalo' }).waitFor();
  assert.equal(await selfie.element.locator('.plain').getAttribute('lang'), 'zu');
  assert.equal(changes, 1);
});

test('the screen fits a phone and a computer, light and dark', async () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    for (const width of [320, 360, 1280]) {
      const desktop = width > 1000 && { isMobile: false, hasTouch: false };
      const context = { colorScheme, viewport: { width, height: 800 }, ...desktop };
      const selfie = await open(FACEBOOK, { context });
      await selfie.button('Try here anyway').waitFor();
      // A phone reads the code from a computer's screen.
      if (desktop) {
        await selfie.element.getByRole('img', { name: /^QR code/ }).waitFor();
        assert.deepEqual(await codesIn(await selfie.page.screenshot({ fullPage: true })), [selfie.page.url()]);
      }
      assert.deepEqual(await violations(selfie.page), [], `${colorScheme} ${width}`);
      const { scrollWidth, clientWidth } = await selfie.page.evaluate(() => document.documentElement);
      assert.equal(scrollWidth, clientWidth, `it scrolls sideways at ${width}`);
      for (const box of await selfie.element.locator('.button').all()) {
        const { width: w, height: h } = await box.boundingBox();
        assert.ok(w >= 44 && h >= 44, `a button of ${w} × ${h}`);
      }
      const path = HANDOFF_PICTURES && join(HANDOFF_PICTURES, `in-app-${colorScheme}-${width}.png`);
      if (path) await selfie.page.screenshot({ path, fullPage: true });
    }
  }
});

test('the screen fits from right to left, in an app and in an old browser', async () => {
  for (const [name, agent] of Object.entries({ app: FACEBOOK, old: BROWSER })) {
    const selfie = await open(agent, {
      prepare: async (page) => {
        if (name === 'old') await withoutCameras(page);
        await speaks(page, 'ar');
      },
    });
    await selfie.element.locator('.plain[dir=rtl] .button').first().waitFor();
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await selfie.page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(selfie.page), [], `${name} ${colorScheme}`);
      const { scrollWidth, clientWidth } = await selfie.page.evaluate(() => document.documentElement);
      assert.equal(scrollWidth, clientWidth, `${name} scrolls sideways`);
      const path = HANDOFF_PICTURES && join(HANDOFF_PICTURES, `in-app-${name}-ar-${colorScheme}.png`);
      if (path) await selfie.page.screenshot({ path, fullPage: true });
    }
  }
});
