// The element class alone, in a real browser, with a widget that only records its calls.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { launch } from '../e2e/support/browser.mjs';
import { serve } from '../e2e/support/site.mjs';
import { watch } from '../e2e/support/watch.mjs';

const WASM = '/akiba-selfie/pkg/akiba-selfie_bg.wasm';
/** The smallest module: the magic number and the version. */
const EMPTY_MODULE = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

const HELPERS = readFileSync(new URL('recorder/helpers.js', import.meta.url));
const www = new URL('../../www/', import.meta.url);
let browser, site, page, watched, expected;

before(async () => {
  browser = await launch();
  site = await serve({
    '/': Buffer.from('<!doctype html><html lang="zu"><title>test</title><link rel="icon" href="/icon.svg">'),
    '/icon.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    '/akiba-selfie/': www,
    '/akiba-selfie/pkg/': new URL('recorder/', import.meta.url),
    '/helpers.js': HELPERS,
    [WASM]: EMPTY_MODULE,
  });
});

after(async () => {
  await browser?.close();
  await site?.close();
});

beforeEach(async () => {
  expected = [];
  page = await browser.newPage();
  watched = await watch(page, expected);
  await page.goto(`${site.origin}/`);
});

afterEach(async () => {
  site.broken.clear();
  await watched.settle();
  await page.close();
  watched.clean();
});

test('mounts one widget, with the attributes as options', async () => {
  const seen = await page.evaluate(async () => {
    const { added } = await import('/helpers.js');
    await added('<akiba-selfie relay="/r" identifier="7" type="2" capture="auto" no-review lang="sw"></akiba-selfie>');
    return widgets.map(({ options, calls }) => ({ options, calls }));
  });
  const options = {
    relay: '/r',
    identifier: '7',
    type: '2',
    lang: 'sw',
    capture: 'auto',
    'no-review': true,
    'no-consent': false,
    countdown: false,
    strict: false,
    session: false,
  };
  assert.deepEqual(seen, [{ options, calls: [] }]);
});

test('inherits its language, like every HTML element', async () => {
  const languages = await page.evaluate(async () => {
    const { added } = await import('/helpers.js');
    await added('<akiba-selfie></akiba-selfie><div lang="af"><akiba-selfie></akiba-selfie></div>');
    return widgets.map(({ options }) => options.lang);
  });
  assert.deepEqual(languages, ['zu', 'af']);
});

test('many changes in one task are one update of the same widget', async () => {
  const seen = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    const selfie = await added();
    selfie.identifier = '1';
    selfie.setAttribute('type', 'business');
    selfie.noConsent = true;
    selfie.session = 'secret';
    await settled();
    const first = widgets.map(({ calls, options, session }) => ({ calls: [...calls], options, session }));
    selfie.identifier = null;
    selfie.noConsent = false;
    await settled();
    return { first, calls: widgets[0].calls, options: widgets[0].options, mounts: widgets.length };
  });
  assert.deepEqual(seen.first, [
    {
      calls: ['update'],
      options: {
        relay: '/',
        identifier: '1',
        type: 'business',
        lang: 'zu',
        'no-review': false,
        'no-consent': true,
        countdown: false,
        strict: false,
        session: true,
      },
      session: 'secret',
    },
  ]);
  assert.deepEqual(seen.calls, ['update', 'update']);
  assert.deepEqual(seen.options, {
    relay: '/',
    type: 'business',
    lang: 'zu',
    'no-review': false,
    'no-consent': false,
    countdown: false,
    strict: false,
    session: true,
  });
  assert.equal(seen.mounts, 1);
});

test('thresholds reach the widget as numbers, and it can reject other values', async () => {
  const seen = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    const selfie = await added();
    const options = [];
    /** @type {any[]} */
    const values = [{ yaw: 20 }, { yaw: '20', deep: {} }, 'yaw', 7n, undefined];
    for (const thresholds of values) {
      selfie.thresholds = thresholds;
      await settled();
      options.push(widgets[0].options.thresholds);
    }
    return options;
  });
  assert.deepEqual(seen, [{ yaw: 20 }, { yaw: null, deep: null }, 'string', 'bigint', undefined]);
});

test('the session never appears in the document', async () => {
  const html = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    const selfie = await added();
    selfie.session = 'secret';
    await settled();
    return document.documentElement.outerHTML;
  });
  assert.doesNotMatch(html, /secret/);
});

