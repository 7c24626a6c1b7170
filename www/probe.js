/* Whether this browser runs WebAssembly that is as new as the widget's. */

/** The smallest module with an `externref` (Chrome 96, Firefox 79, Safari 15), the newest feature that the widget uses. */
export const PROBE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 1, 111, 0]);

/** Whether WebAssembly runs: it may be missing, too old, or forbidden by the page's policy. */
export function runs() {
  try {
    return Boolean(new WebAssembly.Module(PROBE));
  } catch {
    return false;
  }
}
