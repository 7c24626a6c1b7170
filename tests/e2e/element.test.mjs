// The element in a page: events, attributes, several elements, and moves in the document.
//
// Runs alone: it waits for what frames in real time lead to.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EVENTS } from '../../www/registry.js';
import { Selfie } from './support/selfie.mjs';
import { suite } from './support/suite.mjs';

/** @import { AkibaSelfieElement } from '../../www/index.js' */

const it = suite();

/** Replaces the demo's own element with a test's markup. @param {string} html */
async function markup(html) {
  const selfie = await it.open();
  await selfie.page.evaluate((text) => {
    document.querySelector('main').innerHTML = text;
    selfieEvents.length = 0;
  }, html);
  return selfie;
}

const GOOD = 'relay="/" identifier="0000000000001" capture="manual" no-consent no-review';
const AUTO = GOOD.replace(' capture="manual"', '');

test('every event bubbles and is composed, and only selfie-capture can be cancelled', async () => {
  const selfie = await it.open();
  await selfie.frame();
  await selfie.event('selfie-guidance');
  await selfie.button('Cancel').click();
  await selfie.event('selfie-cancelled');
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  const events = await selfie.events();
  for (const { type, bubbles, composed, cancelable } of events) {
    assert.deepEqual(
      { bubbles, composed, cancelable },
      { bubbles: true, composed: true, cancelable: type === 'selfie-capture' },
      type,
    );
  }
  const seen = new Set(events.map(({ type }) => type));
  // The other events belong to a rejection, a failure or a browser inside another app.
  const rest = ['selfie-rejected', 'selfie-alternative', 'selfie-error', 'selfie-unsupported'];
  assert.deepEqual([...seen].sort(), EVENTS.filter((type) => !rest.includes(type)).sort());
});

test('the states follow one another, each named in the event, the property and CSS', async () => {
  const selfie = await it.open();
  await selfie.page.evaluate(() => {
    globalThis.shown = [];
    const element = document.querySelector('akiba-selfie');
    element.addEventListener('selfie-statechange', ({ detail }) => {
      shown.push([detail.state, element.state, element.matches(`:state(${detail.state})`)]);
    });
  });
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  await selfie.state('done');
  const changes = (await selfie.events('selfie-statechange')).map(({ detail }) => detail);
  const states = ['consent', 'starting', 'framing', 'grabbing', 'review', 'submitting', 'done'];
  assert.deepEqual(
    changes,
    states.map((state, index) => ({ state, previous: states[index - 1] ?? 'idle' })),
  );
  assert.deepEqual(
    await selfie.page.evaluate(() => shown),
    states.map((state) => [state, state, true]),
  );
});

test('the steps follow one another, each with its duration', async () => {
  const selfie = await it.open();
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  const steps = (await selfie.events('selfie-step')).map(({ detail }) => detail);
  const names = ['consent', 'starting', 'framing', 'review', 'submitting', 'done'];
  assert.deepEqual(
    steps.map(({ step, previous }) => [step, previous]),
    names.map((step, index) => [step, names[index - 1] ?? 'idle']),
  );
  for (const detail of steps) {
    assert.deepEqual(Object.keys(detail), ['step', 'previous', 'duration']);
    assert.ok(Number.isInteger(detail.duration) && detail.duration >= 0, JSON.stringify(detail));
  }
  // Nobody presses a button of a screen that is not read.
  assert.ok(steps[0].duration + steps[1].duration > 500);
});

test('the class says what the element can do here, and asks nobody', async () => {
  const ask = (selfie) =>
    selfie.page.evaluate(() => /** @type {any} */ (customElements.get('akiba-selfie')).supports());
  const selfie = await it.open();
  const all = { secureContext: true, camera: true, wasm: true, guidance: true, code: null };
  assert.deepEqual(await ask(selfie), all);
  assert.deepEqual(await selfie.tracks(), { all: 0, live: 0 });
  const without = await it.open({
    // The screen before the widget delays what the page preloads.
    expected: [/was preloaded/],
    prepare: (page) => page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'mediaDevices')),
  });
  assert.deepEqual(await ask(without), { ...all, camera: false, guidance: false });
});

test('methods alone lead to a verdict', async () => {
  const selfie = await markup('<akiba-selfie relay="/" identifier="0000000000001" capture="manual"></akiba-selfie>');
  const call = (method) => selfie.page.evaluate((name) => document.querySelector('akiba-selfie')[name](), method);
  await call('start');
  await selfie.state('consent');
  await selfie.button('I agree, open the camera').click();
  await selfie.state('framing');
  await call('capture');
  await selfie.state('review');
  await call('retake');
  await selfie.state('framing');
  await call('capture');
  await selfie.state('review');
  await call('submit');
  await selfie.event('selfie-verified');
  await selfie.state('done');
  await call('reset');
  await selfie.state('idle');
  await call('start');
  await call('cancel');
  await selfie.event('selfie-cancelled');
});

