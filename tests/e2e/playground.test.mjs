// The playground, as a folder of static files below a path: no machine of this test has a camera, and no request leaves
// the page's origin.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { violations } from './support/axe.mjs';
import { launch } from './support/browser.mjs';
import { serve } from './support/site.mjs';
import { BAD_ANSWER, NO_ANSWER } from './support/walks.mjs';
import { watch } from './support/watch.mjs';

/** Where the playground is served: deep, as a host may do it. */
const PATH = '/some/where/';
const BUILT = new URL('../../build/playground/', import.meta.url);

let site;
let browser;

before(async () => {
  site = await serve({ [PATH]: BUILT });
  browser = await launch({ film: null });
});
after(async () => {
  await browser.close();
  await site.close();
});

/**
 * Opens the playground. `close()` fails if the page had an error, or sent anything to another origin.
 * @param {string} [query]
 * @param {import('playwright-core').BrowserContextOptions} [settings]
 */
async function open(query = '', settings = {}) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, ...settings });
  const page = await context.newPage();
  const watched = await watch(page, [BAD_ANSWER, NO_ANSWER]);
  const left = [];
  context.on('request', (request) => {
    if (!/^blob:/.test(request.url()) && new URL(request.url()).origin !== site.origin) left.push(request.url());
  });
  const open = async (next) => {
    await page.goto(`${site.origin}${PATH}${next}`);
    await page.locator('#states button').first().waitFor();
  };
  await open(query);
  const state = (name) =>
    page.waitForFunction(
      (wanted) => /** @type {any} */ (document.querySelector('akiba-selfie')).state === wanted,
      name,
    );
  const show = (name) => page.getByRole('button', { name, exact: true }).first().click();
  const close = async () => {
    await context.close();
    assert.deepEqual(left, [], 'requests left the origin');
    watched.clean();
  };
  return { page, open, state, show, close };
}

/** Returns the codes of the failures that the log shows, the latest first. @param {import('playwright-core').Page} page */
const failures = (page) => page.locator('#events li', { hasText: 'selfie-error' }).locator('.gist').allTextContents();

