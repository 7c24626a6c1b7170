// What every end-to-end test file begins with: a demo, a browser with a face before its camera, and for each test a page
// that is watched.
//
// Exports: `suite()`.

import { after, afterEach, before } from 'node:test';

import { film } from '../../fixtures/face/film.mjs';
import { launch } from './browser.mjs';
import { startDemo } from './demo.mjs';
import { Selfie } from './selfie.mjs';
import { watch } from './watch.mjs';

/**
 * @param {object} [settings]
 * @param {string[]} [settings.demo] arguments of the demo
 * @param {'off' | 'required'} [settings.sessions] whether the demo's page has a back end that makes sessions
 * @param {string[]} [settings.relay] further arguments of the relay
 * @param {object} [settings.browser] settings of the browser, see `launch()`
 * @returns an object whose fields are there once the tests run
 */
export function suite({ demo: args = [], sessions = 'off', relay = [], browser = {} } = {}) {
  const suite = { demo: undefined, browser: undefined, film: undefined };
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
   * Opens a page in a context of its own. `expected` are console errors that the test brings about itself.
   * @returns {Promise<Selfie>}
   */
  suite.open = async ({ url = `${suite.demo.page}/`, expected = [], context: settings = {}, prepare } = {}) => {
    const context = await suite.browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
    const page = await context.newPage();
    open.push({ context, watched: await watch(page, expected) });
    await prepare?.(page, context);
    return Selfie.open(page, url);
  };
  return suite;
}
