// The attribute `debug`: what the page's developer reads in the console.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Selfie } from './support/selfie.mjs';
import { serve } from './support/site.mjs';
import { suite } from './support/suite.mjs';

const it = suite();

/**
 * Opens a page, by default the demo with `debug`. Returns the lines of the element, too.
 * @param {{ url?: string, relay?: string, prepare?: (page: import('playwright-core').Page) => unknown }} [settings]
 */
async function open({ url, relay, prepare } = {}) {
  const lines = [];
  const selfie = await it.open({
    url,
    expected: [/akiba-selfie: /, /Failed to load resource/, /has been blocked by CORS/, /Content Security Policy/],
    prepare: async (page) => {
      page.on('console', (message) => {
        if (message.text().startsWith('akiba-selfie:')) lines.push(message.text());
      });
      await prepare?.(page);
    },
  });
  await selfie.element.evaluate((element, other) => {
    element.setAttribute('debug', '');
    if (other) element.setAttribute('relay', other);
  }, relay);
  return { selfie, lines };
}

/** Waits for a line. */
async function says(selfie, lines, pattern) {
  for (const end = Date.now() + 60_000; !lines.some((line) => pattern.test(line)); ) {
    assert.ok(Date.now() < end, `never ${pattern}: ${lines.join('\n')}`);
    await selfie.page.waitForTimeout(50);
  }
}

test('it tells what the element does, without the person', async () => {
  const { selfie, lines } = await open();
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  await says(selfie, lines, /selfie-verified/);
  for (const type of ['selfie-statechange', 'selfie-consented', 'selfie-captured']) {
    assert.ok(
      lines.some((line) => line.includes(type)),
      type,
    );
  }
  assert.doesNotMatch(lines.join(), /0000000000001|X-Amz|http:/);
});

test('it tells a relay that excludes the page from one that is down', async () => {
  // It sends no CORS headers, so every preflight fails.
  const relay = await serve({ '/': Buffer.from('') });
  const html = `<!doctype html><html lang="en"><title>test</title><link rel="icon" href="/icon.svg">
    <script type="module" src="/akiba-selfie/define.js"></script>
    <akiba-selfie debug no-consent no-review capture="manual" identifier="1" relay="${relay.origin}"></akiba-selfie>`;
  const icon = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
  const routes = {
    '/': Buffer.from(html),
    '/icon.svg': icon,
    '/akiba-selfie/': new URL('../../build/package/', import.meta.url),
  };
  const site = await serve(routes, { uploads: relay.origin });
  try {
    const { selfie, lines } = await open({ url: `${site.origin}/` });
    await selfie.button('Start').click();
    await selfie.state('framing');
    await selfie.button('Take the photo').click();
    await says(selfie, lines, /the relay http:\/\/127\.0\.0\.1:\d+ answers, but most likely does not allow the origin/);
    await relay.close();
    await selfie.button('Send again').click();
    await says(selfie, lines, /the relay http:\/\/127\.0\.0\.1:\d+ does not answer/);
  } finally {
    await site.close();
  }
});

test('it tells what the page’s policy refuses', async () => {
  const page = await it.browser.newPage();
  const lines = [];
  page.on('console', (message) => lines.push(message.text()));
  const selfie = await Selfie.open(page, `${it.demo.page}/`);
  await selfie.element.evaluate((element) => {
    element.setAttribute('debug', '');
    element.setAttribute('relay', 'https://relay.example');
  });
  await selfie.frame();
  await says(
    selfie,
    lines,
    /akiba-selfie: connect-src of the page’s Content-Security-Policy refuses https:\/\/relay\.example/,
  );
  await page.close();
});

test('it tells why guidance is missing', async () => {
  const { selfie, lines } = await open({
    prepare: (page) => page.route('**/vision/worker.js', (route) => route.abort()),
  });
  await selfie.frame();
  await says(selfie, lines, /no guidance: .+Check that vision\/worker\.js/);
});
