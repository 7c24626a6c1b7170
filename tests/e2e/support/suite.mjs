// The set-up of an end-to-end test file: the demo, a browser whose camera shows a face, and for each test a page that
// is watched for errors.
//
// Exports: `suite()`.

import { after, afterEach, before } from 'node:test';

import { film } from '../../fixtures/face/film.mjs';
import { launch } from './browser.mjs';
import { startDemo } from './demo.mjs';
import { Selfie } from './selfie.mjs';
import { watch } from './watch.mjs';

/** @import { BrowserContext, Page } from 'playwright-core' */

/**
 * Registers the hooks of a test file.
 * @param {object} [settings]
 * @param {string[]} [settings.demo] arguments of the demo
 * @param {'off' | 'required'} [settings.sessions] whether the demo's page has a back end that creates sessions
 * @param {string[]} [settings.relay] more arguments of the relay
 * @param {object} [settings.browser] settings of the browser: see `launch()`
 * @returns an object whose fields are set before the first test runs
 */
export function suite({ demo: args = [], sessions = 'off', relay = [], browser = {} } = {}) {
  /**
   * @typedef {object} Opening
   * @property {string} [url]
   * @property {RegExp[]} [expected] console errors that the test causes
   * @property {import('playwright-core').BrowserContextOptions} [context]
   * @property {(page: Page, context: BrowserContext) => unknown} [prepare] runs before the page opens
   */
  const suite = {
    demo: /** @type {Awaited<ReturnType<typeof startDemo>>} */ (undefined),
    browser: /** @type {import('playwright-core').Browser} */ (undefined),
    film: /** @type {Awaited<ReturnType<typeof film>>} */ (undefined),
    open: openPage,
  };
  const open = [];

  before(async () => {
    suite.film = await film();
    suite.demo = await startDemo({ args, sessions, relay });
    suite.browser = await launch({ film: suite.film.file, ...browser });
  });

  after(async () => {
    await suite.browser?.close();
    await suite.demo?.stop();
  });

  afterEach(async () => {
    const pages = open.splice(0);
    for (const { context, watched } of pages) {
      await watched.settle();
      await context.close();
    }
    for (const { watched } of pages) watched.clean();
  });

  /**
   * Opens a page in a new context.
   * @param {Opening} [opening]
   * @returns {Promise<Selfie>}
   */
  async function openPage({ url = `${suite.demo.page}/`, expected = [], context: settings = {}, prepare } = {}) {
    const context = await suite.browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
    const page = await context.newPage();
    open.push({ context, watched: await watch(page, expected) });
    await prepare?.(page, context);
    return Selfie.open(page, url);
  }
  return suite;
}
