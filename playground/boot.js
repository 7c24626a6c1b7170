/*
 * Faults that must be there before the element loads: the page is opened again with `?show=CODE`. They are the browser's
 * and the page's, so nothing in a running page could cause them.
 */

/** The codes of the faults, and how each is made. @type {Record<string, () => void>} */
export const BOOT_FAULTS = {
  load() {
    const real = globalThis.fetch.bind(globalThis);
    let left = 1;
    globalThis.fetch = async (input, init) => {
      if (left && isWidget(input)) {
        left -= 1;
        throw new TypeError('Failed to fetch');
      }
      return real(input, init);
    };
  },
  'wasm-missing'() {
    Reflect.deleteProperty(globalThis, 'WebAssembly');
  },
  'wasm-blocked'() {
    forbid();
  },
  'wasm-unsupported'() {
    forbid();
    WebAssembly.validate = () => false;
  },
};

/** Forbids every module, as a policy without `'wasm-unsafe-eval'` does. */
function forbid() {
  const refused = class {
    constructor() {
      throw new WebAssembly.CompileError('Refused by the playground.');
    }
  };
  WebAssembly.Module = /** @type {any} */ (refused);
}

/** @param {RequestInfo | URL} input */
const isWidget = (input) => String(input instanceof Request ? input.url : input).endsWith('/akiba-selfie_bg.wasm');

/** Whether the element's next call of its WebAssembly traps. */
let trapped = false;

/** Lets the WebAssembly stop at its next call. */
export function trap() {
  trapped = true;
}

/** Lets every module that arrives from here on trap when it shall. */
export function installTrap() {
  if (!globalThis.WebAssembly) return;
  const start = WebAssembly.instantiateStreaming?.bind(WebAssembly);
  if (!start) return;
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const { instance, module } = await start(source, imports);
    const exports = Object.fromEntries(Object.entries(instance.exports).map(([name, it]) => [name, guarded(it)]));
    return { module, instance: /** @type {WebAssembly.Instance} */ ({ exports }) };
  };
}

/** @param {WebAssembly.ExportValue} it @returns {WebAssembly.ExportValue} */
function guarded(it) {
  if (typeof it !== 'function') return it;
  return (/** @type {unknown[]} */ ...args) => {
    if (trapped) {
      trapped = false;
      throw new WebAssembly.RuntimeError('unreachable');
    }
    return it(...args);
  };
}
