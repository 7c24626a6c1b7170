/*
 * The root element of a widget.
 *
 * Yew 0.23 never removes its listeners from the root that it renders into (`HostHandlers` in
 * `dom_bundle/subtree_root.rs`: «The registry is never dropped»). Each listener is a Rust closure that holds the root,
 * so both would leak until the page closes. The class notes the listeners and releases them when the widget ends.
 *
 * Yew also destroys before it creates (`fill_queue` in `scheduler.rs`): a component that is destroyed too early lives on. It
 * would open the camera, and send a photo for an element that is gone. On a busy machine there is time for that, because
 * Yew pauses its work after 16 milliseconds (`YIELD_DEADLINE_MS`). So a widget that is not drawn yet ends while it is drawn.
 */

import { mark } from './privacy.js';

/** An element that can release all of its listeners. */
export class Root {
  element = document.createElement('div');
  /** @type {[string, any, boolean | AddEventListenerOptions | undefined][]} */
  #listeners = [];
  /** Ends the widget as soon as it is drawn. @type {(() => void) | undefined} */
  #unmount;

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
      // Yew is drawing. It destroys the component before it handles the first call.
      if (this.#unmount) this.#end(this.#unmount);
    };
  }

  /**
   * Removes the element from its parent, and ends the widget.
   * @param {() => void} unmount
   */
  release(unmount) {
    this.element.remove();
    if (this.element.firstChild) this.#end(unmount);
    else this.#unmount = unmount;
  }

  /** Ends the widget, and removes all listeners from the element. @param {() => void} unmount */
  #end(unmount) {
    this.#unmount = undefined;
    unmount();
    // Yew may be adding them.
    queueMicrotask(() => {
      for (const [type, listener, options] of this.#listeners.splice(0)) {
        this.element.removeEventListener(type, listener, options);
        // wasm-bindgen does this when a closure is dropped. Yew never drops it.
        listener._wbg_cb_unref?.();
      }
    });
  }
}