test('properties reflect the attributes', async () => {
  const seen = await page.evaluate(async () => {
    const { ATTRIBUTES } = await import('/akiba-selfie/registry.js');
    const { added } = await import('/helpers.js');
    const selfie = await added('<akiba-selfie></akiba-selfie>');
    return Object.entries(ATTRIBUTES).map(([name, { property, boolean }]) => {
      const unset = selfie[property];
      selfie[property] = boolean ? true : 'x';
      const written = selfie.getAttribute(name);
      selfie.removeAttribute(name);
      const removed = selfie[property];
      selfie.setAttribute(name, 'y');
      return { name, boolean, unset, written, removed, read: selfie[property] };
    });
  });
  assert.equal(seen.length, 13);
  for (const { name, boolean, unset, written, removed, read } of seen) {
    assert.equal(unset, boolean ? false : '', name);
    assert.equal(written, boolean ? '' : 'x', name);
    assert.equal(removed, boolean ? false : '', name);
    assert.equal(read, boolean ? true : 'y', name);
  }
});

test('setting the property «capture» sets the attribute and keeps the method', async () => {
  const seen = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    const selfie = await added();
    Reflect.set(selfie, 'capture', 'auto');
    await settled();
    selfie.capture();
    return { attribute: selfie.getAttribute('capture'), calls: widgets[0].calls };
  });
  assert.deepEqual(seen, { attribute: 'auto', calls: ['update', 'capture'] });
});

test('properties that are set before the definition take effect', async () => {
  const seen = await page.evaluate(async () => {
    const { until } = await import('/helpers.js');
    document.body.innerHTML = '<akiba-selfie></akiba-selfie>';
    const selfie = document.querySelector('akiba-selfie');
    Object.assign(selfie, { relay: '/late', session: 'secret', capture: 'auto', noReview: true });
    await import('/akiba-selfie/define.js');
    await until(() => widgets.length > 0);
    selfie.relay = '/later';
    return { options: widgets[0].options, session: widgets[0].session, attribute: selfie.getAttribute('relay') };
  });
  assert.deepEqual(seen.options, {
    relay: '/late',
    lang: 'zu',
    capture: 'auto',
    'no-review': true,
    'no-consent': false,
    countdown: false,
    strict: false,
    session: true,
  });
  assert.equal(seen.session, 'secret');
  assert.equal(seen.attribute, '/later');
});

test('calls before the widget has loaded reach it in order', async () => {
  const calls = await page.evaluate(async () => {
    const { until } = await import('/helpers.js');
    await import('/akiba-selfie/define.js');
    const selfie = document.createElement('akiba-selfie');
    selfie.relay = '/';
    selfie.start();
    await Promise.resolve();
    document.body.append(selfie);
    selfie.capture();
    await until(() => widgets.length > 0);
    await until(() => widgets[0].calls.length > 0);
    selfie.submit();
    return widgets[0].calls;
  });
  assert.deepEqual(calls, ['start', 'capture', 'submit']);
});

test('every method reaches the widget', async () => {
  const seen = await page.evaluate(async () => {
    const { METHODS } = await import('/akiba-selfie/registry.js');
    const { added } = await import('/helpers.js');
    const selfie = await added();
    for (const method of METHODS) selfie[method]();
    return { METHODS, calls: widgets[0].calls };
  });
  assert.deepEqual(seen.calls, ['start', 'capture', 'retake', 'submit', 'cancel', 'reset']);
  assert.deepEqual(seen.METHODS, seen.calls);
});

test('an element that moves keeps its widget', async () => {
  const seen = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    const selfie = await added();
    const place = document.body.appendChild(document.createElement('div'));
    selfie.remove();
    place.append(selfie);
    await settled();
    return { mounts: widgets.length, calls: widgets[0].calls };
  });
  assert.deepEqual(seen, { mounts: 1, calls: [] });
});

test('a removed element unmounts its widget, and mounts a new one when it is added again', async () => {
  const seen = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    const selfie = await added();
    widgets[0].moveTo('framing');
    selfie.remove();
    await settled();
    const gone = { calls: [...widgets[0].calls], state: selfie.state, text: selfie.shadowRoot.textContent };
    document.body.append(selfie);
    await settled();
    return { gone, mounts: widgets.length, calls: widgets[1].calls, text: selfie.shadowRoot.textContent };
  });
  assert.deepEqual(seen.gone, { calls: ['unmount'], state: 'idle', text: '' });
  assert.equal(seen.mounts, 2);
  assert.deepEqual(seen.calls, []);
  assert.equal(seen.text, 'mounted');
});

