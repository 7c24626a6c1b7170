// The documentation site in a browser: it calls nobody else, fits a phone, works with the keyboard, and axe-core finds
// nothing. Needs `make site`.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { violations } from '../e2e/support/axe.mjs';
import { launch } from '../e2e/support/browser.mjs';
import { freePort, serveFolder } from '../matrix/support/server.mjs';

const folder = fileURLToPath(new URL('../../build/site-docs/', import.meta.url));
const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 900 },
];
/** One page of each kind. axe takes a second for each. */
const KINDS = ['', 'quick-start/', 'embedding/', 'reference/element/', 'reference/endpoints/', '404.html'];

const pages = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('index.html') && !name.startsWith('playground'))
      .map((name) => name.replace(/index\.html$/, ''))
  : [];

let browser;
let server;
let origin;

before(async () => {
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  server = await serveFolder(folder, { port });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/**
 * Opens a page. Requests to other hosts fail and are in the list.
 * @param {object} settings of the browser's context
 */
async function visit(settings) {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  const foreign = [];
  await page.route(
    (url) => url.origin !== origin && url.protocol !== 'data:',
    (route) => {
      foreign.push(route.request().url());
      return route.abort();
    },
  );
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  return { context, page, foreign, faults };
}

test('the site has no file of a tool in it', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const tools = files.filter((name) =>
    /\.mjs$|(?:^|\/)(?:node_modules|collections)(?:\/|$)|\.schema\.json$|\.d\.ts$/.test(name),
  );
  assert.deepEqual(tools, []);
});

test('every page fits a phone and calls no other host', async () => {
  assert.ok(pages.length > 40, `only ${pages.length} pages: run make site`);
  const { context, page, foreign, faults } = await visit({ viewport: SIZES[0] });
  const wide = [];
  for (const path of pages) {
    await page.goto(`${origin}/${path}`);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (excess > 0) wide.push(`${path}: ${excess} px`);
    // What is off the screen's side in a table or in code is read by nobody.
    const hidden = await page.evaluate(() =>
      [...document.querySelectorAll('main .table, main pre')]
        .filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => box.textContent.trim().replace(/\s+/g, ' ').slice(0, 40)),
    );
    for (const text of hidden) wide.push(`${path}: «${text}» scrolls sideways`);
  }
  assert.deepEqual({ wide, foreign, faults }, { wide: [], foreign: [], faults: [] });
  await context.close();
});

describe('axe-core finds nothing', () => {
  for (const path of KINDS) {
    test(path || 'the landing page', async () => {
      for (const viewport of SIZES) {
        // The landing page has a look of its own. For the others it is enough that each size and each theme was there.
        const schemes = path === '' ? ['light', 'dark'] : [viewport === SIZES[0] ? 'dark' : 'light'];
        for (const colorScheme of schemes) {
          const { context, page } = await visit({ viewport, colorScheme });
          await page.goto(`${origin}/${path}`);
          assert.deepEqual(await violations(page), [], `${viewport.width} px, ${colorScheme}`);
          await context.close();
        }
      }
    });
  }
});

test('the search finds a page by the keyboard, without another host', async () => {
  const { context, page, foreign } = await visit({ viewport: SIZES[1] });
  await page.goto(`${origin}/`);
  // The button is enabled once the search is ready.
  await page.locator('button[data-open-modal]:not([disabled])').waitFor();
  await page.keyboard.press('Control+k');
  // On a busy machine the dialog opens before it has the field, which then has no focus.
  await page.locator('dialog[open] input').focus();
  await page.keyboard.type('webhook signature');
  const result = page.locator('.pagefind-ui__result-link').first();
  await result.waitFor();
  await result.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname !== '/');
  assert.match(await page.locator('main').innerText(), /webhook/i);
  assert.deepEqual(foreign, []);
  await context.close();
});

test('the first stop of the keyboard skips to the content', async () => {
  const { context, page } = await visit({ viewport: SIZES[1] });
  await page.goto(`${origin}/embedding/`);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#_top');
  await context.close();
});

test('the playground works where the site has it', {
  skip: !existsSync(`${folder}/playground/akiba-selfie`),
}, async () => {
  const { context, page, foreign, faults } = await visit({ viewport: SIZES[0] });
  await page.goto(`${origin}/playground/`);
  await page.locator('akiba-selfie').getByRole('button', { name: 'Start' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Documentation' }).evaluate((link) => link.href), `${origin}/`);
  assert.deepEqual({ foreign, faults }, { foreign: [], faults: [] });
  await context.close();
});

test('braces in a heading are as they are in the list of headings', async () => {
  const { context, page } = await visit({ viewport: SIZES[1] });
  await page.goto(`${origin}/reference/endpoints/`);
  const list = page.getByRole('navigation', { name: 'On this page' });
  assert.match(await list.innerText(), /^GET \/v1\/sessions\/\{id\}$/m);
  await context.close();
});

test('the menu of a phone opens and leads to a page', async () => {
  const { context, page } = await visit({ viewport: SIZES[0] });
  await page.goto(`${origin}/embedding/`);
  await page.getByRole('button', { name: 'Menu' }).press('Enter');
  const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Capacity of the relay' });
  await link.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${origin}/capacity/`);
  await context.close();
});
