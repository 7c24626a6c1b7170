/*
 * The class behind <akiba-selfie>. It translates what a page does to an element into calls of the widget, which is
 * WebAssembly; it decides nothing about the capture. To import this file defines no element: define.js does.
 */

import { hasCrashed, watch } from './crash.js';
import { load, openVision } from './load.js';
import { ATTRIBUTES, METHODS, STATES } from './registry.js';
import { Root } from './root.js';

// On a server there is no HTMLElement, and nothing of this is used; the import must not fail.
const Base = globalThis.HTMLElement ?? class {};

const LOAD_FAILURE = 'The selfie could not be loaded. Check the connection and reload the page.';
const CRASH = 'Something went wrong in the selfie. Reload the page to begin again.';

/** The look of the message that stands in for the widget; the page's `::part(load-error)` goes over it. */
const FAILURE_STYLE = `[part=load-error] {
  box-sizing: border-box; max-width: 28rem; margin: 0 auto; padding: 1.25rem 1.5rem;
  border: 1px solid #8888; border-radius: 24px; font: 1rem/1.5 system-ui, sans-serif;
}`;

/** Takes a selfie, sends it and tells the page the verdict by `selfie-*` events. */
export class AkibaSelfieElement extends Base {
  static observedAttributes = Object.keys(ATTRIBUTES);

  #internals;
  #widget;
  #root;
  /** The worker that the widget began last. */
  #vision;
  #session;
  #thresholds;
  /** The state that CSS is told of. */
  #shown = 'idle';
  /** Ends the watch for a crash. */
  #unwatch;
  /** Methods that were called before there was a widget. */
  #calls = [];
  /** What the widget was told last. */
  #told;
  #settling = false;
  #loading = false;
  /** Whether the widget could not be loaded, and is not tried again until the page does something about it. */
  #failed = false;

  constructor() {
    super();
    this.#internals = this.attachInternals?.();
    this.attachShadow({ mode: 'open' });
    this.#showState('idle');
    this.addEventListener('selfie-statechange', (event) => {
      if (event.target === this) this.#showState(event.detail.state);
    });
  }

  connectedCallback() {
    this.#adoptProperties();
    this.#settle();
  }

  disconnectedCallback() {
    this.#settle();
  }

  /** A stylesheet belongs to one document: in another one, the widget begins anew. */
  adoptedCallback() {
    this.#unmount();
    this.#settle();
  }

  attributeChangedCallback() {
    this.#settle();
  }

  /** What the page's own session is: a string, or a function that returns one or a promise of one. */
  get session() {
    return this.#session;
  }

  set session(session) {
    this.#session = session;
    this.#settle();
  }

  /** Limits of the guidance by name, in place of the defaults; see docs/guidance.md. To change one, set it anew. */
  get thresholds() {
    return this.#thresholds;
  }

  set thresholds(thresholds) {
    this.#thresholds = thresholds;
    this.#settle();
  }

  /** Where the capture stands, one of STATES. */
  get state() {
    return this.#widget?.state ?? this.#shown;
  }

