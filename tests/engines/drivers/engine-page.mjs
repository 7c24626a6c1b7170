// A page in some engine, as the scenarios use it. Each driver extends `EnginePage` with what its engine needs.
//
// Exports: `EnginePage`, `preload()`.

import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a step may take by default, in milliseconds. */
const PATIENCE = 20_000;
/** The interval between two looks at the page, in milliseconds. */
const POLL = 60;

/** Returns the first script of each page. */
export async function preload() {
  const read = (name, encoding) => readFile(new URL(name, import.meta.url), encoding);
  const portrait = await read('../../fixtures/face/collins.jpg', 'base64');
  return `{const PORTRAIT='${portrait}';\n${await read('../forced.js', 'utf8')}\n${await read('../preload.js', 'utf8')}}`;
}

/** @returns {never} */
const missing = () => {
  throw new Error('this driver can not do that');
};

/** A page. Each driver implements the methods before `until()`. */
export class EnginePage {
  /** @type {string} `chromium`, `firefox` or `webkit` */
  engine;

  /** Opens a URL and waits until it has loaded. @param {string} _url @returns {Promise<void>} */
  async goto(_url) {
    missing();
  }

  /**
   * Calls a function in the page.
   * @param {((arg: any) => any) | string} _find
   * @param {unknown} [_arg]
   * @returns {Promise<any>} what it returns or resolves to
   */
  async evaluate(_find, _arg) {
    missing();
  }

  /** Clicks on the element that a function of the page returns. @param {(arg: any) => any} _find @param {unknown} [_arg] */
  async click(_find, _arg) {
    missing();
  }

  /** Chooses a file in the element's first field for files. @param {string} _path */
  async choose(_path) {
    missing();
  }

  /** Presses a key. @param {'Tab' | 'Enter' | 'Space'} _name */
  async key(_name) {
    missing();
  }

  /** Changes the size of the page. @param {number} _width @param {number} _height */
  async resize(_width, _height) {
    missing();
  }

  /** @param {boolean} _offline */
  async offline(_offline) {
    missing();
  }

  /** Goes back (-1) or forward (1). @param {number} _steps */
  async history(_steps) {
    missing();
  }

  /** Goes to another page so that the way back is a step of the history. @param {string} _url */
  async leaveFor(_url) {
    missing();
  }

  /** Writes a picture of the page. @param {string} _path */
  async screenshot(_path) {
    missing();
  }

  async close() {}

  /** Waits until a function of the page returns something, and returns it. */
  async until(find, arg = null, patience = PATIENCE) {
    for (const end = Date.now() + patience; ; ) {
      // While the page goes elsewhere, it answers nothing.
      const found = await this.evaluate(find, arg).catch((error) => {
        if (!/navigat|context|destroyed|detached|realm|frame|probe/i.test(String(error))) throw error;
      });
      if (found) return found;
      if (Date.now() > end) {
        const story = await this.evaluate(() => [
          ...probe.story(),
          ...probe.presses,
          ...probe.errors,
          `now ${probe.state()}`,
        ]).catch(String);
        throw new Error(`never ${find} ${JSON.stringify(arg)}; so far: ${story}`);
      }
      await pause(POLL);
    }
  }

  /** Waits for a state of the element. @param {string | string[]} names @param {string} [selector] */
  state(names, selector, patience = PATIENCE) {
    return this.until(
      ([names, selector]) => names.includes(probe.state(selector)),
      [[names].flat(), selector],
      patience,
    );
  }

  /** Waits for the last event with this name. @param {string} type @returns {Promise<any>} */
  event(type, patience = PATIENCE) {
    return this.until((type) => probe.last(type), type, patience);
  }

  /** Clicks on a button, once a person would have seen it. @param {string} pattern @param {string} [selector] */
  async press(pattern, selector) {
    for (let left = 5; ; left -= 1) {
      await this.until((wanted) => Boolean(probe.seenButton(wanted)), [pattern, selector]);
      try {
        return await this.click((wanted) => probe.seenButton(wanted), [pattern, selector]);
      } catch (error) {
        // On a busy machine the screen is drawn between the two looks.
        if (left === 0 || !/nothing there/.test(String(error))) throw error;
      }
    }
  }

  /** Opens the demo's page with a camera and waits for the first screen. @param {string} url */
  async start(url) {
    await this.goto(url);
    await this.until(() => Boolean(probe.button('Start')));
  }

  /** Starts and agrees to the camera. */
  async agree() {
    await this.press('Start');
    await this.press('I agree, open the camera');
  }

  /** Sets in the demo's page whether the person takes the photo. */
  async byHand(manual = true) {
    await this.evaluate((checked) => {
      const box = /** @type {HTMLInputElement} */ (document.querySelector('#settings [name=manual]'));
      box.checked = checked;
      box.dispatchEvent(new Event('input', { bubbles: true }));
    }, manual);
  }

  /** Opens the demo's page and goes to the camera's picture, where the person takes the photo. @param {string} url */
  async frame(url) {
    await this.start(url);
    await this.byHand();
    await this.agree();
    await this.state('framing');
  }

  async shoot() {
    await this.press('Take the photo');
    await this.state('review');
  }

  /** Sends the photo and waits for the end. @returns {Promise<string>} its state */
  async send() {
    await this.press('Use this photo|Use it anyway');
    await this.state(['done', 'failed'], undefined, 60_000);
    return this.evaluate(() => probe.state());
  }

  /** Returns what went wrong in the page, without what the scenario expects. @param {RegExp[]} [expected] */
  async wrong(expected = []) {
    const all = await this.evaluate(() => [...probe.errors, ...probe.reports]);
    return all.filter((error) => !expected.some((pattern) => pattern.test(error)));
  }
}
