// The element class alone, in a real browser, with a widget that only records its calls: attributes, properties,
// methods and states.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { page } from './support/page.mjs';

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
    capture: 'auto',
    'no-review': true,
    'no-consent': false,
    alternative: false,
    'no-file': false,
    countdown: false,
    strict: false,
    session: false,
  };
  assert.deepEqual(seen, [{ options, calls: [] }]);
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
        'no-review': false,
        'no-consent': true,
        alternative: false,
        'no-file': false,
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
    'no-review': false,
    'no-consent': false,
    alternative: false,
    'no-file': false,
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
  assert.equal(seen.length, 24);
  for (const { name, boolean, unset, written, removed, read } of seen) {
    assert.equal(unset, boolean ? false : '', name);
    assert.equal(written, boolean ? '' : 'x', name);
    assert.equal(removed, boolean ? false : '', name);
    assert.equal(read, boolean ? true : 'y', name);
  }
});

test('with «history», Back is Retake or Cancel', async () => {
  const calls = await page.evaluate(async () => {
    const { added } = await import('/helpers.js');
    const element = await added('<akiba-selfie relay="/r" history></akiba-selfie>');
    const shows = (state) => element.dispatchEvent(new CustomEvent('selfie-statechange', { detail: { state } }));
    const back = () =>
      new Promise((done) => {
        addEventListener('popstate', done, { once: true });
        history.back();
      });
    history.replaceState({ router: 1 }, '');
    const length = history.length;
    shows('consent');
    shows('starting');
    shows('review');
    const added_ = history.length - length;
    const kept = history.state.router;
    await back();
    const first = [...widgets[0].calls];
    shows('starting');
    await back();
    shows('idle');
    return { added_, kept, first, all: widgets[0].calls, state: history.state };
  });
  assert.deepEqual(calls, { added_: 1, kept: 1, first: ['retake'], all: ['retake', 'cancel'], state: { router: 1 } });
});

test('«false» from a framework turns a setting off', async () => {
  const seen = await page.evaluate(async () => {
    const { added } = await import('/helpers.js');
    const element = await added('<akiba-selfie relay="/r" no-consent="false" strict="false" countdown></akiba-selfie>');
    element.challenge = 'turn';
    element.challenge = /** @type {any} */ (false);
    const [{ options }] = widgets;
    const { strict, countdown } = element;
    return { options, strict, countdown, challenge: element.hasAttribute('challenge') };
  });
  const { options, ...properties } = seen;
  assert.deepEqual([options['no-consent'], options.strict, options.countdown], [false, false, true]);
  assert.deepEqual(properties, { strict: false, countdown: true, challenge: false });
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
    capture: 'auto',
    'no-review': true,
    'no-consent': false,
    alternative: false,
    'no-file': false,
    countdown: false,
    strict: false,
    session: true,
  });
  assert.equal(seen.session, 'secret');
  assert.equal(seen.attribute, '/later');
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
