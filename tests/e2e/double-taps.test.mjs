// Two taps instead of one: the second one does nothing on the screen that the first one opened.
//
// Runs alone: milliseconds between two taps count.

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

/** Longer than any change of screen, and than the time in which a tap is ignored. */
const QUIET = 1200;

/**
 * Taps twice where a button is.
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
    // The taps carry their times, as a touch screen's do, so that a busy machine does not move them apart.
    const session = await page.context().newCDPSession(page);
    const begun = Date.now();
    const tap = (/** @type {number} */ after) =>
      Promise.all(
        /** @type {const} */ (['mousePressed', 'mouseReleased']).map((type) =>
          session.send('Input.dispatchMouseEvent', {
            type,
            x: left,
            y: top,
            button: 'left',
            clickCount: 1,
            timestamp: (begun + after) / 1000,
          }),
        ),
      );
    await page.mouse.move(left, top);
    const first = tap(0);
    await page.waitForTimeout(gap);
    await Promise.all([first, tap(gap)]);
    await session.detach();
  }
  await page.waitForTimeout(QUIET);
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

/** Runs in the page: notes each click and each new state, with the time of its event and the time now. */
function noteClicks() {
  globalThis.clicks = [];
  for (const type of ['click', 'selfie-statechange']) {
    addEventListener(
      type,
      (event) => {
        const [target] = /** @type {Node[]} */ (event.composedPath());
        const what = type === 'click' ? target.textContent : /** @type {CustomEvent} */ (event).detail.state;
        globalThis.clicks.push([what, Math.round(event.timeStamp), Math.round(performance.now())]);
      },
      true,
    );
  }
}

for (const viewport of SIZES) {
  for (const gap of GAPS) {
    const size = `${viewport.width}×${viewport.height}`;
    test(`${size}, second tap after ${gap} ms: no consent unread, no photo unseen, nothing of the page pressed`, async () => {
      const selfie = await it.open({ context: { viewport } });
      await selfie.button('Start').waitFor();
      const pressed = await buttonBelow(selfie);
      await selfie.page.evaluate(noteClicks);
      await selfie.page.waitForTimeout(QUIET);
      for (const [name, state] of [
        ['Start', 'consent'],
        ['I agree, open the camera', 'framing'],
        ['Take the photo', 'review'],
        ['Use this photo', 'done'],
      ]) {
        await tapTwice(selfie, name, gap);
        await selfie.state(state).catch(async (error) => {
          const clicks = await selfie.page.evaluate(() => JSON.stringify(globalThis.clicks));
          throw new Error(`${error.message}; the clicks and states were: ${clicks}`, { cause: error });
        });
        assert.equal(await pressed(), '0', `«${name}»: the second tap hit the page's button below the widget`);
      }
      const states = (await selfie.events('selfie-statechange')).map(({ detail }) => detail.state);
      assert.deepEqual(states, ['consent', 'starting', 'framing', 'grabbing', 'review', 'submitting', 'done']);
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
