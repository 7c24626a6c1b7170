/*
 * The way to a verdict without WebAssembly: a photo from a file or from the phone's camera app, with the calls, events and
 * states of the widget, but no live camera and no guidance. It is loaded only where WebAssembly does not run: in
 * Lockdown Mode, under a policy without 'wasm-unsafe-eval', in a browser that is too old.
 */

/** @import { SelfieState } from './index.js' */
/** @import { Settings } from './plain/settings.js' */
/** @import { Target } from './plain/upload.js' */

import { make } from './make.js';
import { Failure } from './plain/failure.js';
import { makePhoto } from './plain/photo.js';
import { bearer, call, verdict } from './plain/relay.js';
import { screen } from './plain/screens.js';
import { check } from './plain/settings.js';
import { STYLE } from './plain/style.js';
import { isOver, target, upload } from './plain/upload.js';
import { failures, Words } from './plain/words.js';
import { adopt } from './sheet.js';
import { wasmObstacle } from './supports.js';

export { STYLE };

/** The URL of the style sheet's file, for browsers and pages that allow nothing else. */
let styleFile = '';

/** Returns the class, for a package whose style sheet has this URL. @param {string} file */
export function without(file) {
  styleFile = file;
  return Plain;
}

const PHASES = ['linking', 'uploading', 'verifying'];
/** Attempts of one phase before the person is asked. */
const MAX_ATTEMPTS = 5;
/** The longest pauses, in milliseconds. */
const BACKOFF_FIRST = 1000;
const BACKOFF_MOST = 16_000;
/** The longest `Retry-After` to wait for. */
const RETRY_AFTER_MOST = 30_000;
/** A setting that is invalid for longer is reported. */
const CONFIG_AFTER = 100;
/** A press this soon after a change of screen was meant for the screen before. */
const SETTLE = 500;

/** What the class in akiba-selfie.js calls: the interface of the widget. */
export class Plain {
  /** @type {SelfieState} */
  state = 'idle';
  /** @type {Blob | null} */
  photo = null;
  /** The whole verdict, from its event until the state changes. @type {ReturnType<typeof verdict> | null} */
  verdict = null;
  /** The verdict to show. @type {ReturnType<typeof verdict> | null} */
  judged = null;
  /** @type {Settings} */
  settings = /** @type {Settings} */ ({});
  /** @type {{ code: string, cause: string | null } | null} */
  failure = null;
  words = new Words();
  progress = { phase: 0, sent: 0, total: 0, tries: 0, waits: '' };
  /** An object URL of the photo. */
  url = '';
  rejections = 0;
  closed = false;

  /** @type {HTMLElement} */
  #host;
  #card = make('div.card', { part: 'card' });
  #status = make('div.unseen', { role: 'status' });
  #alert = make('div.unseen', { role: 'alert' });
  #root = make('div.plain', {}, this.#card, this.#status, this.#alert);
  /** @type {Target | null} */
  #link = null;
  #bearer = bearer(() => this.settings.session);
  /** Ends what is under way: a photo that is made, or the sending. */
  #run = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #complaint;
  #drawn = 0;
  #goOn = () => {};

  /**
   * Draws into `root` and sends events from `host`.
   * @param {HTMLElement} host
   * @param {HTMLElement} root
   * @param {Record<string, any>} options
   * @param {unknown} session
   */
  static mount(host, root, options, session) {
    const plain = new Plain(host);
    adopt(/** @type {ShadowRoot} */ (host.shadowRoot), STYLE, styleFile);
    root.append(plain.#root);
    plain.#draw();
    plain.update(options, session);
    return plain;
  }

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
  }

  /** It always is. */
  whole() {}

