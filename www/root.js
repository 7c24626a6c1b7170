/*
 * What a widget is drawn into.
 *
 * Yew 0.23 never takes its listeners off the root that it draws into (`HostHandlers` in `dom_bundle/subtree_root.rs`: «The
 * registry is never dropped»). Each of them is a Rust closure that holds the root, so that root and closures would stay
 * for the life of the page. Here they are noted, and let go of when the widget ends.
 */

/** An element whose listeners end with it. */
export class Root {
  element = document.createElement('div');
  #listeners = [];

  constructor() {
    const { element } = this;
    const listen = element.addEventListener;
    element.addEventListener = (type, listener, options) => {
      this.#listeners.push([type, listener, options]);
      listen.call(element, type, listener, options);
    };
  }

  /** Takes the element out of its parent, and all listeners off it. */
  release() {
    this.element.remove();
    for (const [type, listener, options] of this.#listeners.splice(0)) {
      this.element.removeEventListener(type, listener, options);
      // What wasm-bindgen does when a closure is dropped, and Yew, which forgets it, does not.
      listener._wbg_cb_unref?.();
    }
  }
}
