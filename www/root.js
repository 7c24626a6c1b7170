/*
 * The root element of a widget.
 *
 * Yew 0.23 never removes its listeners from the root that it renders into (`HostHandlers` in
 * `dom_bundle/subtree_root.rs`: «The registry is never dropped»). Each listener is a Rust closure that holds the root,
 * so both would leak until the page closes. The class notes the listeners and releases them when the widget ends.
 */

import { mark } from './privacy.js';

/** An element that can release all of its listeners. */
export class Root {
  element = document.createElement('div');
  /** @type {[string, any, boolean | AddEventListenerOptions | undefined][]} */
  #listeners = [];

  constructor() {
    const { element } = this;
    // A tool that looks into the shadow root does not see the marks of its host.
    mark(element);
    const listen = element.addEventListener;
    element.addEventListener = (
      /** @type {string} */ type,
      /** @type {any} */ listener,
      /** @type {boolean | AddEventListenerOptions | undefined} */ options,
    ) => {
      this.#listeners.push([type, listener, options]);
      listen.call(element, type, listener, options);
    };
  }

  /** Removes the element from its parent, and all listeners from the element. */
  release() {
    this.element.remove();
    for (const [type, listener, options] of this.#listeners.splice(0)) {
      this.element.removeEventListener(type, listener, options);
      // wasm-bindgen does this when a closure is dropped. Yew never drops it.
      listener._wbg_cb_unref?.();
    }
  }
}
