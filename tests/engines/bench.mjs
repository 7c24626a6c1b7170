// What a scenario gets: an engine, and the demo with and without sessions (`Bench`).

import { startDemo } from '../e2e/support/demo.mjs';
import { ENGINES } from './drivers/index.mjs';

/** @import { EnginePage } from './drivers/engine-page.mjs' */
/** @import { Settings } from './drivers/index.mjs' */

/**
 * A scenario.
 * @typedef {object} Scenario
 * @property {string} name
 * @property {boolean} [short] whether `make test` runs it, and not only `make engines`
 * @property {Record<string, string>} [not] why an engine can't run it
 * @property {(bench: Bench) => Promise<void>} run
 */

/** Starts the demo's two modes, for all engines. */
export async function startDemos() {
  // Links must stay valid on a busy machine.
  const args = ['--link-life', '600'];
  const [plain, sessions] = await Promise.all([startDemo({ args }), startDemo({ args, sessions: 'required' })]);
  const stop = async () => {
    await Promise.all([plain.stop(), sessions.stop()]);
  };
  return { plain, sessions, stop };
}

export class Bench {
  /** @type {(EnginePage | { close(): Promise<void> })[]} */
  #open = [];
  #shared;

  /**
   * @param {keyof typeof ENGINES} engine
   * @param {Awaited<ReturnType<typeof startDemos>>} demos
   */
  constructor(engine, demos) {
    this.engine = engine;
    this.demo = demos.plain;
    this.sessions = demos.sessions;
  }

  /** Starts the browser that scenarios share, and returns its version. */
  async start() {
    this.#shared = await ENGINES[this.engine].launch({});
    return this.#shared.version;
  }

  /** Opens a page, in a browser of its own if it needs settings. @param {Settings} [settings] @returns {Promise<EnginePage>} */
  async open(settings) {
    const browser = settings ? await ENGINES[this.engine].launch(settings) : this.#shared;
    if (settings) this.#open.push(browser);
    const page = await browser.open();
    this.#open.push(page);
    return page;
  }

  /** The demo's page with a camera that shows a face. @param {Record<string, string>} [more] of the query */
  url(more = {}, demo = this.demo) {
    return `${demo.page}/?${new URLSearchParams({ camera: 'face', ...more })}`;
  }

  /** Writes a picture of the page that was opened last. @param {string} path */
  async screenshot(path) {
    const page = this.#open.findLast((opened) => 'screenshot' in opened);
    await /** @type {EnginePage} */ (page)?.screenshot(path);
  }

  /** Closes what a scenario has opened, all of it: a browser that stays would keep the test from ending. */
  async leave() {
    const failures = [];
    for (const opened of this.#open.splice(0).reverse()) {
      await opened.close().catch((/** @type {unknown} */ error) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async stop() {
    await this.leave().finally(() => this.#shared?.close());
  }
}