  /** @param {Record<string, any>} options @param {unknown} session */
  update(options, session) {
    clearTimeout(this.#complaint);
    this.#complaint = undefined;
    const spoken = options.words ?? '';
    if (spoken !== this.words.lines) this.words = new Words(spoken);
    const before = this.settings.customer;
    try {
      this.settings = check(options, session);
    } catch (error) {
      this.#complain('config', /** @type {Error} */ (error).message);
      return;
    }
    if (!this.settings.files) {
      this.#complain(wasmObstacle() ?? 'wasm-unsupported', '`no-file` needs the camera, which needs WebAssembly');
      return;
    }
    const refused = /^(config|wasm-)/.test(this.failure?.code ?? '');
    if (refused || (before !== this.settings.customer && this.state !== 'idle')) this.reset();
    else if (this.state !== 'submitting') this.#draw();
  }

  unmount() {
    this.#drop();
    clearTimeout(this.#complaint);
  }

  start() {
    if (this.state === 'idle' || this.state === 'done' || this.closed) {
      if (this.#complaint) return;
      this.#drop();
      this.rejections = 0;
      this.#bearer = bearer(() => this.settings.session);
      this.#go(this.settings.consent ? 'consent' : 'framing');
    }
  }

  consent() {
    this.#go('framing');
    const { lang, reviewed, consent } = this.words;
    this.#tell('selfie-consented', {
      version: consent.version,
      lang: reviewed ? lang : 'en',
      hash: consent.hash,
      translation: reviewed ? null : lang,
      at: new Date().toISOString(),
    });
  }

  /** The person's camera app takes the photo. */
  capture() {}

  /** @param {File} file */
  async pick(file) {
    this.#drop();
    const run = this.#run;
    this.#go('grabbing');
    // Later, so that its listeners hear it after those of the change.
    await null;
    if (run.signal.aborted) return;
    const init = { detail: null, bubbles: true, composed: true, cancelable: true };
    if (!this.#host.dispatchEvent(new CustomEvent('selfie-capture', init))) {
      if (!run.signal.aborted) this.#go('framing');
      return;
    }
    try {
      const { blob, width, height } = await makePhoto(file);
      if (run.signal.aborted) return;
      this.#keep(blob);
      if (this.settings.review) this.#go('review');
      else this.#state('submitting');
      this.#tell('selfie-captured', { source: 'file', width, height, quality: null });
      if (!this.settings.review) this.#send();
    } catch (error) {
      if (!run.signal.aborted) this.#fail(error);
    }
  }

  retake() {
    const rejected = this.judged?.outcome === 'rejected';
    const failed = this.state === 'failed' && this.photo && failures[this.failure?.code ?? '']?.includes('T');
    if (this.state !== 'review' && !rejected && !failed) return;
    this.#drop();
    if (rejected) this.#bearer = bearer(() => this.settings.session);
    this.#go('framing');
  }

  submit() {
    const again = this.state === 'failed' && failures[this.failure?.code ?? '']?.includes('R');
    if (!this.photo || (this.state !== 'review' && !again)) return;
    this.#state('submitting');
    this.#send();
  }

  cancel() {
    if (this.state === 'idle' || this.state === 'done') return;
    this.reset();
    this.#tell('selfie-cancelled', null);
  }

  reset() {
    this.#drop();
    this.rejections = 0;
    if (/^(config|wasm-)/.test(this.failure?.code ?? '')) this.failure = null;
    this.#go('idle');
  }

  otherWay() {
    const { state } = this;
    this.reset();
    this.#tell('selfie-alternative', { state });
  }

  close() {
    this.#drop();
    this.closed = true;
    this.#draw(true);
  }

  /** Ends a pause. */
  goOn() {
    this.#goOn();
  }

  percent() {
    const { phase, sent, total } = this.progress;
    return phase > 1 ? 100 : Math.round((100 * sent) / (total || 1));
  }

  /**
   * Returns a listener that ignores the second tap of two: nobody agrees unread, and no photo is sent unseen.
   * @param {() => void} [press]
   */
  meant(press) {
    return (/** @type {MouseEvent} */ event) => {
      if (event.detail === 0 || (event.detail === 1 && event.timeStamp - this.#drawn >= SETTLE)) press?.();
      else event.preventDefault();
    };
  }

  /** Ends what is under way, and forgets the photo and its link. */
  #drop() {
    this.#run.abort();
    this.#run = new AbortController();
    removeEventListener('beforeunload', askBeforeLeaving);
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = '';
    this.photo = null;
    this.#link = null;
    this.closed = false;
  }

  /** @param {Blob} blob */
  #keep(blob) {
    if (this.url) URL.revokeObjectURL(this.url);
    this.photo = blob;
    this.url = URL.createObjectURL(blob);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   * @param {Plain['verdict']} [judged] the verdict that the page can ask for from now on
   */
  #tell(type, detail, judged) {
    // Later, so that a listener may call the element or remove it.
    queueMicrotask(() => {
      if (judged !== undefined) this.verdict = judged;
      this.#host.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
    });
  }

  /** @param {SelfieState} state */
  #state(state) {
    const previous = this.state;
    if (state === previous) return;
    this.state = state;
    this.judged = null;
    if (state === 'submitting') addEventListener('beforeunload', askBeforeLeaving);
    else removeEventListener('beforeunload', askBeforeLeaving);
    this.#tell('selfie-statechange', { state, previous }, null);
  }

