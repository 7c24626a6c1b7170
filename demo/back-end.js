/* The bank's own server, as its page asks it: for a session at the start, and for what it knows of the verdict. */

/** Pauses between two looks for a webhook, in milliseconds. */
const PAUSE = 400;
/** How often it is looked for. */
const LOOKS = 40;

/** The page's side of the bank's server, and the panel that shows what that knows. */
export class BackEnd {
  #base;
  #identifier;
  #session;
  #looking = 0;
  #panel = document.querySelector('.bank');

  /** @param {string} base where the server is */
  constructor(base) {
    this.#base = base;
    this.#panel.hidden = false;
    this.#panel.querySelector('#bank-says').textContent = 'The page asks it for a session when you begin.';
    for (const button of this.#panel.querySelectorAll('#reconcile button')) {
      button.addEventListener('click', () => this.#reconcile(button.value));
    }
  }

  /** The server that this page names, if it names one. */
  static ofPage() {
    const named = document.querySelector('meta[name=back-end]');
    return named ? new BackEnd(named.content) : undefined;
  }

  /** Whom the next session is for; whether that is somebody else than before. A real server knows by itself. */
  chooses(identifier) {
    const changed = this.#identifier !== undefined && this.#identifier !== identifier;
    this.#identifier = identifier;
    return changed;
  }

  /** What the widget's property `session` is: the token of a new session. */
  async session({ reason }) {
    const created = await this.#ask('session', { identifier: this.#identifier });
    this.#session = created.session_id;
    this.#say(
      'created',
      reason === 'expired' ? 'The session was over: here is another one.' : 'The page has a session.',
    );
    return created.session_token;
  }

  /** Looks what the server knows when the widget says that something has happened. */
  follow({ type, detail }) {
    const moved = type === 'selfie-verified' || type === 'selfie-rejected' || type === 'selfie-error';
    if (this.#session && (moved || (type === 'selfie-progress' && detail.phase === 'verifying'))) this.#look();
  }

  /** Looks until a webhook has told of the state that the session is in. */
  async #look() {
    const turn = ++this.#looking;
    for (let look = 0; look < LOOKS && turn === this.#looking; look += 1) {
      const known = await this.#ask(`session/${this.#session}`).catch(() => undefined);
      if (turn !== this.#looking) return;
      if (known && this.#show(known)) return;
      await new Promise((wake) => setTimeout(wake, PAUSE));
    }
  }

  /** Shows what the server knows, and says whether that is final. */
  #show(known) {
    const { state, outcome, webhooks } = known;
    this.#panel.querySelector('#bank-knows').textContent = JSON.stringify(known, null, 2);
    this.#panel.querySelector('#reconcile').hidden = state !== 'unknown';
    const told = webhooks.findLast(({ type }) => type === `session.${state}`);
    const how = told ? 'by webhook, signature valid' : 'its webhook is on the way';
    switch (state) {
      case 'verified':
      case 'rejected':
        this.#say(state, `The back end's verdict: ${outcome}, ${how}.`);
        return Boolean(told);
      case 'unknown':
        this.#say(
          state,
          'The vendor was asked and its answer was lost. The back end decides: asking again may cost again.',
        );
        return Boolean(told);
      case 'expired':
        this.#say(state, 'The session ended with no verdict.');
        return true;
      default:
        this.#say(state, 'No verdict yet.');
        return false;
    }
  }

  async #reconcile(action) {
    const known = await this.#ask(`session/${this.#session}/reconcile`, { action }).catch(() => undefined);
    if (known) this.#show(known);
    this.#look();
  }

  #say(state, sentence) {
    const output = this.#panel.querySelector('#bank-state');
    output.value = state;
    output.dataset.state = state;
    this.#panel.querySelector('#bank-says').textContent = sentence;
  }

  async #ask(path, body) {
    const answer = await fetch(`${this.#base}/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: body && { 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the bank's server answered ${answer.status}`);
    return answer.json();
  }
}