  /** Used by the methods: now if there is a widget, else as soon as there is one. */
  #call(method) {
    if (this.#widget) {
      this.#widget[method]();
      return;
    }
    this.#calls.push(method);
    this.#failed = false;
    this.#settle();
  }

  /**
   * Brings the widget in line with the document, once for all that was done to the element in this task. So a framework
   * that moves the element (removes it and appends it elsewhere) does not end the capture, and ten attributes are one
   * update.
   */
  #settle() {
    if (this.#settling) return;
    this.#settling = true;
    queueMicrotask(() => {
      this.#settling = false;
      if (!this.isConnected) this.#unmount();
      else if (this.#widget) this.#update();
      else if (!this.#failed) this.#mount();
    });
  }

  async #mount() {
    if (this.#loading) return;
    this.#loading = true;
    try {
      const Widget = await load();
      // It may have left the document in the meantime.
      if (!this.isConnected) return;
      if (hasCrashed()) {
        this.#crash();
        return;
      }
      this.#root = new Root();
      this.shadowRoot.replaceChildren(this.#root.element);
      this.#widget = Widget.mount(this, this.#root.element, ...this.#tell(), () => this.#openVision());
      this.#unwatch = watch(() => this.#crash());
    } catch (error) {
      this.#calls = [];
      this.#failed = true;
      if (this.isConnected) this.#showFailure('load', LOAD_FAILURE, String(error));
      return;
    } finally {
      this.#loading = false;
    }
    for (const method of this.#calls.splice(0)) this.#call(method);
  }

  #openVision() {
    this.#vision = openVision();
    return this.#vision;
  }

  /** Tells the widget what has changed, if anything has: attributes, `session`, or the language of another place. */
  #update() {
    const before = this.#told;
    const [options, session] = this.#tell();
    if (this.#told.options !== before.options || session !== before.session) this.#widget.update(options, session);
  }

  #tell() {
    const options = this.#options();
    this.#told = { options: JSON.stringify(options), session: this.#session };
    return [options, this.#session];
  }

  #unmount() {
    this.#failed = false;
    // What was asked of an element that was never in a document still waits for that.
    if (this.#loading) this.#calls = [];
    this.#showState('idle');
    const widget = this.#widget;
    if (!widget) return;
    this.#widget = undefined;
    this.#unwatch();
    widget.unmount();
    this.#root.release();
  }

  /** The attributes as they stand; what is wrong with them is the widget's to say. */
  #options() {
    const options = { session: Boolean(this.#session) };
    if (this.#thresholds != null) options.thresholds = numbers(this.#thresholds);
    for (const [name, { boolean }] of Object.entries(ATTRIBUTES)) {
      if (boolean) options[name] = this.hasAttribute(name);
      else if (this.hasAttribute(name)) options[name] = this.getAttribute(name);
    }
    // A language is inherited, as in all of HTML.
    options.lang ??= this.closest('[lang]')?.lang ?? this.ownerDocument.documentElement.lang;
    return options;
  }

  /** What a framework set before the class was defined stands in the way of the accessors: set it again, through them. */
  #adoptProperties() {
    for (const property of [
      'session',
      'thresholds',
      'capture',
      ...Object.values(ATTRIBUTES).map(({ property }) => property),
    ]) {
      if (!Object.hasOwn(this, property)) continue;
      const value = this[property];
      delete this[property];
      this[property] = value;
    }
  }

  #showState(state) {
    this.#shown = state;
    const states = this.#internals?.states;
    if (!states) return;
    try {
      for (const name of STATES) states.delete(name);
      states.add(state);
    } catch {
      // Chromium before 125 takes only names that begin with two dashes. There, :state() is unknown too.
    }
  }

  /** The WebAssembly has stopped: the camera goes off, and the person is told. */
  #crash() {
    this.#widget = undefined;
    this.#calls = [];
    this.#failed = true;
    this.#vision?.terminate();
    for (const video of this.shadowRoot.querySelectorAll('video')) {
      for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    }
    this.#showFailure('crash', CRASH, null);
  }

  #showFailure(code, message, cause) {
    this.#showState('failed');
    const text = document.createElement('p');
    text.lang = 'en';
    text.setAttribute('part', 'load-error');
    text.setAttribute('role', 'alert');
    text.textContent = message;
    if (this.shadowRoot.adoptedStyleSheets) {
      const style = new CSSStyleSheet();
      style.replaceSync(FAILURE_STYLE);
      this.shadowRoot.adoptedStyleSheets = [style];
    }
    this.shadowRoot.replaceChildren(text);
    const detail = { code, message, retryable: false, cause };
    this.dispatchEvent(new CustomEvent('selfie-error', { detail, bubbles: true, composed: true }));
  }

  static {
    for (const [name, { property, boolean }] of Object.entries(ATTRIBUTES)) {
      if (property in Base.prototype) continue;
      Object.defineProperty(AkibaSelfieElement.prototype, property, reflected(name, boolean));
    }
    for (const method of METHODS) {
      Object.defineProperty(AkibaSelfieElement.prototype, method, {
        configurable: true,
        enumerable: true,
        writable: true,
        value() {
          this.#call(method);
        },
      });
    }
    // Frameworks that find a property of an attribute's name set that in place of the attribute (React 19, Vue): they
    // would write over the method. So what is written to `capture` goes to the attribute.
    const { value: capture } = Object.getOwnPropertyDescriptor(AkibaSelfieElement.prototype, 'capture');
    Object.defineProperty(AkibaSelfieElement.prototype, 'capture', { ...reflected('capture'), get: () => capture });
  }
}

/** A plain object of numbers; what is none of both is left to the widget to refuse. */
function numbers(object) {
  if (typeof object !== 'object') return typeof object;
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, typeof value === 'number' ? value : null]),
  );
}

/** The accessors of a property that stands for an attribute. */
function reflected(name, boolean) {
  return {
    configurable: true,
    enumerable: true,
    get() {
      return boolean ? this.hasAttribute(name) : (this.getAttribute(name) ?? '');
    },
    set(value) {
      if (boolean) this.toggleAttribute(name, Boolean(value));
      else if (value === null || value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, value);
    },
  };
}