test('no-consent and no-review lead to a verdict without a tap', async () => {
  const selfie = await markup(`<akiba-selfie ${AUTO}></akiba-selfie>`);
  await selfie.page.evaluate(() => document.querySelector('akiba-selfie').start());
  await selfie.event('selfie-verified');
  const states = (await selfie.events('selfie-statechange')).map(({ detail }) => detail.state);
  assert.deepEqual(states, ['starting', 'framing', 'grabbing', 'submitting', 'done']);
  const [{ detail }] = await selfie.events('selfie-captured');
  const judged = await selfie.page.evaluate(() => document.querySelector('akiba-selfie').verdict);
  for (const [type, { quality }] of Object.entries({ captured: detail, judged })) {
    assert.deepEqual([quality.faces, quality.flaw, quality.loosened, quality.challenge], [1, null, 0, null], type);
    assert.ok(quality.model && quality.thresholds && quality.times.frames > 3, type);
    const { value, unit, score, threshold, pass } = quality.measures.poseYaw;
    assert.ok(Math.abs(value) < 15 && score > 90, type);
    assert.deepEqual({ unit, threshold, pass }, { unit: 'deg', threshold: { min: -15, max: 15 }, pass: true });
    for (const [name, { pass: passed }] of Object.entries(quality.measures)) assert.notEqual(passed, false, name);
  }
});

test('a skipped challenge is reported to the page', async () => {
  const selfie = await markup(`<akiba-selfie ${AUTO} challenge="turn"></akiba-selfie>`);
  await selfie.page.evaluate(() => document.querySelector('akiba-selfie').start());
  await selfie.element.locator('[part=hint]', { hasText: 'Turn your head to your' }).waitFor();
  await selfie.button('I can’t do this').click();
  await selfie.event('selfie-verified');
  const { quality } = await selfie.page.evaluate(() => document.querySelector('akiba-selfie').verdict);
  const { kind, outcome, attempts, movements } = quality.challenge;
  assert.deepEqual([kind, outcome, attempts], ['turn', 'skipped', 1]);
  assert.deepEqual(
    movements.map(({ took }) => took),
    [null, null],
  );
});

test('a listener can call the element inside its events', async () => {
  const selfie = await markup(`<akiba-selfie ${GOOD}></akiba-selfie>`);
  await selfie.page.evaluate(() => {
    const element = document.querySelector('akiba-selfie');
    element.addEventListener('selfie-statechange', ({ detail }) => {
      if (detail.state === 'framing') element.capture();
      if (detail.state === 'done') element.reset();
      // The change of settings leads to another state, and its listener calls the element again.
      if (detail.state === 'idle') {
        element.setAttribute('relay', 'nonsense');
        element.cancel();
      }
      if (detail.state === 'failed') element.reset();
    });
    element.start();
  });
  await selfie.event('selfie-verified');
  const { detail } = await selfie.event('selfie-error');
  assert.equal(detail.code, 'config');
});

test('attributes that are set late take effect and keep the capture running', async () => {
  const selfie = await markup('<akiba-selfie capture="manual"></akiba-selfie>');
  const { detail } = await selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['config', false]);
  assert.match(detail.cause, /relay/);
  await selfie.element.getByText(/`relay` is missing/).waitFor();
  await selfie.page.evaluate(() => {
    const element = document.querySelector('akiba-selfie');
    element.identifier = '0000000000001';
    element.relay = '/';
    // It counts on the settings before it, although they were missing until now.
    element.start();
  });
  await selfie.button(/^I agree/).click();
  await selfie.state('framing');
  await selfie.page.evaluate(() => document.querySelector('akiba-selfie').setAttribute('no-review', ''));
  assert.deepEqual(await selfie.tracks(), { all: 1, live: 1 });
  await selfie.button('Take the photo').click();
  await selfie.event('selfie-verified');
  const states = (await selfie.events('selfie-statechange')).map(({ detail: change }) => change.state);
  assert.equal(states.filter((state) => state === 'starting').length, 1);
  assert.equal(states.includes('review'), false);
});

/** @type {[what: string, attributes: string, cause: RegExp][]} */
const MISTAKES = [
  ['no identifier and no session', 'relay="/"', /identifier/],
  ['a relay without https', 'relay="http://relay.example" identifier="1"', /https/],
  ['an unknown type', 'relay="/" identifier="1" type="robot"', /`type`/],
  ['an unknown capture', 'relay="/" identifier="1" capture="never"', /`capture`/],
];
for (const [what, attributes, cause] of MISTAKES) {
  test(`${what}: a message replaces the widget, with the code config`, async () => {
    const selfie = await markup(`<akiba-selfie ${attributes}></akiba-selfie>`);
    const { detail } = await selfie.event('selfie-error');
    assert.equal(detail.code, 'config');
    assert.match(detail.cause, cause);
    assert.match(await selfie.element.locator('[part=developer]').innerText(), cause);
    assert.equal(await selfie.element.getByRole('button').count(), 0);
    assert.doesNotMatch(await selfie.element.innerText(), /relay\.example|robot|never/, 'no value is repeated');
  });
}