test('the sample face gets a verdict, then a fault, and the code is copied', async () => {
  const { page, state, show, close } = await open('', { permissions: ['clipboard-read', 'clipboard-write'] });
  await show('Verified');
  await state('done');
  await page.locator('#events li', { hasText: 'selfie-verified' }).waitFor();
  assert.equal(await page.locator('#events img').count(), 0, 'the log shows no photo');

  await page.getByText('Every error code').click();
  for (const code of ['camera-denied', 'upload-refused']) {
    await show(code);
    await page.locator('#events li', { hasText: code }).waitFor();
  }
  assert.deepEqual(await failures(page), ['upload-refused', 'camera-denied']);
  // The picture of a face, and everything else, came from the page's own server; the relay and the storage did not.
  assert.ok(site.seen.includes(`${PATH}playground/face.jpg`));
  assert.deepEqual(
    site.seen.filter((path) => /relay\/|customer|selfies/.test(path)),
    [],
  );

  await page.getByLabel('no-review').check();
  await page.selectOption('#brand', 'Violet');
  await page.selectOption('#framework', 'React');
  await show('Copy');
  await page.getByText('Copied.').waitFor();
  const code = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(code, /<Selfie\n {6}relay="\/selfie"\n {6}noReview\n/);
  assert.match(code, /--selfie-accent: #6b2fd9;/);
  assert.equal(code, await page.locator('#code').textContent());
  await close();
});

test('the theme panel has a control for each property, wears a preset, and shows the CSS', async () => {
  const { page, close } = await open('#theme=light&preset=warm&--selfie-accent=%230000ff');
  const manifest = JSON.parse(await readFile(new URL('../../www/custom-elements.json', import.meta.url), 'utf8'));
  const names = manifest.modules[0].declarations[0].cssProperties.map(({ name }) => name);
  const controls = await page.locator('#tokens input[name]').evaluateAll((all) => all.map((one) => one.name));
  assert.deepEqual(controls.toSorted(), names.toSorted());

  const sheet = page.locator('#sheet');
  const used = (name) =>
    page.evaluate(
      (property) => getComputedStyle(document.querySelector('akiba-selfie')).getPropertyValue(property),
      name,
    );
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('#preset-sheet')).sheet);
  assert.equal(await used('--selfie-surface'), '#fffaf3');
  assert.match(
    await sheet.innerText(),
    /^@import 'akiba-selfie\/themes\/warm\.css';\n\nakiba-selfie \{\n {2}--selfie-accent: #0000ff;\n\}$/,
  );

  await page.getByText('Every custom property').click();
  await page.locator('[data-of="--selfie-veil"]').fill('#ff0000');
  assert.equal(await used('--selfie-veil'), '#ff00008c', 'it stays as clear as it was');
  await page.locator('[name="--selfie-radius"]').fill('3px');
  assert.equal(await used('--selfie-radius'), '3px');
  assert.match(await page.locator('#code').innerText(), /themes\/warm\.css[\s\S]*--selfie-veil: #ff00008c;/);
  await page.reload();
  await page.locator('#states button').first().waitFor();
  assert.equal(await used('--selfie-radius'), '3px', 'the URL keeps it');

  await page.getByRole('button', { name: 'Reset' }).click();
  await page.waitForFunction(() => !document.querySelector('akiba-selfie')?.getAttribute('style'));
  assert.equal(await used('--selfie-surface'), '');
  assert.match(await sheet.innerText(), /Nothing/);
  await close();
});

test('faults that a person chooses: offline, an upload that is cut, a form of the storage', async () => {
  const { page, state, show, close } = await open('#no-review=&no-consent=');
  await page.selectOption('#upload', 'post');
  await page.selectOption('#network', 'cut');
  await page.locator('akiba-selfie').getByRole('button', { name: 'Start' }).press('Enter');
  await state('done');
  await page.locator('#events li', { hasText: 'selfie-verified' }).waitFor();
  assert.ok(await page.getByLabel('no-consent').isChecked(), 'the URL keeps the settings');

  await show('Start over');
  await state('idle');
  await page.selectOption('#camera', 'busy');
  await page.locator('akiba-selfie').getByRole('button', { name: 'Start' }).press('Enter');
  await state('failed');
  assert.equal((await failures(page))[0], 'camera-in-use');
  await close();
});

test('a language, and words of the page, which the URL and the code have too', async () => {
  const { page, open: again, close } = await open();
  const selfie = page.locator('akiba-selfie');
  await page.locator('#settings [name=lang]').selectOption('zu');
  await selfie.getByRole('button', { name: 'Qala' }).waitFor();
  assert.ok(await page.getByLabel('allow-unreviewed').isChecked(), 'nobody has reviewed it');
  await page.selectOption('#key', 'Start');
  await page.fill('#word', 'Siyaqala');
  await page.locator('#word').blur();
  await selfie.getByRole('button', { name: 'Siyaqala' }).waitFor();
  assert.equal(await page.locator('#replaced').textContent(), 'Replaced: Start');
  await page.getByText('What the consent says about you').click();
  await page.fill('#host [name=name]', 'Example Bank');
  await page.locator('#host [name=name]').blur();
  assert.match(
    (await page.locator('#code').textContent()) ?? '',
    /selfie\.text = \{\n {2}"Start": "Siyaqala"[\s\S]*selfie\.host/,
  );
  await page.waitForFunction(() => location.hash.includes('Example'));
  await again(`?show=consent${new URL(page.url()).hash}`);
  await selfie.getByText('Example Bank').first().waitFor();
  await close();
});

test('the second of two taps on a button of the element presses nothing of the page', async () => {
  const { page, state, close } = await open('?show=review');
  await state('review');
  await page.evaluate(() => {
    document.addEventListener('click', ({ target }) => {
      const pressed = /** @type {Element} */ (target).closest('akiba-selfie, button, a, label, input, select, summary');
      if (pressed && pressed.localName !== 'akiba-selfie') document.title += ' pressed';
    });
  });
  // Longer than the time in which the element ignores a tap.
  await page.waitForTimeout(1200);
  const button = page.locator('akiba-selfie').getByRole('button', { name: 'Use this photo' });
  await button.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await button.boundingBox();
  for (const wait of [150, 0]) {
    await page.mouse.click(x + width / 2, y + height / 2);
    await page.waitForTimeout(wait);
  }
  await state('done');
  assert.doesNotMatch(await page.title(), /pressed/);
  await close();
});

test('another device: the number, each failure, and then this device again', async () => {
  const { page, state, show, close } = await open();
  const selfie = page.locator('akiba-selfie');
  await show('On a phone');
  await selfie.getByText('42', { exact: true }).waitFor();
  await page.getByText('Every error code').click();
  const codes = ['refused', 'wrong-number', 'expired', 'ended', 'disowned'].map((name) => `handoff-${name}`);
  for (const code of codes) {
    await show(code);
    await page.locator('#events li', { hasText: code }).waitFor();
  }
  assert.deepEqual((await failures(page)).toSorted(), codes.toSorted());
  await show('Consent');
  await state('consent');
  await close();
});

test('codes that need the page again: the page opens with them', async () => {
  const { page, open: again, state, close } = await open('?show=wasm-missing');
  await state('failed');
  assert.deepEqual(await failures(page), ['wasm-missing']);
  await again('?show=consent');
  await state('consent');
  await close();
});

test('axe finds nothing at 360 and 1280 px, light and dark, and nothing scrolls sideways', async () => {
  const { page, state, close } = await open('?show=framing', { reducedMotion: 'reduce' });
  await state('framing');
  for (const text of ['Every hint', 'Every error code', 'Every custom property']) await page.getByText(text).click();
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 740 });
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], `${width} px, ${colorScheme}`);
    }
    const session = await page.context().newCDPSession(page);
    await session.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
    const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    assert.equal(await page.evaluate(sideways), 0, `${width} px, text at 200 %`);
    await session.send('Page.setFontSizes', { fontSizes: { standard: 16, fixed: 13 } });
  }
  await close();
});

test('every error code of the documentation has a button, and every attribute a control', async () => {
  const { page, close } = await open();
  const embedding = await readFile(new URL('../../docs/embedding.md', import.meta.url), 'utf8');
  const table = (title) => embedding.split(`## ${title}\n`)[1].split('\n## ')[0];
  const names = (text) => [...text.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
  const buttons = await page.locator('#failures button').evaluateAll((all) => all.map((one) => one.value));
  assert.deepEqual(buttons.toSorted(), names(table('Error codes')).toSorted());
  const controls = await page.locator('#settings [name]').evaluateAll((all) => all.map((one) => one.name));
  const fixed = ['relay', 'device-id', 'link-path', 'verify-path', 'handoff'];
  assert.deepEqual([...controls, ...fixed].toSorted(), names(table('Attributes')).toSorted());
  await close();
});
