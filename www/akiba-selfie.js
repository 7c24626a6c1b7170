/*
 * The class behind <akiba-selfie>. It turns changes of the element into calls of the widget, which is WebAssembly. It
 * decides nothing about the capture. This file does not define the element: import define.js for that.
 */

/** @import { SelfieDevice, SelfieErrorCode, SelfieSession, SelfieState } from './index.js' */
/** @import { SelfieCatalogue, SelfieHost, SelfieText, SelfieThresholds, SelfieVerdict } from './index.js' */
/** @import { Feedback } from './feedback.js' */
/** @import { Widget } from './pkg/akiba-selfie.js' */

import { APPS } from './apps.js';
import { configure, openVision, styleUrl } from './assets.js';
import { hasCrashed, watch } from './crash.js';
import { load, loadAgain, loadRest } from './load.js';
import { showNotice } from './notice.js';
import { mark } from './privacy.js';
import { ATTRIBUTES, METHODS, STATES } from './registry.js';
import { Root } from './root.js';

// A server has no HTMLElement. It never uses the class, but importing it must not fail there.
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/** What gives the camera the whole window, once it is loaded. @type {typeof import('./full.js') | undefined} */
let full;

const LOADING = 'Loading…';
const LATE = 'This takes longer than usual. You can wait, or try again.';
/** When it is late, in milliseconds. A slow phone network needs ten seconds. */
const LATE_AFTER = 20_000;
const LOAD_FAILURE = 'The selfie could not be loaded. Check the connection and try again.';
const CRASH = 'Something went wrong in the selfie. Reload the page to begin again.';

export { configure };

/** The page's own catalogues by their tags. @type {Map<string, SelfieCatalogue>} */
const registered = new Map();
/** What brings each connected element in line with them. @type {Set<() => void>} */
const connected = new Set();

/** Adds a language, or replaces words of one. @param {SelfieCatalogue} catalogue */
export function registerLanguage(catalogue) {
  registered.set(catalogue.tag, catalogue);
  for (const settle of connected) settle();
}

