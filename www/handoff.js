/*
 * A selfie that the person takes on a phone: shows the code, the number and how far the phone is, and ends with the relay's
 * verdict. Loaded when the widget shows the screen for it. docs/relay/handoff.md describes the relay's half.
 */

import { caller, Refusal } from './handoff/calls.js';
import { code, style } from './handoff/draw.js';
import * as follow from './handoff/follow.js';
import { wait, within } from './handoff/wait.js';
import { speak } from './handoff/words.js';
import { make } from './make.js';

/** @import { AkibaSelfieElement, SelfieCatalogue } from './index.js' */
/** @import { Widget } from './pkg/akiba-selfie.js' */

export { code };

/** A press this soon after a change was meant for what stood there before. */
const SETTLE = 500;
/** How long to wait for the end of a hand-off before this computer goes on, in milliseconds. */
const END_WITHIN = 5000;

/**
 * Shows a hand-off. Returns what ends it: with the state that follows, also at the relay, unless there is a verdict. Without one,
 * the phone may go on: the page is being left.
 * @param {AkibaSelfieElement} host
 * @param {HTMLElement} root the root of its widget
 * @param {Widget} widget
 * @param {() => string | undefined} lines returns the words of the widget
 * @param {ReadonlyMap<string, SelfieCatalogue>} registered
 * @returns {(next?: string) => void}
 */
export function handOff(host, root, widget, lines, registered) {
  style(/** @type {ShadowRoot} */ (root.getRootNode()));
  const desk = new Desk(host, root, widget, lines, registered);
  desk.begin();
  return (next) => desk.stop(next);
}

/** The desktop's side of one hand-off, or of several if the first one fails. */
class Desk {
  #host;
  #root;
  #widget;
  #lines;
  #registered;
  #call;
  #stopped = new AbortController();
  /** Ends one hand-off: its calls, timers and pauses. */
  #run = new AbortController();
  #id = '';
  #url = '';
  #number = 0;
  /** Until when the link can be opened, or the number chosen. */
  #end = 0;
  /** How far this computer's clock is behind the relay's, in milliseconds. */
  #skew = 0;
  /** @type {follow.Step} */
  #step = 'begin';
  #tried = false;
  #shown = 0;
  /** @type {(key: string) => string} */
  #say = () => '';
  #status = make('div.unseen', { role: 'status' });
  #left = make('p.small.left', { 'aria-hidden': 'true' });

  /**
   * @param {AkibaSelfieElement} host
   * @param {HTMLElement} root
   * @param {Widget} widget
   * @param {() => string | undefined} lines
   * @param {ReadonlyMap<string, SelfieCatalogue>} registered
   */
  constructor(host, root, widget, lines, registered) {
    this.#host = host;
    this.#root = root;
    this.#widget = widget;
    this.#lines = lines;
    this.#registered = registered;
    this.#call = caller(host);
  }

