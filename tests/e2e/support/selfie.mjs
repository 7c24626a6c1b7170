// The element in a page, used by a person and by the page's own script (`Selfie`).

import { EVENTS, TAG } from '../../../www/registry.js';

/** How long a step may take by default, in milliseconds. */
const PATIENCE = 15_000;
/** How long a person looks at a new screen before a click, in milliseconds. */
const LOOK = 600;

/**
 * Runs in the page before its first script: records every event of the element, every camera track, and the widget's memory.
 * @param {readonly string[]} events
 */
function record(events) {
  globalThis.selfieEvents = [];
  globalThis.changes = new WeakMap();
  globalThis.cameraTracks = [];
  for (const type of events) {
    document.addEventListener(type, (event) => {
      const { target, bubbles, composed, cancelable, detail } = /** @type {CustomEvent} */ (event);
      const { photo, verdict } = /** @type {any} */ (target);
      if (type === 'selfie-statechange') {
        const note = () => changes.set(target, document.timeline.currentTime);
        note();
        // On a busy machine the screen is drawn later than that.
        requestAnimationFrame(() => requestAnimationFrame(note));
      }
      selfieEvents.push({
        type,
        bubbles,
        composed,
        cancelable,
        detail,
        photo,
        verdict,
        from: /** @type {Element} */ (target).id,
      });
    });
  }
  for (const name of /** @type {const} */ (['instantiate', 'instantiateStreaming'])) {
    const start = globalThis.WebAssembly?.[name].bind(WebAssembly);
    if (!start) continue;
    WebAssembly[name] = /** @type {any} */ (
      async (file, imports) => {
        const started = await start(file, imports);
        const exported = Object.values((started.instance ?? started).exports);
        globalThis.widgetMemory ??= exported.find((one) => one instanceof WebAssembly.Memory);
        return started;
      }
    );
  }
  const { mediaDevices } = navigator;
  const ask = mediaDevices?.getUserMedia.bind(mediaDevices);
  if (!ask) return;
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await ask(constraints);
    cameraTracks.push(...stream.getTracks());
    return stream;
  };
}

/** An `<akiba-selfie>` and its events. */
export class Selfie {
  /**
   * @param {import('playwright-core').Page} page
   * @param {string} [selector] which element, if the page has several
   */
  constructor(page, selector = TAG) {
    this.page = page;
    this.selector = selector;
    this.element = page.locator(selector);
  }

  /**
   * Opens a page, and records events and camera tracks in it.
   * @param {import('playwright-core').Page} page
   * @param {string} url
   */
  static async open(page, url) {
    await page.addInitScript(record, EVENTS);
    await page.goto(url);
    const selfie = new Selfie(page);
    await selfie.byHand(true);
    return selfie;
  }

  /** Returns a button of the widget, which is clicked as a person clicks it. @param {string | RegExp} name */
  button(name) {
    const button = this.element.getByRole('button', { name, exact: true });
    const click = button.click.bind(button);
    button.click = async (options) => {
      await button.waitFor();
      await this.looked();
      await click(options);
    };
    return button;
  }

  /** Waits as long as a person needs to see a new screen. The widget ignores clicks before that. */
  async looked() {
    const left = ([selector, look]) => {
      const element = document.querySelector(selector);
      // The page's own clock may be stopped.
      const now = /** @type {number} */ (document.timeline.currentTime);
      if (!changes.has(element)) changes.set(element, now);
      return changes.get(element) + look - now;
    };
    const wait = () => this.page.evaluate(left, [this.selector, LOOK]);
    for (let more = await wait(); more > 0; more = await wait()) {
      await new Promise((wake) => setTimeout(wake, more));
    }
  }

  /** Chooses a test identity in the demo page. @param {string} id */
  async identity(id) {
    await this.page.selectOption('#settings [name=identifier]', id);
  }

  /**
   * Sets in the demo page whether the person takes the photo. If not, the widget takes it when the frame is good.
   * @param {boolean} manual
   */
  async byHand(manual) {
    // A click would move the focus.
    await this.page.evaluate((checked) => {
      const box = /** @type {HTMLInputElement | null} */ (document.querySelector('#settings [name=manual]'));
      if (!box) return;
      box.checked = checked;
      box.dispatchEvent(new Event('input', { bubbles: true }));
    }, manual);
  }

  /** Starts, and agrees to the camera. */
  async agree() {
    await this.button('Start').click();
    // Without WebAssembly no camera opens.
    await this.button(/^I agree/).click();
  }

  /** Goes from the first screen to the camera's picture. */
  async frame() {
    await this.agree();
    await this.state('framing');
  }

  /** Goes from the camera's picture to the review of the photo. */
  async shoot() {
    await this.button('Take the photo').click();
    await this.state('review');
  }

  /** Sends the photo from the review. */
  async send() {
    await this.button(/^Use (this photo|it anyway)$/).click();
  }

  /** Goes from the first screen to the sending: everything that a person does. */
  async takeAndSend() {
    await this.frame();
    await this.shoot();
    await this.send();
  }

  /** Waits for a state. @param {string} name @param {number} [timeout] */
  async state(name, timeout = PATIENCE) {
    const reached = ([selector, wanted]) => /** @type {any} */ (document.querySelector(selector))?.state === wanted;
    await this.page.waitForFunction(reached, [this.selector, name], { timeout }).catch(async (error) => {
      const events = (await this.events()).map(({ type, detail }) => `${type} ${detail?.state ?? detail?.code ?? ''}`);
      throw new Error(`never «${name}»; the events were: ${events.join(', ')}`, { cause: error });
    });
  }

  /** Waits until it was in a state this many times. @param {string} name @param {number} times */
  async passed(name, times) {
    const reached = ([wanted, enough]) =>
      selfieEvents.filter(({ type, detail }) => type === 'selfie-statechange' && detail.state === wanted).length >=
      enough;
    await this.page.waitForFunction(reached, [name, times], { timeout: PATIENCE });
  }

  /** Waits for the first event with one of these names and returns it. @param {string[]} types */
  async event(...types) {
    const found = (names) => selfieEvents.some(({ type }) => names.includes(type));
    await this.page.waitForFunction(found, types, { timeout: 2 * PATIENCE });
    return (await this.events()).find(({ type }) => types.includes(type));
  }

  /**
   * Returns the events so far, or those with these names, each with what the element had then. A photo is its type and
   * size.
   * @param {string[]} types
   */
  events(...types) {
    return this.page.evaluate((names) => {
      const plain = (/** @type {any} */ { photo, ...event }) => ({
        ...event,
        photo: photo && { type: photo.type, size: photo.size },
      });
      return selfieEvents.filter(({ type }) => names.length === 0 || names.includes(type)).map(plain);
    }, types);
  }

  /** Returns the bytes of the last photo that the page got. */
  async capturedBytes() {
    const bytes = await this.page.evaluate(async () => {
      const { photo } = selfieEvents.findLast(({ type }) => type === 'selfie-captured');
      return [...new Uint8Array(await photo.arrayBuffer())];
    });
    return Buffer.from(bytes);
  }

  /** Returns how many camera tracks the page got, and how many of them still run. */
  tracks() {
    return this.page.evaluate(() => ({
      all: cameraTracks.length,
      live: cameraTracks.filter(({ readyState }) => readyState === 'live').length,
    }));
  }
}
