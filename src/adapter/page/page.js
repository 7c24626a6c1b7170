/* The browser's calls for the document around a widget: focus, style sheet, events. */

/** Returns the focused element. The body does not count: it gets the focus when the focused element is removed. @param {Document | ShadowRoot} tree */
const active = ({ activeElement }) => (activeElement?.tagName === 'BODY' ? null : activeElement);

/** Whether the focus is where it must stay. @param {Element} root */
function isBusy(root) {
  const tree = root.getRootNode();
  const isControl = (/** @type {Element | null} */ element) => /^(BUTTON|INPUT)$/.test(element?.tagName ?? '');
  if (tree instanceof ShadowRoot) {
    if (tree.activeElement) return isControl(tree.activeElement);
    const element = active(tree.host.ownerDocument);
    return element !== null && element !== tree.host;
  }
  if (!(tree instanceof Document)) return false;
  const element = active(tree);
  return element !== null && (!root.contains(element) || isControl(element));
}

/**
 * Focuses the heading of a new screen, which is marked `data-focus`.
 * @param {Element} root
 * @param {boolean} requested whether the person or the page asked for the screen. Only then the page scrolls, and only as far
 *   as the heading needs: at high zoom, the pressed button may be far below it. Otherwise the focus moves only if it was lost
 *   with the old screen or was on its heading.
 */
export function focusHeading(root, requested) {
  const heading = /** @type {HTMLElement | null} */ (root.querySelector('[data-focus]'));
  if (!requested && isBusy(root)) return;
  heading?.focus({ preventScroll: true });
  if (requested) heading?.scrollIntoView({ block: 'nearest' });
}

/** One sheet for all widgets of the page's own document. @type {CSSStyleSheet | undefined} */
let shared;

/**
 * Adds a style sheet to the document or shadow root that contains an element, once. A sheet can't be adopted across
 * documents, so an element in another document, such as a frame's, gets a sheet of that document.
 * @param {Element} element
 * @param {string} css
 */
export function adopt(element, css) {
  const tree = /** @type {ShadowRoot} */ (element.getRootNode());
  const { ownerDocument } = element;
  const isOwn = ownerDocument === document;
  // An element that was removed before it was drawn has no such root.
  if (!tree.adoptedStyleSheets) return;
  try {
    const { CSSStyleSheet: Sheet } = /** @type {typeof globalThis} */ (ownerDocument.defaultView);
    const sheet = (isOwn && shared) || new Sheet();
    if (sheet !== shared) sheet.replaceSync(css);
    if (isOwn) shared = sheet;
    if (!tree.adoptedStyleSheets.includes(sheet)) tree.adoptedStyleSheets = [...tree.adoptedStyleSheets, sheet];
  } catch {
    // A root that can't be styled, and then there is nothing to do.
  }
}

/**
 * Dispatches an event that bubbles and crosses shadow roots. Returns false if the page refused it.
 * @param {EventTarget} host
 * @param {string} type
 * @param {unknown} detail
 * @param {boolean} cancelable
 */
export const dispatch = (host, type, detail, cancelable) =>
  host.dispatchEvent(new CustomEvent(type, { detail, cancelable, bubbles: true, composed: true }));

/** Makes the browser ask before the person leaves the page, until it is stopped. */
export class LeaveGuard {
  #over = new AbortController();

  constructor() {
    const ask = (/** @type {BeforeUnloadEvent} */ event) => {
      event.preventDefault();
      // Chromium before 119 asks only with a value. No browser shows it.
      event.returnValue = '1';
    };
    addEventListener('beforeunload', ask, this.#over);
  }

  stop() {
    this.#over.abort();
  }
}

/** Tells the type of each event of the page that the flow needs. */
export class Watch {
  #over = new AbortController();

  /** @param {(type: string) => void} tell */
  constructor(tell) {
    const listener = (/** @type {Event} */ { type }) => tell(type);
    for (const type of ['online', 'offline', 'pagehide']) addEventListener(type, listener, this.#over);
    document.addEventListener('visibilitychange', listener, this.#over);
  }

  stop() {
    this.#over.abort();
  }
}
