// The set-up of a test file of the element class: a server with the package, in which a recorder replaces the widget,
// and a new page for each test.

import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach } from 'node:test';
import { packed, translations } from '../../../scripts/catalogues.mjs';
import { launch } from '../../e2e/support/browser.mjs';
import { serve } from '../../e2e/support/site.mjs';
import { watch } from '../../e2e/support/watch.mjs';

export const WASM = '/akiba-selfie/pkg/akiba-selfie_bg.wasm';
export const REST = '/akiba-selfie/pkg/akiba-selfie_rest.wasm';
/** The smallest module: the magic number and the version. */
const EMPTY_MODULE = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

const HELPERS = readFileSync(new URL('../recorder/helpers.js', import.meta.url));
const www = new URL('../../../www/', import.meta.url);
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof watch>>} */
let watched;
/** The server of the page and the package. @type {Awaited<ReturnType<typeof serve>>} */
export let site;
/** A new page for each test. @type {import('playwright-core').Page} */
export let page;
/** Console errors that a test causes. @type {RegExp[]} */
export let expected;

/** What the server has. @type {Record<string, string | URL | Buffer>} */
export let routes;

before(async () => {
  browser = await launch();
  routes = {
    '/': Buffer.from('<!doctype html><html lang="zu"><title>test</title><link rel="icon" href="/icon.svg">'),
    '/icon.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    '/akiba-selfie/': www,
    '/akiba-selfie/pkg/': new URL('../recorder/', import.meta.url),
    '/helpers.js': HELPERS,
    [WASM]: EMPTY_MODULE,
    [REST]: EMPTY_MODULE,
  };
  for (const catalogue of translations()) {
    const module = `export default ${JSON.stringify(packed(catalogue))}`;
    routes[`/akiba-selfie/lang/${catalogue.tag}.lang.js`] = Buffer.from(module);
  }
  site = await serve(routes);
});

after(async () => {
  await browser?.close();
  await site?.close();
});

beforeEach(async () => {
  expected = [];
  page = await browser.newPage();
  watched = await watch(page, expected);
  await page.goto(`${site.origin}/`);
});

afterEach(async () => {
  site.broken.clear();
  await watched.settle();
  await page.close();
  watched.clean();
});