test('an element that is removed before the widget has loaded never mounts one', async () => {
  const mounts = await page.evaluate(async () => {
    await import('/akiba-selfie/define.js');
    const { added, settled } = await import('/helpers.js');
    const early = document.body.appendChild(document.createElement('akiba-selfie'));
    await Promise.resolve();
    early.remove();
    await added();
    await settled();
    return widgets.map(({ host }) => host === early);
  });
  assert.deepEqual(mounts, [false]);
});

test('an element that moves to another document mounts a new widget', async () => {
  const seen = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    const selfie = await added();
    const frame = document.body.appendChild(document.createElement('iframe'));
    frame.contentDocument.body.append(selfie);
    await settled();
    return { mounts: widgets.length, calls: widgets[0].calls };
  });
  assert.deepEqual(seen, { mounts: 2, calls: ['unmount'] });
});

test('several elements share one WebAssembly', async () => {
  site.seen.length = 0;
  const mounts = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    await added('<akiba-selfie></akiba-selfie>'.repeat(3));
    await settled();
    return widgets.length;
  });
  assert.equal(mounts, 3);
  assert.equal(site.seen.filter((path) => path === WASM).length, 1);
});

test('the WebAssembly loads when an element is in the document', async () => {
  site.seen.length = 0;
  await page.evaluate(async () => {
    const { settled } = await import('/helpers.js');
    await import('/akiba-selfie/define.js');
    document.createElement('akiba-selfie');
    await settled();
  });
  assert.equal(site.seen.includes(WASM), false);
});

test('the state shows in the property and in CSS', async () => {
  const seen = await page.evaluate(async () => {
    const { STATES } = await import('/akiba-selfie/registry.js');
    const { added } = await import('/helpers.js');
    const selfie = await added();
    const shown = () => STATES.filter((state) => selfie.matches(`:state(${state})`));
    const first = { state: selfie.state, shown: shown() };
    widgets[0].moveTo('framing');
    return [first, { state: selfie.state, shown: shown() }];
  });
  assert.deepEqual(seen, [
    { state: 'idle', shown: ['idle'] },
    { state: 'framing', shown: ['framing'] },
  ]);
});

test('a failed load is reported to the page and the person, and can be repeated', async () => {
  expected.push(/status of 503/);
  site.broken.add(WASM);
  const seen = await page.evaluate(async () => {
    const { settled } = await import('/helpers.js');
    await import('/akiba-selfie/define.js');
    globalThis.errors = [];
    document.addEventListener('selfie-error', (event) => errors.push(/** @type {CustomEvent} */ (event).detail));
    document.body.innerHTML = '<akiba-selfie relay="/"></akiba-selfie>';
    const selfie = document.querySelector('akiba-selfie');
    await settled();
    selfie.identifier = '1';
    await settled();
    const alert = selfie.shadowRoot.querySelector('[role=alert]');
    return { errors, shown: alert?.textContent, mounts: widgets.length };
  });
  assert.equal(seen.errors.length, 1);
  const [{ cause, ...detail }] = seen.errors;
  assert.deepEqual(detail, { code: 'load', message: seen.shown, retryable: false });
  assert.match(cause, /503/);
  assert.match(seen.shown, /could not be loaded/);
  assert.equal(seen.mounts, 0);

  site.broken.clear();
  const again = await page.evaluate(async () => {
    const { until } = await import('/helpers.js');
    const selfie = document.querySelector('akiba-selfie');
    selfie.remove();
    await Promise.resolve();
    document.body.append(selfie);
    await until(() => widgets.length > 0);
    return { text: selfie.shadowRoot.textContent, errors: errors.length };
  });
  assert.deepEqual(again, { text: 'mounted', errors: 1 });
});

test('a page that has already defined the element keeps its definition', async () => {
  const same = await page.evaluate(async () => {
    class Other extends HTMLElement {}
    customElements.define('akiba-selfie', Other);
    const { AkibaSelfieElement } = await import('/akiba-selfie/define.js');
    return [customElements.get('akiba-selfie') === Other, AkibaSelfieElement.name];
  });
  assert.deepEqual(same, [true, 'AkibaSelfieElement']);
});
