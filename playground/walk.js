/* Leads the element to a state, as a person and the page's script would. */

import { calm, pause } from './world.js';

/** @import { AkibaSelfieElement } from '../www/index.js' */

/** How long a step may take, in seconds. A photo is encoded several times, and phones are slow. */
const PATIENCE = 30;
/** The time between two looks, in seconds. */
const LOOK = 0.05;

/** A walk to a state. Another walk ends it. */
export class Walk {
  /** @type {Walk | undefined} */
  static #current;
  /** Attributes that a walk has changed, with their values before. @type {Map<string, string | null>} */
  static #changed = new Map();
  /** The hints that the element has shown. @type {string[]} */
  #hints = [];
  #over = new AbortController();

  /** @param {AkibaSelfieElement} selfie */
  constructor(selfie) {
    this.selfie = selfie;
    const { signal } = this.#over;
    selfie.addEventListener('selfie-guidance', ({ detail }) => this.#hints.push(detail.hint), { signal });
  }

  /** Whether the element has shown a hint. @param {string} hint */
  wasTold(hint) {
    return this.#hints.includes(hint);
  }

  /** Waits. @param {number} seconds */
  rest(seconds) {
    return pause(seconds, this.#over.signal);
  }

  /**
   * Ends the current walk and what it changed, returns to the first screen, and walks.
   * @param {AkibaSelfieElement} selfie
   * @param {(walk: Walk) => unknown} go
   * @returns {Promise<string | undefined>} why it did not get there
   */
  static async begin(selfie, go) {
    const walk = new Walk(selfie);
    if (Walk.#current) Walk.#current.#over.abort();
    Walk.#current = walk;
    calm();
    for (const [name, value] of Walk.#changed) put(selfie, name, value);
    Walk.#changed.clear();
    selfie.reset();
    try {
      await walk.until('idle');
      await go(walk);
      return undefined;
    } catch (error) {
      return walk.#over.signal.aborted ? undefined : /** @type {Error} */ (error).message;
    }
  }

  /**
   * Sets an attribute for this walk.
   * @param {string} name
   * @param {string | null} value null to remove it
   */
  set(name, value) {
    if (!Walk.#changed.has(name)) Walk.#changed.set(name, this.selfie.getAttribute(name));
    put(this.selfie, name, value);
  }

  /** Goes to the code for a phone. */
  async handOff() {
    this.set('handoff', 'prefer');
    this.selfie.start();
    await this.until('handoff');
  }

  /** Waits for one of these states. @param {string[]} states */
  async until(...states) {
    await this.see(() => states.includes(this.selfie.state), states.join(' or '));
  }

  /**
   * Waits until something is there.
   * @template T
   * @param {() => T} look
   * @param {string} name
   * @returns {Promise<NonNullable<T>>}
   */
  async see(look, name) {
    for (let left = PATIENCE / LOOK; left > 0; left -= 1) {
      const found = look();
      if (found) return found;
      await pause(LOOK, this.#over.signal);
    }
    throw new Error(`It never came to: ${name}. It is: ${this.selfie.state}.`);
  }

  /** Goes to the consent screen. */
  async consent() {
    this.set('no-consent', null);
    this.selfie.start();
    await this.until('consent');
  }

  /** Goes to the browser's question for the camera. */
  async agree() {
    await this.consent();
    const button = await this.see(() => this.#find('.primary'), 'the button of the consent');
    button.click();
    await this.see(() => this.selfie.state !== 'consent', 'starting');
  }

  /** Goes to the camera's picture. */
  async frame() {
    await this.agree();
    await this.until('framing');
  }

  /** Goes to the review of a photo. */
  async review() {
    this.set('no-review', null);
    await this.frame();
    await this.shoot('review');
  }

  /** Takes a photo as soon as the element does. @param {string[]} states what comes then */
  async shoot(...states) {
    await this.see(() => {
      if (this.selfie.state === 'framing') this.selfie.capture();
      return states.includes(this.selfie.state);
    }, states.join(' or '));
  }

  /** Goes back to the camera. */
  async retake() {
    await this.see(() => {
      this.selfie.retake();
      return this.selfie.state !== 'review';
    }, 'the camera again');
  }

  /** Sends a photo. */
  async send() {
    await this.review();
    await this.see(() => {
      this.selfie.submit();
      return this.selfie.state !== 'review';
    }, 'submitting');
  }

  /** Chooses a file. @param {File} file */
  async choose(file) {
    this.set('no-file', null);
    await this.frame();
    const input = await this.see(
      () => /** @type {HTMLInputElement | null} */ (this.#find('input[type=file]')),
      'a file',
    );
    const files = new DataTransfer();
    files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** @param {string} selector */
  #find(selector) {
    return /** @type {HTMLElement | null | undefined} */ (this.selfie.shadowRoot?.querySelector(selector));
  }
}

/** @param {Element} element @param {string} name @param {string | null} value */
function put(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
