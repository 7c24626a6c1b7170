// The layout: the camera over the whole window, nothing that jumps while the element loads, and text that can be read on every
// accent. `accessibility.test.mjs` checks what every state shows in every window.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { SIZES } from './support/fold.mjs';
import { STATES } from './support/states.mjs';
import { Studio } from './support/studio.mjs';
import { alternative } from './support/walks.mjs';

/** Accents that are hard: of the README, and as bright as the surface, or as dark. */
const ACCENTS = ['#6b2fd9', '#ffd400', '#0a0a0a', '#fafafa', '#767676', '#0000ff', '#e5484d'];

let studio;

before(async () => {
  studio = await Studio.start();
});
after(() => studio.close());

test('«fullscreen»: the camera fills a phone, keeps the focus, and is left with Escape', async () => {
  const { selfie, page, close } = await studio.visit(named('framing-full'), { viewport: SIZES[2] });
  const { element } = selfie;
  const { width, height } = await element.locator('[part=card]').boundingBox();
  assert.deepEqual({ width, height }, SIZES[2]);
  const oval = await element.locator('[part=oval]').boundingBox();
  assert.ok(oval.width > 220, `the oval is ${oval.width} px wide`);
  assert.equal(await focus(selfie), 'Take your selfie');
  const seen = new Set();
  for (let tabs = 0; tabs < 8; tabs += 1) {
    await page.keyboard.press('Tab');
    seen.add(await page.evaluate(() => document.activeElement.localName));
  }
  seen.delete('body');
  assert.deepEqual([...seen], ['akiba-selfie'], 'Tab leaves the dialog');
  await page.keyboard.press('Escape');
  await selfie.state('idle');
  assert.equal(await element.locator('dialog').count(), 0);
  assert.equal((await selfie.tracks()).live, 0);
  assert.equal(await focus(selfie), 'Confirm it’s you');
  await close();
});

test('«fullscreen»: the review is in the page again, and the close button cancels', async () => {
  const { selfie, close } = await studio.visit(named('framing-full'), { viewport: SIZES[2] });
  await selfie.shoot();
  assert.equal(await selfie.element.locator('dialog').count(), 0);
  assert.equal(await focus(selfie), 'Happy with this photo?');
  await selfie.button('Retake').click();
  await selfie.state('framing');
  assert.equal(await selfie.element.locator('dialog').count(), 1);
  await selfie.button('Cancel').click();
  await selfie.state('idle');
  assert.equal(await selfie.element.locator('dialog').count(), 0);
  await close();
});

test('«fullscreen»: a desktop keeps its page', async () => {
  const { selfie, page, close } = await studio.visit(named('idle'), { viewport: SIZES.at(-1) });
  await selfie.element.evaluate((element) => element.setAttribute('fullscreen', ''));
  await selfie.frame();
  assert.equal(await selfie.element.locator('dialog').count(), 0);
  assert.equal(await page.evaluate(() => matchMedia('(max-width: 40rem), (max-height: 30rem)').matches), false);
  await close();
});

for (const viewport of [SIZES[2], SIZES.at(-1)]) {
  test(`nothing jumps while it loads, at ${viewport.width} px`, async () => {
    const idle = named('idle');
    const prepare = async (page) => {
      await page.addInitScript(() => {
        globalThis.shifts = [];
        new PerformanceObserver((list) => {
          for (const { value } of /** @type {any[]} */ (list.getEntries())) shifts.push(value);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await page.route('**/akiba-selfie_bg.wasm', async (route) => {
        await page.locator('[part=loading]').waitFor();
        await page.waitForTimeout(300);
        await route.continue();
      });
    };
    const { page, close } = await studio.visit({ ...idle, prepare }, { viewport });
    await page.waitForTimeout(300);
    const sum = (await page.evaluate(() => shifts)).reduce((all, value) => all + value, 0);
    assert.ok(sum < 0.01, `the layout shifted by ${sum}`);
    await close();
  });
}

test('the page’s other way: a button, and an event that says from where', async () => {
  const { selfie, close } = await studio.visit(named('idle'));
  assert.equal(await selfie.button('Another way').count(), 0);
  await alternative(selfie);
  await selfie.element.evaluate((element) => {
    element.innerHTML = '<span slot="alternative">Verify at a branch</span>';
  });
  await selfie.button('Verify at a branch').click();
  assert.deepEqual((await selfie.event('selfie-alternative')).detail, { state: 'idle' });
  await close();
});

test('the page’s other way ends a failed attempt', async () => {
  const { selfie, close } = await studio.visit(named('failed-other-way'));
  await selfie.button('Another way').click();
  assert.deepEqual((await selfie.event('selfie-alternative')).detail, { state: 'failed' });
  await selfie.state('idle');
  await close();
});

test('text is readable on every accent, and the accent is visible', async () => {
  // Colours change at once.
  const { selfie, page, close } = await studio.visit(named('idle'), { reducedMotion: 'reduce' });
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme });
    for (const accent of ACCENTS) {
      const { text, line } = await contrasts(selfie, accent);
      assert.ok(text >= 4.5, `text on ${accent}, ${colorScheme}: ${text.toFixed(2)}`);
      assert.ok(line >= 3, `${accent} as a line, ${colorScheme}: ${line.toFixed(2)}`);
    }
  }
  await close();
});

test('«debug» warns about colours that are hard to read, once it is set', async () => {
  const warnings = [];
  const { selfie, page, close } = await studio.visit({ ...named('idle'), expected: [/akiba-selfie: /] });
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  await selfie.element.evaluate((element) => {
    element.style.setProperty('--selfie-accent', '#ddd');
    element.style.setProperty('--selfie-on-accent', '#fff');
  });
  await selfie.button('Start').click();
  await selfie.state('consent');
  assert.deepEqual(warnings, []);
  const warned = page.waitForEvent('console', { predicate: (message) => message.type() === 'warning' });
  await selfie.element.evaluate((element) => element.setAttribute('debug', ''));
  await selfie.button('Not now').click();
  await warned;
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /\(primary-button\) has a contrast of 1\.4, and needs 4\.5/);
  await close();
});

/** Returns the contrast of the main button's text, and of an icon in the accent's colour with the card. */
function contrasts({ element }, accent) {
  return element.evaluate((host, value) => {
    host.style.setProperty('--selfie-accent', value);
    const { shadowRoot } = host;
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const luminance = (colour) => {
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((byte) => {
        const part = byte / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (...colours) => {
      const [dark, light] = colours.map(luminance).sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    };
    const button = getComputedStyle(shadowRoot.querySelector('.primary'));
    const card = getComputedStyle(shadowRoot.querySelector('.card')).backgroundColor;
    const line = getComputedStyle(shadowRoot.querySelector('.corners')).stroke;
    return { text: contrast(button.color, button.backgroundColor), line: contrast(line, card) };
  }, accent);
}

/** Returns the name of what has the focus in the widget. */
function focus({ element }) {
  return element.evaluate(({ shadowRoot }) => {
    const { activeElement } = shadowRoot;
    return activeElement?.ariaLabel ?? activeElement?.textContent ?? null;
  });
}

function named(name) {
  return STATES.find((one) => one.name === name);
}
