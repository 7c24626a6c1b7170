// The element in a page, as a person and as the page's owner meet it (`Selfie`).

import { EVENTS, TAG } from '../../../www/registry.js';

/** How long anything may take, in milliseconds, if nothing else is said. */
const PATIENCE = 15_000;

/** Writes down every event from before the page's first script, and every camera track that was ever handed out. */
function record(events) {
  globalThis.selfieEvents = [];
  globalThis.cameraTracks = [];
  for (const type of events) {
    document.addEventListener(type, (event) => {
      const { bubbles, composed, cancelable, detail } = event;
      selfieEvents.push({ type, bubbles, composed, cancelable, detail, from: event.target.id });
    });
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

/** One `<akiba-selfie>` and what it tells its page. */
export class Selfie {
  /**
   * @param {import('playwright-core').Page} page
   * @param {string} [selector] which element, where the page has several
   */
  constructor(page, selector = TAG) {
    this.page = page;
    this.selector = selector;
    this.element = page.locator(selector);
  }

  /** Opens a page in which events and camera tracks are written down. */
  static async open(page, url) {
    await page.addInitScript(record, EVENTS);
    await page.goto(url);
    const selfie = new Selfie(page);
    await selfie.byHand(true);
    return selfie;
  }

  button(name) {
    return this.element.getByRole('button', { name, exact: true });
  }

  /** Chooses a test identity in the demo page. */
  async identity(id) {
    await this.page.selectOption('#settings [name=identifier]', id);
  }

  /** In the demo page: whether the person takes the photo. If not, one is taken as soon as all is well. */
  async byHand(manual) {
    // Not by a click, which would take the focus.
    await this.page.evaluate((checked) => {
      const box = document.querySelector('#settings [name=manual]');
      if (!box) return;
      box.checked = checked;
      box.dispatchEvent(new Event('input', { bubbles: true }));
    }, manual);
  }

  /** From the first screen to the camera's picture. */
  async frame() {
    await this.button('Start').click();
    await this.button('I agree, open the camera').click();
    await this.state('framing');
  }

  /** From the camera's picture to the review of the photo. */
  async shoot() {
    await this.button('Take the photo').click();
    await this.state('review');
  }

  /** From the review to the sending. */
  async send() {
    await this.element.getByRole('button', { name: /^Use (this photo|it anyway)$/ }).click();
  }

  /** From the first screen to the sending: all that a person does. */
  async takeAndSend() {
    await this.frame();
    await this.shoot();
    await this.send();
  }

  /** Waits for a state. */
  async state(name, timeout = PATIENCE) {
    const reached = ([selector, wanted]) => document.querySelector(selector)?.state === wanted;
    await this.page.waitForFunction(reached, [this.selector, name], { timeout }).catch(async (error) => {
      const events = (await this.events()).map(({ type, detail }) => `${type} ${detail?.state ?? detail?.code ?? ''}`);
      throw new Error(`never «${name}»; the events were: ${events.join(', ')}`, { cause: error });
    });
  }

  /** Waits for the first event of one of these names and returns it. */
  async event(...types) {
    const found = (names) => selfieEvents.some(({ type }) => names.includes(type));
    await this.page.waitForFunction(found, types, { timeout: 2 * PATIENCE });
    return (await this.events()).find(({ type }) => types.includes(type));
  }

  /** The events so far; a blob is told by its type and size. */
  events(...types) {
    return this.page.evaluate((names) => {
      const plain = ({ detail, ...event }) => {
        const { blob } = detail ?? {};
        return { ...event, detail: blob ? { ...detail, blob: { type: blob.type, size: blob.size } } : detail };
      };
      return selfieEvents.filter(({ type }) => names.length === 0 || names.includes(type)).map(plain);
    }, types);
  }

  /** The bytes of the last photo that the page was given. */
  async capturedBytes() {
    const bytes = await this.page.evaluate(async () => {
      const { detail } = selfieEvents.findLast(({ type }) => type === 'selfie-captured');
      return [...new Uint8Array(await detail.blob.arrayBuffer())];
    });
    return Buffer.from(bytes);
  }

  /** How many of the camera's tracks were handed out, and how many still run. */
  tracks() {
    return this.page.evaluate(() => ({
      all: cameraTracks.length,
      live: cameraTracks.filter(({ readyState }) => readyState === 'live').length,
    }));
  }
}