  /** Asks the relay for a code, shows it, and follows the phone. */
  async begin() {
    this.#run.abort();
    const run = new AbortController();
    this.#run = run;
    this.#tried = false;
    const { signal } = run;
    this.#say = await this.#speak();
    if (signal.aborted || this.#stopped.signal.aborted) return;
    await this.#show('begin');
    try {
      try {
        this.#keep(await this.#persist('POST', '/v1/handoffs', signal, 4));
        await this.#show('code');
        this.#renew(signal);
      } catch (error) {
        // A phone may have the session already, from before this page was reloaded.
        if (!(await this.#find(signal))) throw error;
      }
      this.#count(signal);
      await this.#follow(signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error instanceof Refusal ? error.code : undefined);
    }
  }

  #speak() {
    return speak(this.#lines(), this.#host.text, this.#registered, () => import('./handoff-words.js'));
  }

  /** @param {string} [next] */
  stop(next) {
    const open = !this.#run.signal.aborted && this.#id && this.#step !== 'over';
    this.#run.abort();
    this.#stopped.abort();
    if (next && next !== 'done' && open) this.#finish(true);
  }

  /** Finds the hand-off that has the session. Returns whether there is one. @param {AbortSignal} signal */
  async #find(signal) {
    const status = await this.#call('GET', '/v1/handoffs', signal).catch(() => null);
    if (status) this.#id = status.handoff_id;
    // A rejection that it brings along is shown.
    this.#tried = true;
    return Boolean(status);
  }

  /** Keeps what a link comes with. @param {any} answer */
  #keep({ handoff_id: id, url, number, expires_at: end }) {
    [this.#id, this.#url, this.#number] = [id, url, number];
    this.#skew = Date.parse(end) - follow.OPEN_WITHIN - Date.now();
    this.#end = Date.now() + follow.OPEN_WITHIN;
  }

  /**
   * Makes a call until it works, with pauses.
   * @param {'GET' | 'POST'} method
   * @param {string} path
   * @param {AbortSignal} signal
   * @param {number} [most] the most failures
   */
  async #persist(method, path, signal, most = Number.POSITIVE_INFINITY) {
    for (let failed = 0; ; failed += 1) {
      try {
        return await this.#call(method, path, signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof Refusal) || error.code) throw error;
        if (failed >= most) throw new Refusal('relay-unreachable');
        if (failed === 1) this.#announce('RelayUnreachable.title');
        await wait(follow.pause(failed, Math.random()), signal);
      }
    }
  }

  /** Follows the phone until there is a verdict, or it is over. @param {AbortSignal} signal */
  async #follow(signal) {
    // When the person has had enough time for another photo.
    let end = 0;
    for (let version = ''; ; ) {
      const after = version && `?after=${encodeURIComponent(version)}`;
      const call = this.#persist('GET', `/v1/handoffs/${this.#id}${after}`, signal);
      const status = await (this.#step === 'rejected' ? within(call, end - performance.now()) : call);
      // Nobody takes another photo.
      if (!status) return this.#conclude(signal);
      version = status.version;
      if (status.expires_at) this.#end = Date.parse(status.expires_at) - this.#skew;
      this.#tried ||= status.state === 'confirmed' && status.session !== 'rejected';
      const { step, code } = follow.stepOf(status, this.#tried);
      if (code) throw new Refusal(code);
      if (step === 'verdict') return this.#conclude(signal);
      if (step === this.#step) continue;
      end = performance.now() + follow.REJECTED_FOR;
      await this.#show(step);
    }
  }

  /** Hands the relay's verdict to the widget. @param {AbortSignal} signal */
  async #conclude(signal) {
    const verdict = await this.#persist('GET', '', signal);
    // After a rejection, this computer may try.
    if (verdict.outcome !== 'verified') await this.#finish(false);
    this.#widget.handed(verdict);
  }

  /** Replaces the link while it is shown and nobody has opened it. @param {AbortSignal} signal */
  async #renew(signal) {
    for (let renewals = 0; renewals < follow.MOST_RENEWALS; renewals += 1) {
      await wait(follow.RENEW_AFTER, signal);
      if (signal.aborted || this.#step !== 'code') return;
      try {
        this.#keep(await this.#call('POST', `/v1/handoffs/${this.#id}/renew`, signal));
      } catch {
        // It was opened, or it expires. Following it says so.
        return;
      }
      if (this.#step === 'code') this.#root.querySelector('.qr')?.replaceWith(this.#code());
    }
  }

  /** Counts the seconds. @param {AbortSignal} signal */
  async #count(signal) {
    for (let words = this.#lines(); !signal.aborted; ) {
      if (words !== this.#lines()) {
        words = this.#lines();
        this.#say = await this.#speak();
        await this.#show(this.#step);
      }
      this.#tick();
      await wait(1000, signal);
    }
  }

  /** Writes how many seconds are left. */
  #tick() {
    const text = { code: 'Handoff.Fresh', number: 'Handoff.Left' }[/** @type {'code'} */ (this.#step)];
    const left = this.#step === 'code' ? this.#end - follow.OPEN_WITHIN + follow.RENEW_AFTER : this.#end;
    const seconds = String(follow.secondsLeft(left, Date.now()));
    this.#left.textContent = text ? this.#say(text).replace('{n}', seconds) : '';
  }

  /** Ends the hand-off at the relay. @param {boolean} last whether the call goes on without this screen */
  #finish(last) {
    const call = this.#call('POST', `/v1/handoffs/${this.#id}/end`, new AbortController().signal, last);
    return within(
      call.catch(() => {}),
      END_WITHIN,
    );
  }

  /** @param {string} [code] */
  #fail(code = 'relay-unreachable') {
    this.#run.abort();
    const { text, again } = follow.FAILURES[code];
    this.#show('over', code);
    const detail = { code, message: this.#say(text), retryable: again, cause: null };
    this.#host.dispatchEvent(new CustomEvent('selfie-error', { detail, bubbles: true, composed: true }));
  }

  /** Goes on at this computer. The relay must know before this computer asks it for a link. */
  async #here() {
    for (const button of this.#root.querySelectorAll('.place button')) button.setAttribute('disabled', '');
    const open = this.#id && this.#step !== 'over';
    this.#run.abort();
    if (open) await this.#finish(false);
    if (!this.#stopped.signal.aborted) this.#widget.here();
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#url);
    } catch {
      // Without the permission, the person copies it.
      const link = /** @type {HTMLInputElement} */ (make('input.link', { readonly: '', value: this.#url }));
      link.setAttribute('aria-label', this.#say('Handoff.CopyLink'));
      this.#root.querySelector('.qr')?.after(link);
      link.select();
      link.focus();
      return;
    }
    const text = this.#root.querySelector('.place .text');
    if (text) text.textContent = this.#say('Handoff.Copied');
    this.#announce('Handoff.Copied');
  }

  #code() {
    return code(this.#url, this.#say('Handoff.Code'));
  }

  /** @param {string} key @param {string} more */
  #announce(key, more = '') {
    this.#status.textContent = this.#say(key) + more;
  }

  /** Draws a step. @param {follow.Step} step @param {string} [failure] */
  async #show(step, failure) {
    this.#step = step;
    const find = () => this.#root.querySelector('.handoff .place');
    // The widget draws its screen a moment after it has said so.
    while (!find() && !this.#stopped.signal.aborted) await wait(20, this.#stopped.signal);
    const place = find();
    if (!place) return;
    this.#shown = performance.now();
    const heading = /** @type {HTMLElement | null} */ (this.#root.querySelector('.handoff .title'));
    const tree = /** @type {ShadowRoot} */ (this.#root.getRootNode());
    const focused = place.contains(tree.activeElement);
    const key = failure ? follow.FAILURES[failure].text : TEXTS[step];
    const text = make('p.text', { part: 'text', id: heading?.id.replace(/-title$/, '-text') ?? '' });
    if (key) text.textContent = this.#say(key);
    const number = make('p.number', { part: 'number' }, String(this.#number));
    const ended = follow.ENDED.includes(failure ?? '');
    const buttons = [
      step === 'code' && this.#button('secondary', 'Handoff.CopyLink', () => this.#copy()),
      failure && follow.FAILURES[failure].again && this.#button('primary', 'Handoff.NewCode', () => this.begin()),
      !ended && this.#button('secondary', 'Handoff.UseComputer', () => this.#here()),
      this.#button('quiet', ended ? 'Close' : 'Cancel', () => this.#widget.cancel()),
    ].filter((button) => typeof button === 'object');
    // Otherwise the last step's words would stay for up to a second.
    this.#tick();
    place.replaceChildren(
      ...(step === 'code' ? [this.#code()] : []),
      text,
      ...(step === 'number' ? [number] : []),
      ...(step === 'code' || step === 'number' ? [this.#left] : []),
      make('div.actions', {}, ...buttons),
      this.#status,
    );
    if (key) this.#announce(key, step === 'number' ? ` ${this.#number}` : '');
    if (focused) heading?.focus({ preventScroll: true });
  }

  /** @param {string} weight @param {string} key @param {() => void} press */
  #button(weight, key, press) {
    const part = `button ${weight}-button`;
    const button = make(`button.button.${weight}`, { type: 'button', part }, this.#say(key));
    button.addEventListener('click', () => {
      if (performance.now() - this.#shown >= SETTLE) press();
    });
    return button;
  }
}

/** The text of each step. @type {Partial<Record<follow.Step, string>>} */
const TEXTS = {
  code: 'Handoff.Scan',
  number: 'Handoff.Choose',
  phone: 'Handoff.OnPhone',
  compare: 'SayVerifying',
  rejected: 'Handoff.Rejected',
};
