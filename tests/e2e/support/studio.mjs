// The demo with browsers for every kind of camera, in which a test visits the states of the widget (`Studio`).

import { blackFilm } from '../../fixtures/black/film.mjs';
import { film } from '../../fixtures/face/film.mjs';
import { sceneFilm } from '../../fixtures/face/scenes.mjs';
import { launch } from './browser.mjs';
import { startDemo } from './demo.mjs';
import { Selfie } from './selfie.mjs';
import { watch } from './watch.mjs';

/** @import { Browser, BrowserContextOptions, Page } from 'playwright-core' */
/** @import { State } from './states.mjs' */

/** What the camera shows, and whether the browser grants it. */
export const CAMERAS = {
  face: async () => ({ film: (await film()).file }),
  black: async () => ({ film: await blackFilm() }),
  none: async () => ({ film: null }),
  refused: async () => ({ film: (await film()).file, grant: false }),
};

/** The demo, and a browser for each camera, which starts when the first state needs it. */
export class Studio {
  /** @type {Map<string, Promise<Browser>>} */
  #browsers = new Map();

  /** @param {Awaited<ReturnType<typeof startDemo>>} demo */
  constructor(demo) {
    this.demo = demo;
  }

  static async start() {
    // Links must stay valid while a test runs the page's clock ahead.
    return new Studio(await startDemo({ args: ['--link-life', '3600'] }));
  }

  async close() {
    for (const browser of this.#browsers.values()) await (await browser).close();
    await this.demo.stop();
  }

  /** @param {keyof typeof CAMERAS} camera */
  browser(camera) {
    if (!this.#browsers.has(camera)) this.#browsers.set(camera, CAMERAS[camera]().then(launch));
    return this.#browsers.get(camera);
  }

  /**
   * Opens a new page and walks to a state.
   * @param {State} state
   * @param {BrowserContextOptions} [settings]
   * @returns {Promise<{selfie: Selfie, page: Page, close(): Promise<void>}>} `close()` fails if the page had an error
   */
  async visit({ camera = 'face', scenes, clock, expected, prepare, walk }, settings = {}) {
    const browser = scenes ? await launch({ film: await sceneFilm(scenes) }) : await this.browser(camera);
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, ...settings });
    if (camera === 'refused') await context.grantPermissions([], { origin: this.demo.page });
    const page = await context.newPage();
    const watched = await watch(page, expected);
    await page.addInitScript(() => {
      // For tools that inspect the page while its clock is stopped.
      globalThis.realTimers = { setTimeout: setTimeout.bind(globalThis) };
      globalThis.clearReal = clearTimeout.bind(globalThis);
    });
    await page.addInitScript(listen);
    if (clock) await page.clock.install();
    await prepare?.(page, this);
    const leave = () => (scenes ? browser.close() : context.close());
    const close = async () => {
      await leave();
      watched.clean();
    };
    try {
      const selfie = await Selfie.open(page, `${this.demo.page}/`);
      await walk(selfie, this);
      return { selfie, page, close };
    } catch (error) {
      await leave();
      throw error;
    }
  }
}

/** Runs in the page before its first script: keeps what live regions said, as the widget clears them a second later. */
function listen() {
  globalThis.announced = [];
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    const root = attach.call(this, init);
    const note = () => {
      for (const region of root.querySelectorAll('[aria-live]')) {
        const text = region.textContent?.replace(/\s+/g, ' ').trim();
        if (text && !announced.includes(text)) announced.push(text);
      }
    };
    new MutationObserver(note).observe(root, { childList: true, subtree: true, characterData: true });
    return root;
  };
}
