// What must be seen without scrolling in every window, and that nothing is cut in longer or taller words and right to left.
//
// Exports: `fits()`, `SIZES`.

import assert from 'node:assert/strict';

import { cut, speak, speakPseudo } from './languages.mjs';

/** Small phones, upright and on their side, and a desktop. */
export const SIZES = [
  [320, 480],
  [360, 560],
  [360, 640],
  [640, 280],
  [667, 325],
  [1280, 800],
].map(([width, height]) => ({ width, height }));
/**
 * Checks a state in every window. Without a button that goes on, the camera's hint is the important thing.
 * @param {{ page: import('playwright-core').Page, selfie: import('./selfie.mjs').Selfie }} visit
 * @param {import('./states.mjs').State} state
 */
export async function fits({ page, selfie }, { name }) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await scrolled(selfie);
    assert.deepEqual(await below(selfie), [], `at ${size.width} × ${size.height}`);
  }
  // No language can be loaded while the browser is offline.
  if (name === 'submitting-offline' || !(await selfie.element.locator('.card').count())) return;
  await speakPseudo(selfie);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    assert.deepEqual(await cut(selfie), [], `40 % longer, at ${size.width} × ${size.height}`);
  }
  await page.setViewportSize(SIZES[0]);
  for (const lang of ['ar', 'am', 'zu']) {
    await speak(selfie, lang);
    assert.deepEqual(await cut(selfie), [], lang);
  }
}

/** Scrolls as the widget does when a screen appears. The first screens appear without the person. */
function scrolled({ element }) {
  return element.evaluate(({ shadowRoot, state }) => {
    scrollTo(0, 0);
    if (state !== 'idle') shadowRoot.querySelector('h2')?.scrollIntoView({ block: 'nearest' });
  });
}

/** Returns what is not within the window. */
function below({ element }) {
  return element.evaluate(({ shadowRoot }) => {
    const important = shadowRoot.querySelectorAll(
      '.primary, .shutter:not(.later, [aria-disabled]), .hint, [part=load-error] button',
    );
    return [...important]
      .map((one) => ({ name: one.className || one.textContent, box: one.getBoundingClientRect() }))
      .filter(
        ({ box }) => box.top < 0 || box.bottom > innerHeight + 0.5 || box.left < 0 || box.right > innerWidth + 0.5,
      )
      .map(({ name, box }) => `${name}: ${Math.round(box.top)} to ${Math.round(box.bottom)}`);
  });
}
