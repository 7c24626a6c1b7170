// What the person hears and feels: a buzz, and with one button sounds and spoken hints. The screen stays on.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suite } from './support/suite.mjs';

const it = suite();

/** Runs in the page before its first script: records what the browser is asked for. */
function record() {
  globalThis.felt = [];
  navigator.vibrate = (pattern) => felt.push(`vibrate ${pattern}`) > 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    felt.push(`tone ${this.frequency.value}`);
    start.apply(this, when);
  };
  speechSynthesis.speak = ({ text, lang }) => felt.push(`${lang}: ${text}`);
  const { wakeLock } = navigator;
  wakeLock.request = async () => {
    felt.push('awake');
    const lock = { released: false, release: async () => felt.push('asleep') };
    return /** @type {any} */ (lock);
  };
}

/** Opens the demo. Returns the element, and a function that returns what happened. */
async function open() {
  const selfie = await it.open({ prepare: (page) => page.addInitScript(record) });
  return { selfie, felt: () => selfie.page.evaluate(() => globalThis.felt) };
}

test('without a press there is a buzz and no sound, and the screen stays on to the end', async () => {
  const { selfie, felt } = await open();
  await selfie.button('Start').waitFor();
  assert.deepEqual(await felt(), []);
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  const all = await felt();
  assert.equal(all[0], 'awake');
  assert.equal(all.filter((what) => what === 'vibrate 50').length, 1);
  assert.equal(all.at(-1), 'asleep');
  assert.ok(!all.some((what) => what.startsWith('tone') || what.startsWith('en')), all.join(', '));
});

test('one button turns on sounds and spoken hints, and off again', async () => {
  const { selfie, felt } = await open();
  await selfie.frame();
  const button = selfie.button('Sounds and spoken hints');
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  await button.click();
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
  await selfie.page.waitForFunction(() => globalThis.felt.includes('tone 880'));
  await selfie.shoot();
  assert.ok((await felt()).includes('tone 1760'), 'the shutter');
  await selfie.button('Retake').click();
  await selfie.state('framing');
  await selfie.page.waitForFunction(() => globalThis.felt.some((what) => what.startsWith('en: The camera is on')));
  await button.click();
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  const before = (await felt()).filter((what) => what.startsWith('tone')).length;
  await selfie.shoot();
  assert.equal((await felt()).filter((what) => what.startsWith('tone')).length, before);
});

test('a page without the file works', async () => {
  const selfie = await it.open({
    expected: [/net::ERR_FAILED/],
    prepare: (page) => page.route('**/feedback.js', (route) => route.abort()),
  });
  await selfie.frame();
  await selfie.button('Sounds and spoken hints').click();
  await selfie.shoot();
});
