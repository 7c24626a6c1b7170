// The demo page around the element: large text, brands, starting over, links.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { violations } from './support/axe.mjs';
import { suite } from './support/suite.mjs';

const it = suite();

/** Widths of the smallest phones and of a desktop. */
const WIDTHS = [320, 360, 1280];

for (const width of WIDTHS) {
  test(`text of twice the size does not scroll sideways, at ${width} px`, async () => {
    const { page } = await it.open({ context: { viewport: { width, height: 800 } } });
    const before = await titleSize(page);
    // As in the settings of a browser.
    const session = await page.context().newCDPSession(page);
    await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
    await page.locator('akiba-selfie h2').first().waitFor();
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    assert.equal(await titleSize(page), 2 * before, 'the text follows the browser');
    assert.deepEqual(await sticksOut(page), []);
  });
}

/** Returns the size of the page's title in pixels. @param {import('playwright-core').Page} page */
function titleSize(page) {
  return page.evaluate(() => Number.parseFloat(getComputedStyle(document.querySelector('h1')).fontSize));
}

/** Returns what makes the page scroll sideways. @param {import('playwright-core').Page} page */
function sticksOut(page) {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const out = [...document.querySelectorAll('body *')].filter(
      (one) => one.getBoundingClientRect().right > clientWidth + 0.5,
    );
    return [
      `${scrollWidth} px in ${clientWidth}`,
      ...out.map(({ localName, id, className }) => `${localName} ${id} ${className}`),
    ];
  });
}

test('a brand and a theme change the look, and axe finds nothing in any of them', async () => {
  const { page, element } = await it.open({ context: { reducedMotion: 'reduce' } });
  await element.locator('h2').waitFor();
  const colour = () =>
    element.evaluate(({ shadowRoot }) => getComputedStyle(shadowRoot.querySelector('.primary')).backgroundColor);
  const seen = new Set();
  for (const brand of await page.locator('#brand option').allTextContents()) {
    await page.selectOption('#brand', brand);
    for (const theme of ['light', 'dark']) {
      await page.selectOption('#theme', theme);
      assert.deepEqual(await violations(page), [], `${brand}, ${theme}`);
    }
    seen.add(await colour());
  }
  assert.equal(seen.size, 4);
  await page.selectOption('#brand', 'Akiba');
  assert.equal(await element.getAttribute('style'), '', 'the first brand sets nothing');
});

test('«Start over» begins again, with the camera off', async () => {
  const selfie = await it.open();
  await selfie.frame();
  await selfie.page.getByRole('button', { name: 'Start over' }).click();
  await selfie.state('idle');
  assert.equal((await selfie.tracks()).live, 0);
});

test('the links lead to documents of this repository', async () => {
  const { page } = await it.open();
  const links = await page.locator('.about a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  assert.ok(links.length > 3);
  for (const link of links) {
    const [, path] = link.match(/^https:\/\/github\.com\/akiba-selfie\/akiba-selfie\/blob\/main\/(.+)$/);
    assert.ok(existsSync(new URL(`../../${path}`, import.meta.url)), `${path} does not exist`);
  }
});
