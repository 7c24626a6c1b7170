// What Chromium and Firefox share: both are driven by Playwright.
//
// Exports: `PlaywrightPage`.

import { setTimeout as pause } from 'node:timers/promises';

import { EnginePage, preload } from './engine-page.mjs';

/** @import { Browser, BrowserContextOptions, Page } from 'playwright-core' */

export class PlaywrightPage extends EnginePage {
  /** @type {Page} */
  page;

  /**
   * Opens a page of its own.
   * @param {string} engine
   * @param {Browser} browser
   * @param {BrowserContextOptions} [settings]
   */
  static async open(engine, browser, settings = {}) {
    const opened = new this();
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, ...settings });
    await context.addInitScript(await preload());
    opened.engine = engine;
    opened.page = await context.newPage();
    return opened;
  }

  async goto(url) {
    await this.page.goto(url);
  }

  evaluate(find, arg) {
    return this.page.evaluate(find, arg);
  }

  async #handle(find, arg) {
    const element = (await this.page.evaluateHandle(find, arg)).asElement();
    if (!element) throw new Error(`nothing there: ${find} ${JSON.stringify(arg)}`);
    return element;
  }

  async click(find, arg) {
    const [x, y] = await (await this.#handle(find, arg)).evaluate((node) => {
      node.scrollIntoView({ block: 'nearest' });
      const { left, top, width, height } = node.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    });
    // Its own click would wait in Firefox for a navigation that ended when the page came back from the cache.
    await this.page.mouse.click(x, y);
  }

  async choose(path) {
    await (await this.#handle(() => probe.file(), null)).setInputFiles(path);
  }

  async key(name) {
    await this.page.keyboard.press(name === 'Space' ? ' ' : name);
  }

  async resize(width, height) {
    await this.page.setViewportSize({ width, height });
  }

  async offline(offline) {
    await this.page.context().setOffline(offline);
  }

  async screenshot(path) {
    await this.page.screenshot({ path });
  }

  /** By the page's own hand: a page of the back/forward cache has no load event to wait for. */
  async history(steps) {
    await this.page.evaluate((steps) => void setTimeout(() => history.go(steps), 0), steps);
    await pause(500);
  }

  async leaveFor(url) {
    await this.page.evaluate((url) => void setTimeout(() => location.assign(url), 0), url);
    await pause(500);
  }

  async close() {
    await this.page.context().close();
  }
}