test('several elements on one page do not disturb each other', async () => {
  const selfie = await markup(`
    <akiba-selfie id="one" ${GOOD}></akiba-selfie>
    <akiba-selfie id="two" relay="/" identifier="0000000000002" capture="manual" no-consent no-review></akiba-selfie>
    <akiba-selfie id="three"></akiba-selfie>`);
  const one = new Selfie(selfie.page, '#one');
  const two = new Selfie(selfie.page, '#two');
  await selfie.event('selfie-error');
  await one.button('Start').click();
  await one.state('framing');
  await two.button('Start').click();
  await two.state('framing');
  await one.button('Take the photo').click();
  await one.state('done');
  assert.equal(
    await selfie.page.evaluate(() => /** @type {AkibaSelfieElement} */ (document.querySelector('#two')).state),
    'framing',
  );
  await two.button('Take the photo').click();
  await two.state('done');
  const seen = (await selfie.events('selfie-verified', 'selfie-rejected', 'selfie-error')).map(({ type, from }) => [
    from,
    type,
  ]);
  assert.deepEqual(seen, [
    ['three', 'selfie-error'],
    ['one', 'selfie-verified'],
    ['two', 'selfie-rejected'],
  ]);
});

test('an element that moves keeps its picture, and one that is removed turns the camera off', async () => {
  const selfie = await markup(`<akiba-selfie ${GOOD}></akiba-selfie><div id="elsewhere"></div>`);
  await selfie.button('Start').click();
  await selfie.state('framing');
  const moved = await selfie.page.evaluate(async () => {
    const element = document.querySelector('akiba-selfie');
    document.querySelector('#elsewhere').append(element);
    await new Promise((wake) => setTimeout(wake, 300));
    const video = element.shadowRoot.querySelector('video');
    return { state: element.state, paused: video.paused };
  });
  assert.deepEqual(moved, { state: 'framing', paused: false });
  assert.deepEqual(await selfie.tracks(), { all: 1, live: 1 });

  await selfie.page.evaluate(() => {
    globalThis.kept = document.querySelector('akiba-selfie');
    kept.remove();
  });
  await selfie.page.waitForFunction(() => cameraTracks.every(({ readyState }) => readyState === 'ended'));
  assert.equal(await selfie.page.evaluate(() => kept.state), 'idle');

  await selfie.page.evaluate(() => {
    document.querySelector('main').append(kept);
    // Its first screen is a new one, although no event says so.
    changes.delete(kept);
  });
  await selfie.button('Start').click();
  await selfie.state('framing');
  await selfie.button('Take the photo').click();
  await selfie.event('selfie-verified');
});

test('the session goes to the relay as a bearer token, and nowhere else', async () => {
  const selfie = await markup('<akiba-selfie relay="/" capture="manual" no-consent no-review></akiba-selfie>');
  const sent = [];
  selfie.page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/v1/')) sent.push(request.headers().authorization);
  });
  await selfie.page.evaluate(() => {
    const element = document.querySelector('akiba-selfie');
    element.setAttribute('identifier', '0000000000001');
    element.session = async () => 'short-lived';
  });
  await selfie.button('Start').click();
  await selfie.state('framing');
  await selfie.button('Take the photo').click();
  await selfie.event('selfie-verified');
  assert.deepEqual(sent, ['Bearer short-lived', 'Bearer short-lived']);
  assert.doesNotMatch(await selfie.page.content(), /short-lived/);
});

test('a trap of the WebAssembly turns the camera off and shows a message', async () => {
  const expected = [/RuntimeError/];
  const selfie = await it.open({ expected });
  await selfie.frame();
  assert.equal((await selfie.tracks()).live, 1);
  // A page can't cause a trap, so the test destroys the memory.
  await selfie.page.evaluate(() => {
    new Uint8Array(widgetMemory.buffer).fill(0xff);
    // The next call of the WebAssembly traps: it analyses the picture four times a second.
  });
  const { detail } = await selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['crash', false]);
  assert.deepEqual(await selfie.tracks(), { all: 1, live: 0 });
  await selfie.element.getByRole('alert').getByText('Reload the page').waitFor();
  // The browser reports the end of a worker a moment later.
  for (const end = Date.now() + 5_000; selfie.page.workers().length > 0; ) {
    assert.ok(Date.now() < end, 'the worker still runs');
    await selfie.page.waitForTimeout(20);
  }
});

/** `(func (export "t") unreachable)` */
const TRAP = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11];

test('a trap of other WebAssembly in the page has no effect', async () => {
  const selfie = await it.open({ expected: [/RuntimeError/] });
  await selfie.frame();
  // In an application, a bundler puts both into one file, which then stands in the stack.
  await selfie.page.evaluate(`setTimeout(() => {
    new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(${JSON.stringify(TRAP)}))).exports.t();
  });
  //# sourceURL=/akiba-selfie/akiba-selfie.js`);
  await selfie.shoot();
  assert.deepEqual(await selfie.events('selfie-error'), []);
});
