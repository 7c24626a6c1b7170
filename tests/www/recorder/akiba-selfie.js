// Replaces the built widget in tests of the element class, and records the calls. `globalThis.widgets` has one entry
// for each mount.

globalThis.widgets = [];

export class Widget {
  constructor(host, options, session) {
    this.host = host;
    this.calls = [];
    this.isWhole = false;
    this.options = options;
    this.session = session;
    this.current = 'idle';
    /** @type {Element | undefined} */
    this.root = undefined;
  }

  static mount(host, root, options, session) {
    const widget = new Widget(host, options, session);
    widgets.push(widget);
    root.append('mounted');
    widget.root = root;
    return widget;
  }

  get state() {
    return this.current;
  }

  update(options, session) {
    this.options = options;
    this.session = session;
    this.calls.push('update');
  }

  whole() {
    this.isWhole = true;
  }

  moveTo(state) {
    const detail = { state, previous: this.current };
    this.current = state;
    this.host.dispatchEvent(new CustomEvent('selfie-statechange', { detail, bubbles: true, composed: true }));
  }

  unmount() {
    this.root.replaceChildren();
    this.calls.push('unmount');
  }
}

for (const method of ['start', 'capture', 'retake', 'submit', 'cancel', 'reset']) {
  Widget.prototype[method] = function () {
    this.calls.push(method);
  };
}

export default async function init({ module_or_path }) {
  await WebAssembly.compileStreaming(await module_or_path);
}

export const initRest = async (request) => {
  await WebAssembly.compileStreaming(await request());
};

export const onTrap = () => {};
