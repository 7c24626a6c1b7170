// Every state of the tour: accessible in both themes, and whole in every window and language; one visit serves both, because
// it takes seconds. Then the whole flow with the keyboard only.
//
// Runs alone: three of its tests run at a time.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { violations } from './support/axe.mjs';
import { fits } from './support/fold.mjs';
import { HINTS } from './support/hints.mjs';
import { STATES } from './support/states.mjs';
import { Studio } from './support/studio.mjs';

/** Pixels of a target that a thumb hits (WCAG 2.5.5). */
const THUMB = 44;
/** A desktop of 1280 × 1024 at 400 %: the window that WCAG 1.4.10 names. */
const ZOOMED = { width: 320, height: 256 };
/** The narrowest phone. */
const NARROW = { width: 320, height: 640 };
/** The text spacing of WCAG 1.4.12. */
const SPACED =
  '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }';
/** Text at 200 % (WCAG 1.4.4), as a browser's own setting makes it. */
const LARGE = '.akiba-selfie { --selfie-font-size: 32px; }';
const PHONE = { width: 360, height: 740 };

/** States that appear without an action of the person: the focus stays in the page. */
const UNASKED = ['idle', 'idle-other-way', 'load', 'loading', 'loading-late'];

let studio;

before(async () => {
  studio = await Studio.start();
});
after(() => studio.close());

describe('every state', { concurrency: 3 }, () => {
  for (const state of [...STATES, ...HINTS]) {
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
      assert.deepEqual(await alike(selfie), [], 'what forced colours make alike or cover');
      await page.emulateMedia({ forcedColors: 'none' });
      await page.setViewportSize(NARROW);
      for (const text of [SPACED, LARGE]) {
        await restyle(selfie, text);
        assert.deepEqual(await cutOff(selfie), [], `too wide with ${text}`);
        assert.deepEqual(await broken(selfie), [], `words that break with ${text}`);
      }
      await restyle(selfie, '');
      await page.setViewportSize(ZOOMED);
      assert.deepEqual(await cutOff(selfie), [], 'too wide at 400 %');
      await page.emulateMedia({ colorScheme: null, reducedMotion: null });
      if (!HINTS.includes(state)) await fits(visit, state);
      await visit.close();
    });
  }
});

/** A live region announces the state. */
/** @param {import('./support/selfie.mjs').Selfie} selfie @param {import('./support/states.mjs').State} state */
async function spoken({ page }, { says }) {
  if (!says) return;
  const said = (/** @type {RegExp} */ wanted) => announced.some((text) => wanted.test(text));
  await page.waitForFunction(said, says, { timeout: 10_000 }).catch(async (error) => {
    throw new Error(`the live regions said ${JSON.stringify(await page.evaluate(() => announced))}`, { cause: error });
  });
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
        const { backgroundColor: ground } = getComputedStyle(shadowRoot.querySelector('.card, [part]'));
        return borderTopStyle !== 'solid' || parseFloat(borderTopWidth) < 1 || borderTopColor === ground;
      })
      .map((face) => face.className);
  });
}

/** Returns secondary buttons that look like the primary one, and a countdown with a box behind it. */
function alike({ element }) {
  return element.evaluate(({ shadowRoot }) => {
    const ground = (/** @type {Element} */ one) => getComputedStyle(one).backgroundColor;
    const [primary] = shadowRoot.querySelectorAll('.primary');
    const others = [...shadowRoot.querySelectorAll('.secondary, .quiet')];
    const same = primary ? others.filter((one) => ground(one) === ground(primary)) : [];
    const boxes = [...shadowRoot.querySelectorAll('.count')].filter(
      (one) => getComputedStyle(one).forcedColorAdjust !== 'none',
    );
    return [...same, ...boxes].map((one) => one.className);
  });
}

/** Adds a style to the widget, in place of the last one. */
function restyle({ element }, css) {
  return element.evaluate(({ shadowRoot }, text) => {
    globalThis.testStyle ??= new CSSStyleSheet();
    testStyle.replaceSync(text);
    const rest = shadowRoot.adoptedStyleSheets.filter((sheet) => sheet !== testStyle);
    shadowRoot.adoptedStyleSheets = [...rest, testStyle];
  }, css);
}

/** Returns the words of headings and buttons that take two lines. */
function broken({ element }) {
  return element.evaluate(({ shadowRoot }) => {
    const words = [];
    for (const one of shadowRoot.querySelectorAll('h2, button, input + span, .hint')) {
      const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        for (const { 0: word, index } of text.nodeValue.matchAll(/\S+/g)) {
          const range = document.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
          if (tops.size > 1) words.push(word);
        }
      }
    }
    return words;
  });
}

/** Returns what makes the page scroll sideways, or overflows the widget. */
function cutOff({ element }) {
  return element.evaluate((host) => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    const edge = (host.shadowRoot.querySelector('dialog') ?? host).getBoundingClientRect();
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