/** Takes a selfie, sends it and reports the verdict to the page in `selfie-*` events. */
export class AkibaSelfieElement extends Base {
  static observedAttributes = define(this.prototype, (element, method) => element.#call(method));

  /** Resolves to what the element can do in this page, without asking the person anything. */
  static supports = async () => (await import('./supports.js')).supports();

  /** @type {ElementInternals | undefined} */
  #internals;
  #shadow;
  /** @type {Widget | undefined} */
  #widget;
  /** @type {Root | undefined} */
  #root;
  /** The worker that the widget started last. @type {Worker | undefined} */
  #vision;
  /**
   * The properties that have no attribute.
   * @type {{ session?: SelfieSession | null, thresholds?: SelfieThresholds | null, text?: SelfieText | null,
   *   host?: SelfieHost | null }}
   */
  #own = {};
  /** The language that the person chose. @type {string | undefined} */
  #chosen;
  /** The words of a language other than English, as lines. @type {string | undefined} */
  #words;
  /** The last call of `#speak`. @type {Promise<void> | undefined} */
  #spoken;
  #observer = new MutationObserver(() => this.#settle());
  /** The state that CSS can select. @type {SelfieState} */
  #shown = 'idle';
  /** What the person hears and feels, once it is loaded. @type {Promise<Feedback | undefined> | undefined} */
  #feedback;
  /** Plays the sounds, if the person has turned them on. @type {AudioContext | undefined} */
  #audio;
  /** Stops watching for a crash. @type {(() => void) | undefined} */
  #unwatch;
  /** Methods that were called before there was a widget. @type {(typeof METHODS[number])[]} */
  #calls = [];
  /** The settings that the widget has. @type {{ options: string, session: unknown } | undefined} */
  #sent;
  /** Gives the window back. @type {(() => void) | undefined} */
  #unfill;
  /** The number of its entry in the history; 0 if it has none. */
  #entry = 0;
  /** Ends the hand-off to a phone that is shown. @type {((next?: string) => void) | undefined} */
  #desk;
  /** When the current step began. */
  #since = performance.now();
  #settling = false;
  #loading = false;
  /** Whether loading the widget failed. It is not loaded again until the page calls a method or moves the element. */
  #failed = false;

  constructor() {
    super();
    this.#internals = this.attachInternals?.();
    this.#shadow = this.attachShadow({ mode: 'open' });
    this.#showState('idle');
    this.addEventListener('selfie-statechange', (event) => {
      if (event.target !== this) return;
      const { state } = /** @type {CustomEvent} */ (event).detail;
      this.#step(state);
      this.#showState(state);
      // The last events arrive while the widget ends, and after that.
      if (!this.#widget || !this.isConnected) return;
      this.#fill();
      this.#handOff();
      this.#enterHistory();
      this.#check();
      if (this.#shown === 'starting') this.#loadFeedback();
    });
  }

  connectedCallback() {
    mark(this);
    this.#adoptProperties();
    connected.add(this.#settle);
    // Within every root around it, any element may change the language.
    for (const element of withHosts(this)) {
      this.#observer.observe(element.getRootNode(), { attributeFilter: ['lang'], subtree: true });
    }
    this.#settle();
  }

  disconnectedCallback() {
    connected.delete(this.#settle);
    this.#observer.disconnect();
    this.#settle();
  }

  /** Mounts a new widget, because a constructed stylesheet can't move to another document. */
  adoptedCallback() {
    this.#unmount();
    this.#settle();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    // A framework that sets all classes removes the marks.
    if (name === 'class') {
      if (this.isConnected) mark(this);
    } else this.#settle();
  }

  /** The page's session: a string, or a function that returns one or a promise of one. */
  get session() {
    return this.#own.session;
  }

  set session(session) {
    this.#own.session = session;
    this.#settle();
  }

  /** Limits of the guidance by name, instead of the defaults; see docs/guidance.md. To change one, set a new object. */
  get thresholds() {
    return this.#own.thresholds;
  }

  set thresholds(thresholds) {
    this.#own.thresholds = thresholds;
    this.#settle();
  }

  /** The page's own words by their keys, instead of the language's. To change one, set a new object. */
  get text() {
    return this.#own.text;
  }

  set text(text) {
    this.#own.text = text;
    this.#settle();
  }

  /** What the consent screen says about the host. To change it, set a new object. */
  get host() {
    return this.#own.host;
  }

  set host(host) {
    this.#own.host = host;
    this.#settle();
  }

  /** The state of the capture, one of STATES. */
  get state() {
    return /** @type {SelfieState} */ (this.#widget?.state ?? this.#shown);
  }

  /** The photo that the person reviews or that is being sent; null in all other states. */
  get photo() {
    return this.#widget?.photo ?? null;
  }

  /** The whole verdict, in the state `done`; otherwise null. No event has it, because events reach every listener. */
  get verdict() {
    return /** @type {SelfieVerdict | null} */ (this.#widget?.verdict ?? null);
  }

  /** The cameras that the browser listed when the widget last opened one. */
  get devices() {
    return /** @type {SelfieDevice[]} */ (this.#widget?.devices ?? []);
  }

  /**
   * Calls a method of the widget, now or as soon as there is one.
   * @param {typeof METHODS[number]} method
   */
  #call(method) {
    if (this.#widget) {
      // What the page set before the call counts for it.
      if (this.#settling) this.#update();
      this.#widget[method]();
      return;
    }
    this.#calls.push(method);
    this.#again();
  }

  /**
   * Brings the widget in line with the document at the end of this task. So a framework that moves the element
   * (removes it and appends it elsewhere) does not end the capture, and a change of ten attributes is one update.
   */
  #settle = () => {
    if (this.#settling) return;
    this.#settling = true;
    queueMicrotask(() => {
      this.#settling = false;
      if (!this.isConnected) {
        this.#unmount();
        return;
      }
      this.#speak();
      if (this.#widget) this.#update();
      else if (!this.#failed) this.#mount();
    });
  };

  /** Gets the words of the language. Until they are there, and in English, the widget has its own. */
  #speak() {
    const late = () => call !== this.#spoken;
    const call = this.#learn(late);
    this.#spoken = call;
    return call;
  }

  /** @param {() => boolean} late whether there is a later call, which then counts */
  async #learn(late) {
    const languages = this.getAttribute('languages');
    const lang =
      this.#chosen ??
      withHosts(this)
        .map((element) => element.closest('[lang]'))
        .find(Boolean)
        ?.getAttribute('lang') ??
      '';
    const { text, host } = this.#own;
    const consent = this.getAttribute('consent-version');
    /** @type {string | undefined} */
    let words;
    if (languages || text || host || consent || registered.size || !/^(en\b|$)/i.test(lang)) {
      const wish = { lang, languages, text, host, consent, registered, unreviewed: isOn(this, 'allow-unreviewed') };
      // Without the network it stays English.
      words = await import('./language.js')
        .then(({ speak }) => speak(this.#shadow, wish, this.#choose, late))
        .catch(() => undefined);
      if (late()) return this.#spoken;
    }
    if (words === this.#words) return;
    this.#words = words;
    this.#settle();
  }

  #choose = (/** @type {string} */ lang) => {
    this.#chosen = lang;
    this.#settle();
  };

  async #mount() {
    if (this.#loading) return;
    this.#loading = true;
    await this.#leaveApp();
    showNotice(this.#shadow, 'loading', LOADING, null, true);
    const late = setTimeout(() => showNotice(this.#shadow, 'loading', LATE, loadAgain), LATE_AFTER);
    try {
      const Widget = await load();
      // The page may have removed the element in the meantime.
      if (!this.isConnected) return;
      if (hasCrashed()) {
        this.#crash();
        return;
      }
      this.#root = new Root();
      this.#shadow.replaceChildren(this.#root.element);
      const { options, session } = this.#settings();
      const open = () => this.#openVision();
      const sound = (/** @type {boolean} */ on) => this.#sound(on);
      this.#widget = Widget.mount(this, this.#root.element, options, session, open, sound);
      this.#unwatch = watch(() => this.#crash());
      this.#check();
      // The switch goes above the widget.
      this.#speak();
      this.#complete(this.#widget);
    } catch (error) {
      this.#fail(error);
      return;
    } finally {
      clearTimeout(late);
      this.#loading = false;
    }
    for (const method of this.#calls.splice(0)) this.#call(method);
  }

  /** Tells the widget when its WebAssembly is whole: only its first screen works until then. @param {Widget} widget */
  async #complete(widget) {
    try {
      await loadRest();
      if (widget === this.#widget) widget.whole();
    } catch (error) {
      if (widget !== this.#widget) return;
      this.#unmount();
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#calls = [];
    this.#failed = true;
    if (this.isConnected) this.#showFailure('load', LOAD_FAILURE, String(error), this.#again);
  }

  /** Shows the ways out of another app, whose browser may open no camera, until the person stays. */
  async #leaveApp() {
    const { userAgent, mediaDevices } = navigator;
    if (
      this.getAttribute('in-app') === 'allow' ||
      (!APPS.test(userAgent) && mediaDevices && 'getUserMedia' in mediaDevices)
    )
      return;
    try {
      const { leave } = await import('./in-app.js');
      await this.#speak();
      await leave(/** @type {any} */ (this), this.#shadow, styleUrl('plain.css'), this.#words, registered);
    } catch {
      // Without the screen, the person tries it here.
    }
  }

  #again = () => {
    this.#failed = false;
    this.#settle();
  };

  /** Loads the feedback when the camera opens. Everything works without it. */
  #loadFeedback() {
    const root = this.#root?.element;
    if (!root) return;
    this.#feedback ??= import('./feedback.js').then(
      ({ Feedback }) =>
        new Feedback(/** @type {import('./index.js').AkibaSelfieElement} */ (/** @type {unknown} */ (this)), root),
      () => undefined,
    );
  }

  /**
   * Turns the sound on or off. Runs within the person's click: only then may a page make sounds.
   * @param {boolean} on
   */
  #sound(on) {
    this.#audio?.close();
    this.#audio = on ? new AudioContext() : undefined;
    this.#feedback?.then((feedback) => feedback?.sound(this.#audio));
  }

  #openVision() {
    this.#vision = openVision();
    return this.#vision;
  }

  /** Updates the widget if a setting has changed: an attribute, `session`, or the language that it inherits. */
  #update() {
    const before = this.#sent;
    const { options, session } = this.#settings();
    if (this.#sent?.options !== before?.options || session !== before?.session) this.#widget?.update(options, session);
  }

  /** Returns the settings, and notes them as sent. */
  #settings() {
    const options = this.#options();
    this.#sent = { options: JSON.stringify(options), session: this.#own.session };
    return { options, session: this.#own.session };
  }

  #unmount() {
    this.#failed = false;
    // Calls on an element that was never in a document still wait until it is.
    if (this.#loading) this.#calls = [];
    this.#showState('idle');
    const widget = this.#widget;
    if (!widget) return;
    this.#widget = undefined;
    this.#leaveDesk();
    this.#leaveHistory();
    this.#leaveFull();
    this.#unwatch?.();
    this.#sound(false);
    this.#feedback?.then((feedback) => feedback?.end());
    this.#feedback = undefined;
    this.#root?.release(() => widget.unmount());
  }

  /** Returns the attributes unchecked. The widget reports an invalid value. */
  #options() {
    /** @type {Record<string, unknown>} */
    const options = { session: Boolean(this.#own.session) };
    if (this.#own.thresholds != null) options.thresholds = numbers(this.#own.thresholds);
    for (const [name, { boolean, own }] of Object.entries(ATTRIBUTES)) {
      if (own) continue;
      if (boolean) options[name] = isOn(this, name);
      else if (this.hasAttribute(name)) options[name] = this.getAttribute(name);
    }
    if (this.#words) options.words = this.#words;
    // A phone or a tablet needs no other one.
    if (matchMedia('(pointer: coarse)').matches) delete options.handoff;
    return options;
  }

  /** Sets properties again that a framework set before the class was defined, as they hide the accessors. */
  #adoptProperties() {
    const reflecting = Object.values(ATTRIBUTES).map(({ property }) => property);
    for (const property of ['session', 'thresholds', 'text', 'host', 'capture', ...reflecting]) {
      // Safari before 15.4 has no Object.hasOwn.
      if (!Reflect.getOwnPropertyDescriptor(this, property)) continue;
      const value = Reflect.get(this, property);
      Reflect.deleteProperty(this, property);
      Reflect.set(this, property, value);
    }
  }

  /** With the attribute `history`: gives a capture an entry in the history, for the browser's button Back to leave. */
  #enterHistory() {
    if (this.#entry || !isOn(this, 'history') || this.#shown === 'idle' || this.#shown === 'done') return;
    this.#entry = entry() + 1;
    // A router finds its own state again.
    history.pushState({ ...history.state, akibaSelfie: this.#entry }, '');
    addEventListener('popstate', this.#onBack);
  }

  /** Back leads from the photo to the camera, and from everything else to the start. */
  #onBack = () => {
    if (entry() >= this.#entry) return;
    this.#leaveHistory();
    if (this.#shown === 'review') this.#widget?.retake();
    else this.#widget?.cancel();
  };

  /** With the attribute `fullscreen`: gives the camera the whole window of a phone. */
  async #fill() {
    if (!isOn(this, 'fullscreen')) return;
    // Once it is loaded, nothing waits: the camera leaves the window in the same moment as it closes.
    full ??= await import('./full.js');
    if (full.fills(this.#shown, Boolean(this.#unfill))) {
      this.#unfill ??= full.fill(/** @type {Root} */ (this.#root).element, () => this.#widget?.cancel());
    } else this.#leaveFull();
  }

  #leaveFull() {
    this.#unfill?.();
    this.#unfill = undefined;
  }

  /** In the state `handoff`: shows the code for a phone, and follows the phone. */
  async #handOff() {
    this.#leaveDesk(this.#shown);
    if (this.#shown !== 'handoff') return;
    const widget = /** @type {Widget} */ (this.#widget);
    try {
      const { handOff } = await import('./handoff.js');
      if (this.#shown !== 'handoff' || widget !== this.#widget) return;
      const { element } = /** @type {Root} */ (this.#root);
      this.#desk ??= handOff(/** @type {any} */ (this), element, widget, () => this.#words, registered);
    } catch {
      // It did not load.
      widget.here();
    }
  }

  /** @param {string} [next] */
  #leaveDesk(next) {
    this.#desk?.(next);
    this.#desk = undefined;
  }

  /** With the attribute `debug`: tells the page's developer in the console what happens. */
  async #check() {
    if (isOn(this, 'debug')) (await import('./debug.js')).debug(this);
  }

  /** Says in `selfie-step` that a step begins, and how long the one before took. @param {SelfieState} state */
  #step(state) {
    const [step, previous] = [state, this.#shown].map(stepOf);
    if (step === previous) return;
    const since = this.#since;
    this.#since = performance.now();
    this.#tell('selfie-step', { step, previous, duration: Math.round(this.#since - since) });
  }

  #leaveHistory() {
    this.#entry = 0;
    removeEventListener('popstate', this.#onBack);
  }

  /** @param {SelfieState} state */
  #showState(state) {
    this.#shown = state;
    const states = this.#internals?.states;
    if (!states) return;
    try {
      for (const name of STATES) states.delete(name);
      states.add(state);
    } catch {
      // Chromium before 125 accepts only names that begin with two dashes. It does not know :state(), either.
    }
  }

  /** Turns the camera off and shows a message, because the WebAssembly has stopped. */
  #crash() {
    this.#widget = undefined;
    this.#calls = [];
    this.#failed = true;
    this.#unfill = undefined;
    this.#leaveDesk();
    this.#vision?.terminate();
    for (const video of this.#shadow.querySelectorAll('video')) {
      const stream = /** @type {MediaStream | null} */ (video.srcObject);
      for (const track of stream?.getTracks() ?? []) track.stop();
    }
    this.#showFailure('crash', CRASH, null, null);
  }

  /**
   * Replaces the widget with a message, and sends `selfie-error`.
   * @param {SelfieErrorCode} code
   * @param {string} message
   * @param {string | null} cause
   * @param {(() => void) | null} again
   */
  #showFailure(code, message, cause, again) {
    this.#showState('failed');
    showNotice(this.#shadow, 'load-error', message, again);
    this.#tell('selfie-error', { code, message, retryable: Boolean(again), cause });
  }

  /** @param {string} type @param {unknown} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

/**
 * Adds the properties of the attributes, and the methods. Returns the names of the attributes. Safari before 16.4 has no static
 * blocks, and a class that names itself loses its name when it is bundled.
 * @param {HTMLElement} prototype
 * @param {(element: any, method: typeof METHODS[number]) => void} call
 */
function define(prototype, call) {
  for (const [name, { property, boolean }] of Object.entries(ATTRIBUTES)) {
    if (property in Base.prototype) continue;
    Object.defineProperty(prototype, property, reflected(name, boolean));
  }
  for (const method of METHODS) {
    Object.defineProperty(prototype, method, {
      configurable: true,
      enumerable: true,
      writable: true,
      value() {
        call(this, method);
      },
    });
  }
  // React 19 and Vue set a property instead of an attribute if there is one with the attribute's name. They would
  // overwrite the method `capture`, so its setter sets the attribute.
  const capture = Reflect.get(prototype, 'capture');
  Object.defineProperty(prototype, 'capture', { ...reflected('capture'), get: () => capture });
  return [...Object.keys(ATTRIBUTES), 'class'];
}

/**
 * Returns a plain object of numbers. The widget rejects everything else: a value that is not a number becomes null,
 * and an object that is not one becomes the name of its type.
 * @param {unknown} object
 */
function numbers(object) {
  if (typeof object !== 'object') return typeof object;
  return Object.fromEntries(
    Object.entries(object ?? {}).map(([name, value]) => [name, typeof value === 'number' ? value : null]),
  );
}

/**
 * Returns an element, and the hosts of the shadow roots that contain it, the nearest first.
 * @param {Element} element
 * @returns {Element[]}
 */
function withHosts(element) {
  const { host } = /** @type {Partial<ShadowRoot>} */ (element.getRootNode());
  return host ? [element, ...withHosts(host)] : [element];
}

/** Returns the step that a state belongs to. @param {string} state */
const stepOf = (state) => (/^(count|grab)/.test(state) ? 'framing' : state);

/** Returns the number of the current entry in the history, counted from 1; 0 if it is not of an element. */
const entry = () => history.state?.akibaSelfie ?? 0;

/**
 * Whether a boolean attribute is on. React before 19 writes "false" for false, and `no-consent="false"` must not skip
 * the consent.
 * @param {Element} element
 * @param {string} name
 */
function isOn(element, name) {
  return (element.getAttribute(name) ?? 'false') !== 'false';
}

/**
 * Returns the accessors of a property that reflects an attribute.
 * @param {string} name
 * @param {boolean} [boolean] whether the attribute has no value
 * @returns {PropertyDescriptor & ThisType<HTMLElement>}
 */
function reflected(name, boolean) {
  return {
    configurable: true,
    enumerable: true,
    get() {
      return boolean ? isOn(this, name) : (this.getAttribute(name) ?? '');
    },
    set(value) {
      if (boolean) this.toggleAttribute(name, Boolean(value));
      else if (value === null || value === undefined || value === false) this.removeAttribute(name);
      else this.setAttribute(name, value);
    },
  };
}
