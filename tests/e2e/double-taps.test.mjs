// Two taps instead of one: the second one does nothing on the screen that the first one opened.
//
// Runs alone: it measures milliseconds between two taps.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suite } from './support/suite.mjs';

/** @import { Selfie } from './support/selfie.mjs' */

const it = suite();

const SIZES = [
  { width: 320, height: 480 },
  { width: 360, height: 640 },
  { width: 667, height: 325 },
  { width: 1280, height: 800 },
];

/** Milliseconds between two taps; 0 is a double click, which the browser counts. */
const GAPS = [0, 150, 430];

/** From this gap on, in milliseconds, a second tap is meant. A busy machine may be that late. */
const MEANT = 500;
/** How often a busy machine may be late. */
const TRIES = 4;

/** Longer than any change of screen, and than the time in which a tap is ignored. */
const QUIET = 1200;

/** Runs in the page before its first script: keeps when the page got each tap. */
function listen() {
  globalThis.taps = [];
  addEventListener('click', () => globalThis.taps.push(performance.now()), true);
}

/**
 * Taps twice where a button is. Returns whether the second tap was in time.
 * @param {Selfie} selfie
 * @param {string} name
 * @param {number} gap
 */
async function tapTwice({ page, element }, name, gap) {
  const button = element.getByRole('button', { name, exact: true });
  await button.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await button.boundingBox();
  const [left, top] = [x + width / 2, y + height / 2];
  if (gap === 0) {
    await page.mouse.dblclick(left, top);
  } else {
    const begun = performance.now();
    await page.mouse.click(left, top);
    await page.waitForTimeout(Math.max(0, gap - (performance.now() - begun)));
    await page.mouse.click(left, top);
  }
  const [first, second] = await page.evaluate(() => globalThis.taps.splice(0));
  await page.waitForTimeout(QUIET);
  return second - first < MEANT;
}

/**
 * Puts a button of the page right below the widget, as high as the page. Returns how often it was pressed.
 * @param {Selfie} selfie
 */
async function buttonBelow({ page, element }) {
  await element.evaluate((selfie) => {
    const below = document.createElement('button');
    below.id = 'below';
    below.style.cssText = 'display: block; width: 100%; height: 100vh';
    below.dataset.pressed = '0';
    below.onclick = () => {
      below.dataset.pressed = String(Number(below.dataset.pressed) + 1);
    };
    selfie.after(below);
  });
  return () => page.locator('#below').getAttribute('data-pressed');
}

/**
 * Taps twice on every main button. Returns false if the machine was too slow for a double tap.
 * @param {import('playwright-core').ViewportSize} viewport
 * @param {number} gap
 */
async function tapThrough(viewport, gap) {
  const selfie = await it.open({ context: { viewport }, prepare: (page) => page.addInitScript(listen) });
  await selfie.button('Start').waitFor();
  const pressed = await buttonBelow(selfie);
  await selfie.page.waitForTimeout(QUIET);
  for (const [name, state] of [
    ['Start', 'consent'],
    ['I agree, open the camera', 'framing'],
    ['Take the photo', 'review'],
    ['Use this photo', 'done'],
  ]) {
    if (!(await tapTwice(selfie, name, gap))) return false;
    await selfie.state(state);
    assert.equal(await pressed(), '0', `«${name}»: the second tap hit the page's button below the widget`);
  }
  const states = (await selfie.events('selfie-statechange')).map(({ detail }) => detail.state);
  assert.deepEqual(states, ['consent', 'starting', 'framing', 'grabbing', 'review', 'submitting', 'done']);
  return true;
}

for (const viewport of SIZES) {
  for (const gap of GAPS) {
    const size = `${viewport.width}×${viewport.height}`;
    test(`${size}, second tap after ${gap} ms: no consent unread, no photo unseen, nothing of the page pressed`, async (context) => {
      for (let tries = 0; tries < TRIES; tries += 1) {
        if (await tapThrough(viewport, gap)) return;
      }
      // Nothing was tried then: a tap that late is meant.
      context.skip(`this machine was too slow: in ${TRIES} tries a second tap came later than ${MEANT} ms`);
    });
  }
}

test('the keyboard needs no pause', async () => {
  const selfie = await it.open();
  for (const [name, state] of [
    ['Start', 'consent'],
    ['I agree, open the camera', 'framing'],
    ['Take the photo', 'review'],
  ]) {
    await selfie.element.getByRole('button', { name, exact: true }).press('Enter');
    await selfie.state(state);
  }
});
