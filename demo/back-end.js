/* The page's calls to the bank's server: for a session at the start, and for the verdict. */

import { find } from './dom.js';

/** @typedef {{ type: string }} Webhook */
/** @typedef {{ state: string, outcome: string | null, webhooks: Webhook[] }} Known */

/** Pause between two polls for a webhook, in milliseconds. */
const PAUSE = 400;
/** How often the page polls for it. */
const LOOKS = 40;

/** The client of the bank's server, and the panel that shows its answers. */
export class BackEnd {
  #base;
  /** @type {string | undefined} */
  #identifier;
  /** @type {string | undefined} */
  #session;
  #looking = 0;
  #panel = find('.bank', HTMLElement);

  /** @param {string} base the server's URL */
  constructor(base) {
    this.#base = base;
    this.#panel.hidden = false;
    find('#bank-says', HTMLElement, this.#panel).textContent = 'The page asks it for a session when you start.';
    for (const button of find('#reconcile', HTMLElement, this.#panel).querySelectorAll('button')) {
      button.addEventListener('click', () => this.#reconcile(button.value));
    }
  }

  /** Returns the server that the page names, if it names one. */
  static ofPage() {
    const named = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name=back-end]'));
    return named ? new BackEnd(named.content) : undefined;
  }

  /**
   * Chooses the person for the next session, and returns whether it is another one than before. A real server takes the
   * person from its login.
   * @param {string} identifier
   */
  chooses(identifier) {
    const changed = this.#identifier !== undefined && this.#identifier !== identifier;
    this.#identifier = identifier;
    return changed;
  }

  /**
   * Returns the token of a new session, for the widget's property `session`.
   * @param {{ reason: 'start' | 'expired' }} request
   * @returns {Promise<string>}
   */
  async session({ reason }) {
    const created = await this.#ask('session', { identifier: this.#identifier });
    this.#session = created.session_id;
    this.#say(
      'created',
      reason === 'expired' ? 'The last session had ended: the page has a new one.' : 'The page has a session.',
    );
    return created.session_token;
  }

  /**
   * Asks the server for the verdict when an event of the widget says that there may be one.
   * @param {CustomEvent} event
   */
  follow({ type, detail }) {
    const moved = type === 'selfie-verified' || type === 'selfie-rejected' || type === 'selfie-error';
    if (this.#session && (moved || (type === 'selfie-progress' && detail.phase === 'verifying'))) this.#look();
  }

  /** Polls until a webhook has reported the session's state. */
  async #look() {
    const turn = ++this.#looking;
    for (let look = 0; look < LOOKS && turn === this.#looking; look += 1) {
      /** @type {Known | undefined} */
      const known = await this.#ask(`session/${this.#session}`).catch(() => undefined);
      if (turn !== this.#looking) return;
      if (known && this.#show(known)) return;
      await new Promise((wake) => setTimeout(wake, PAUSE));
    }
  }

  /**
   * Shows the server's answer, and returns whether it is final.
   * @param {Known} known
   */
  #show(known) {
    const { state, outcome, webhooks } = known;
    find('#bank-knows', HTMLElement, this.#panel).textContent = JSON.stringify(known, null, 2);
    find('#reconcile', HTMLElement, this.#panel).hidden = state !== 'unknown';
    const reported = webhooks.some(({ type }) => type === `session.${state}`);
    const how = reported ? 'by webhook, signature valid' : 'its webhook is on the way';
    switch (state) {
      case 'verified':
      case 'rejected':
        this.#say(state, `The back end's verdict: ${outcome}, ${how}.`);
        return reported;
      case 'unknown':
        this.#say(
          state,
          'The relay asked the vendor, and the answer was lost. The back end decides: asking again may cost again.',
        );
        return reported;
      case 'expired':
        this.#say(state, 'The session ended without a verdict.');
        return true;
      default:
        this.#say(state, 'No verdict yet.');
        return false;
    }
  }

  /** @param {string} action */
  async #reconcile(action) {
    /** @type {Known | undefined} */
    const known = await this.#ask(`session/${this.#session}/reconcile`, { action }).catch(() => undefined);
    if (known) this.#show(known);
    this.#look();
  }

  /**
   * @param {string} state
   * @param {string} sentence
   */
  #say(state, sentence) {
    const output = find('#bank-state', HTMLOutputElement, this.#panel);
    output.value = state;
    output.dataset.state = state;
    find('#bank-says', HTMLElement, this.#panel).textContent = sentence;
  }

  /**
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #ask(path, body) {
    const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${this.#base}/${path}`, body && request);
    if (!answer.ok) throw new Error(`the bank's server answered ${answer.status}`);
    return answer.json();
  }
}
