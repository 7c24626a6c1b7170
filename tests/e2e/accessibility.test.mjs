// Accessibility of every state of the tour, in both themes, and of the whole flow with the keyboard only.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { violations } from './support/axe.mjs';
import { STATES } from './support/states.mjs';
import { Studio } from './support/studio.mjs';

/** Pixels of a target that a thumb hits (WCAG 2.5.5). */
const THUMB = 44;
/** A desktop of 1280 × 1024 at 400 %: the window that WCAG 1.4.10 names. */
const ZOOMED = { width: 320, height: 256 };
const PHONE = { width: 360, height: 740 };

/** States that appear without an action of the person: the focus stays in the page. */
const UNASKED = ['idle', 'load'];

let studio;

before(async () => {
  studio = await Studio.start();
});
after(() => studio.close());

describe('every state', { concurrency: 2 }, () => {
  for (const state of STATES) {
    test(state.name, async () => {
      const visit = await studio.visit(state);
      const { page, selfie } = visit;
      await spoken(selfie, state);
      await focused(selfie, state);
      await reachable(selfie, state);
      for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
        await page.emulateMedia({ colorScheme });
        // The colours of buttons change gradually.
        await page.waitForTimeout(250);
        assert.deepEqual(await violations(page), [], `axe-core, ${colorScheme}`);
      }
      assert.deepEqual(await smallTargets(selfie), [], `targets under ${THUMB} px`);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      assert.equal(await animations(selfie), 0, 'animations despite reduced motion');
      await page.emulateMedia({ forcedColors: 'active' });
      assert.deepEqual(await lostControls(selfie), [], 'controls that forced colours hide');
      await page.emulateMedia({ forcedColors: 'none' });
      await page.setViewportSize(ZOOMED);
      assert.deepEqual(await cutOff(selfie), [], 'too wide at 400 %');
      await visit.close();
    });
  }
});

/** A live region announces the state. */
/** @param {import('./support/selfie.mjs').Selfie} selfie @param {import('./support/states.mjs').State} state */
async function spoken({ element }, { says }) {
  if (says) await element.locator('[aria-live]', { hasText: says }).waitFor({ state: 'attached', timeout: 10_000 });
}

/** The focus is on the screen's heading; in the countdown, on the shutter. */
async function focused({ element }, { name, title, main }) {
  if (title) assert.equal(await element.getByRole('heading', { level: 2 }).innerText(), title);
  const seen = await element.evaluate(({ shadowRoot }) => {
    const { activeElement } = shadowRoot;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? null;
  });
  const wanted = name === 'countdown' ? main : title;
  assert.equal(seen, UNASKED.includes(name) ? null : wanted, 'the focus');
}

/** On a phone the main button is visible without scrolling. */
async function reachable({ page, element }, { main }) {
  if (!main) return;
  await page.evaluate(() => scrollTo(0, 0));
  const button = element.getByRole('button', { name: main, exact: true }).or(element.getByLabel(main, { exact: true }));
  const { y, height } = await button.boundingBox();
  assert.ok(y >= 0 && y + height <= PHONE.height, `«${main}» ends at ${y + height} of ${PHONE.height}`);
}

function smallTargets({ element }) {
  return element.evaluate(({ shadowRoot }, least) => {
    const controls = [...shadowRoot.querySelectorAll('button, input, a[href]')].filter((one) => one.checkVisibility());
    return controls
      .map((control) => ({ name: control.ariaLabel ?? control.textContent, box: control.getBoundingClientRect() }))
      .filter(({ box }) => box.width < least || box.height < least)
      .map(({ name, box }) => `${name}: ${box.width} × ${box.height}`);
  }, THUMB);
}

/** Returns controls without a border that differs from the background. */
function lostControls({ element }) {
  return element.evaluate(({ shadowRoot }) => {
    const faces = [...shadowRoot.querySelectorAll('button, input + span')].filter((one) => one.checkVisibility());
    return faces
      .filter((face) => {
        const { borderTopWidth, borderTopStyle, borderTopColor } = getComputedStyle(face);
        const { backgroundColor: ground } = getComputedStyle(shadowRoot.querySelector('.card'));
        return borderTopStyle !== 'solid' || parseFloat(borderTopWidth) < 1 || borderTopColor === ground;
      })
      .map((face) => face.className);
  });
}

/** Returns what makes the page scroll sideways, or overflows the widget. */
function cutOff({ element }) {
  return element.evaluate((host) => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    const edge = host.getBoundingClientRect();
    const seen = [...host.shadowRoot.querySelectorAll('h2, p, li, button, input, img, progress, pre')].filter(
      (one) => one.getClientRects().length > 0 && !one.closest('.unseen'),
    );
    const over = seen.filter((one) => {
      const { left, right } = one.getBoundingClientRect();
      return left < edge.left - 0.5 || right > edge.right + 0.5;
    });
    const page = scrollWidth > clientWidth ? [`the page: ${scrollWidth}`] : [];
    return [...page, ...over.map((one) => one.className || one.localName)];
  });
}

test('the keyboard alone leads from the start to the verdict', async () => {
  const { selfie, page, close } = await studio.visit(state('idle'));
  const { element } = selfie;
  /** Presses Tab until a control has the focus, and then the key. Every control on the way must show its focus. */
  const press = async (name, key = 'Enter') => {
    for (let tabs = 0; tabs < 15; tabs += 1) {
      await page.keyboard.press('Tab');
      const now = await element.evaluate(({ shadowRoot: { activeElement: active } }) => {
        if (!active) return null;
        const { outlineStyle, outlineWidth } = getComputedStyle(
          active.matches('input') ? active.nextElementSibling : active,
        );
        return {
          name: active.ariaLabel ?? active.textContent,
          ring: outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2,
        };
      });
      if (!now) continue;
      assert.ok(now.ring, `«${now.name}» shows no focus`);
      if (now.name === name) {
        await page.keyboard.press(key);
        return;
      }
    }
    assert.fail(`Tab does not reach «${name}»`);
  };
  await press('Start');
  await selfie.state('consent');
  await press('I agree, open the camera', 'Space');
  await selfie.state('framing');
  await press('Take the photo', 'Space');
  await selfie.state('review');
  await press('Retake');
  await selfie.state('framing');
  await press('Take the photo');
  await selfie.state('review');
  await press('Use this photo');
  await selfie.event('selfie-verified');
  await selfie.state('done');
  assert.equal(
    await element.evaluate(({ shadowRoot }) => shadowRoot.activeElement?.textContent),
    'It’s you. Thank you!',
  );
  await close();
});

test('screens that wait are animated unless motion is reduced', async () => {
  for (const name of ['starting', 'framing', 'submitting-linking']) {
    const { selfie, close } = await studio.visit(state(name));
    assert.ok((await animations(selfie)) > 0, name);
    await close();
  }
});

function animations({ element }) {
  return element.evaluate(
    ({ shadowRoot }) => shadowRoot.getAnimations().filter(({ playState }) => playState === 'running').length,
  );
}

function state(name) {
  return STATES.find((one) => one.name === name);
}