  /** Shows another screen. @param {SelfieState} state */
  #go(state) {
    this.#state(state);
    this.#draw(state !== 'idle');
  }

  /** @param {boolean} [focus] whether the screen is a new one */
  #draw(focus) {
    const tree = /** @type {ShadowRoot} */ (this.#host.shadowRoot);
    this.#card.className = `card ${this.state} ${this.judged?.outcome ?? ''}`;
    const { activeElement: active } = this.#host.ownerDocument;
    const inside = active === this.#host || active === this.#host.ownerDocument.body || !active;
    const index = [...this.#card.querySelectorAll('button, input')].indexOf(
      /** @type {Element} */ (tree.activeElement),
    );
    Object.assign(this.#root, { lang: this.words.lang, dir: this.words.dir });
    this.#card.replaceChildren(...screen(this));
    if (!focus) {
      // The same screen again: the focus stays where it was.
      if (index >= 0) /** @type {HTMLElement} */ (this.#card.querySelectorAll('button, input')[index])?.focus();
      return;
    }
    this.#drawn = performance.now();
    if (!inside) return;
    const heading = /** @type {HTMLElement} */ (this.#card.querySelector('h2'));
    heading.focus({ preventScroll: true });
    heading.scrollIntoView?.({ block: 'nearest' });
  }

  /** @param {string} text @param {boolean} [urgent] */
  #say(text, urgent) {
    (urgent ? this.#alert : this.#status).textContent = text;
  }

  /** Reports settings that stay wrong. @param {string} code @param {string} cause */
  #complain(code, cause) {
    this.#complaint = setTimeout(() => {
      if (this.failure?.cause === cause && this.state === 'failed') return;
      this.#drop();
      this.#fail(new Failure(code), cause);
    }, CONFIG_AFTER);
  }

  /** @param {unknown} error @param {string | null} [cause] */
  #fail(error, cause = null) {
    const { code } = error instanceof Failure ? error : new Failure('relay-reply');
    this.#run.abort();
    this.#run = new AbortController();
    this.failure = { code, cause };
    const [helps, { title: message }] = [failures[code], this.words.failure(code)];
    this.#go('failed');
    this.#tell('selfie-error', { code, message, retryable: helps !== 'A', cause });
    this.#say(message, true);
  }

  /** Sends the photo, from the step that failed. */
  async #send() {
    this.#run.abort();
    this.#run = new AbortController();
    const { signal } = this.#run;
    const { settings } = this;
    /** What was done about a failure: each of it once. */
    const done = new Set();
    const tries = [0, 0, 0];
    this.progress = { phase: 0, sent: 0, total: 0, tries: 0, waits: '' };
    this.#draw(true);
    for (;;) {
      try {
        const judged = await this.#attempt(settings, signal, done);
        if (signal.aborted) return;
        this.#drop();
        this.#state('done');
        this.judged = judged;
        const { outcome, reason } = judged;
        this.rejections = reason ? this.rejections + 1 : 0;
        this.#draw(true);
        this.#tell(`selfie-${outcome}`, { outcome, reason }, judged);
        this.#say(this.words.say(reason ? 'RejectedTitle' : 'VerifiedTitle'));
        return;
      } catch (error) {
        if (signal.aborted) return;
        const failure = error instanceof Failure ? error : new Failure('relay-reply');
        const { phase } = this.progress;
        if (failure.relink) this.#link = null;
        const helps = failure.relink ? 'relink' : failure.does;
        if (helps && !done.has(helps)) {
          done.add(helps);
          if (helps !== 'shrink') continue;
          const before = /** @type {Blob} */ (this.photo);
          const smaller = await makePhoto(before, before.size / 2).catch(() => null);
          if (signal.aborted) return;
          if (smaller) {
            this.#keep(smaller.blob);
            continue;
          }
        }
        tries[phase] += 1;
        const offline = !navigator.onLine;
        const goesOn = offline || tries[phase] < MAX_ATTEMPTS;
        if (!failure.again || failure.after > RETRY_AFTER_MOST || !goesOn) {
          // A permanent failure of the upload would happen again.
          if (!failure.again && phase === 1) this.#link = null;
          this.#fail(failure);
          return;
        }
        if (offline) tries[phase] -= 1;
        await this.#pause(tries[phase], failure.after, offline, signal);
        if (signal.aborted) return;
      }
    }
  }

  /**
   * Makes the requests that are left, each once. Resolves to the verdict.
   * @param {Settings} settings
   * @param {AbortSignal} signal
   * @param {Set<string>} done
   */
  async #attempt({ linkUrl, verifyUrl, identifier, type, sent }, signal, done) {
    const session = this.#bearer;
    if (this.#link && !this.#link.stored && isOver(this.#link)) this.#link = null;
    if (!this.#link) {
      this.#show(0);
      const body = { identifier, type, ...(sent && this.settings.consent ? this.#agreed() : {}) };
      this.#link = target(await call({ verify: false, url: linkUrl, body, bearer: session, signal }));
    }
    const link = this.#link;
    const photo = /** @type {Blob} */ (this.photo);
    if (!link.stored && !signal.aborted) {
      this.#show(1, 0, photo.size);
      const onProgress = (/** @type {number} */ at, /** @type {number} */ total) => {
        if (!signal.aborted) this.#show(1, at, total);
      };
      await upload(link, photo, done.has('bare'), onProgress, signal);
      link.stored = true;
    }
    if (signal.aborted) throw new Failure('relay-unreachable');
    this.#show(2);
    this.#say(this.words.say('SayVerifying'));
    const { selfie_filename, s3_key, identifier: issued } = link.reply;
    const body = {
      selfie_filename,
      id: identifier ?? issued,
      user_type: type,
      s3_key,
      source: sent ? 'file' : undefined,
    };
    const reply = await call({ verify: true, url: verifyUrl, body, bearer: session, signal, key: link.key });
    return verdict(reply, sent);
  }

  /** Returns what the person agreed to, for a relay with sessions. */
  #agreed() {
    const { lang, reviewed, consent } = this.words;
    // A page without https can't compute the hash.
    if (consent.hash === 'none') return {};
    return { consent_version: consent.version, consent_hash: consent.hash, consent_lang: reviewed ? lang : 'en' };
  }

  /** @param {number} phase @param {number} [sent] @param {number} [total] */
  #show(phase, sent = 0, total = 0) {
    const { phase: before, waits } = this.progress;
    this.progress = { ...this.progress, phase, sent, total, waits: '' };
    const bar = /** @type {HTMLProgressElement | null} */ (this.#card.querySelector('progress'));
    if (before === phase && !waits && bar) bar.value = this.percent();
    else this.#draw();
    this.#tell('selfie-progress', { phase: PHASES[phase], sent, total });
  }

  /**
   * Waits before the next attempt: for the network, or a little longer each time.
   * @param {number} tries
   * @param {number} least
   * @param {boolean} offline
   * @param {AbortSignal} signal
   */
  #pause(tries, least, offline, signal) {
    this.progress = { ...this.progress, tries, sent: 0, waits: offline ? 'network' : 'pause' };
    this.#draw();
    this.#say(offline ? this.words.say('SayNoNetwork') : this.words.say('WaitPause', tries + 1, MAX_ATTEMPTS));
    const { phase, sent, total } = this.progress;
    this.#tell('selfie-progress', { phase: PHASES[phase], sent, total: phase === 1 ? total : 0 });
    return /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        this.#goOn = () => {
          clearTimeout(timer);
          removeEventListener('online', this.#goOn);
          resolve();
        };
        const longest = Math.min(BACKOFF_FIRST * 2 ** (tries - 1), BACKOFF_MOST);
        const timer = offline ? undefined : setTimeout(this.#goOn, least + Math.random() * longest);
        if (offline) addEventListener('online', this.#goOn);
        signal.addEventListener('abort', this.#goOn);
      })
    );
  }
}

/** @param {BeforeUnloadEvent} event */
function askBeforeLeaving(event) {
  event.preventDefault();
  event.returnValue = '';
}
