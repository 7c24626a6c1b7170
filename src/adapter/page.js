/*
 * The browser's calls for the page around a widget: focus, style sheet, events, and requests to the relay over `fetch` and to
 * S3 over `XMLHttpRequest`, the only API that reports the bytes sent. What is sent, and what an answer means, is decided in
 * Rust.
 */

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

/** How long people take for the second of two taps, in milliseconds. */
const TWO_TAPS_MS = 700;

/**
 * Keeps an element's height for a moment while its content changes. Otherwise the second of two taps hits what the page has
 * below, and moves up.
 * @param {HTMLElement} root
 */
export function hold(root) {
  const height = `${root.offsetHeight}px`;
  root.animate({ minHeight: [height, height] }, TWO_TAPS_MS);
}

/** One sheet for all widgets of the page's own document. @type {CSSStyleSheet | undefined} */
let shared;

/**
 * Adds a style sheet to the document or shadow root that contains an element, once. A sheet can't be adopted across
 * documents, so an element in another document, such as a frame's, gets a sheet of that document.
 * @param {Element} element
 * @param {string} css short: `~` is the widget's class before a rule's own selector
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
    if (sheet !== shared) sheet.replaceSync(css.replaceAll('~', '.akiba-selfie '));
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

/**
 * Calls the page's function for a session. A promise or any other thenable is awaited. Rejected with the function's error,
 * and with nothing if it takes too long.
 * @param {(why: { reason: string }) => unknown} session
 * @param {string} reason
 * @param {number} limit in milliseconds
 */
export async function token(session, reason, limit) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, limit);
  });
  try {
    return await Promise.race([session({ reason }), late]);
  } finally {
    clearTimeout(timer);
  }
}

export class Call {
  #stop = new AbortController();

  abort() {
    this.#stop.abort();
  }

  /**
   * Sends a request: without cookies, cache, redirects and referrer. Resolves to the response and its body if that is JSON,
   * or to the reason for a missing answer.
   * @param {Request} request
   * @param {number} limit for the request and its answer, in milliseconds
   * @param {number} longest how many characters or bytes the body may have
   */
  async send(request, limit, longest) {
    const { signal } = this.#stop;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.abort();
    }, limit);
    try {
      const answer = await fetch(
        new Request(request, {
          credentials: 'omit',
          cache: 'no-store',
          redirect: 'error',
          referrerPolicy: 'no-referrer',
          signal,
        }),
      );
      // A page may wrap `fetch`.
      if (!(answer instanceof Response)) return 'reply';
      if (Number(answer.headers.get('Content-Length')) > longest) return 'reply';
      const text = await answer.text();
      return text.length > longest ? 'reply' : [answer, parsed(text)];
    } catch {
      return late ? 'timeout' : 'unreachable';
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export class Upload {
  #request = new XMLHttpRequest();
  #over = new AbortController();
  #tell;

  /**
   * @param {(sent: number, total: number, answer?: string) => void} tell called with the bytes sent and all bytes. At the
   *   end, called with the status, by how many bytes more were sent, and the answer's text. The status is 0 without an answer.
   */
  constructor(tell) {
    this.#tell = tell;
  }

  /**
   * Sends a photo. Returns whether the browser does.
   * @param {string} url
   * @param {[string, string][]} pairs the headers of a `PUT`, or the fields of a form
   * @param {boolean} isForm
   * @param {Blob} photo
   * @param {number} longest how much of the answer is read
   */
  send(url, pairs, isForm, photo, longest) {
    const [request, { signal }] = [this.#request, this.#over];
    // WebKit itself repeats a body whose connection ended, and goes on counting.
    let more = 0;
    const progress = (/** @type {ProgressEvent} */ { loaded, total }) => {
      more = loaded - total;
      this.#tell(loaded, total);
    };
    request.upload.addEventListener('progress', progress, { signal });
    // Every request ends with this event; without an answer, the status is 0.
    const end = () => this.#tell(request.status, more, request.responseText.slice(0, longest));
    request.addEventListener('loadend', end, { signal });
    try {
      request.open(isForm ? 'POST' : 'PUT', url);
      /** @type {Blob | FormData} */
      let body = photo;
      if (isForm) {
        body = new FormData();
        for (const [name, value] of pairs) body.append(name, value);
        // S3 ignores everything after the file.
        body.append('file', photo, 'selfie.jpg');
      } else {
        for (const [name, value] of pairs) request.setRequestHeader(name, value);
        // Without this header, the browser would send the blob's own type, so the blob is sent without one.
        if (!pairs.some(([name]) => name === 'Content-Type')) body = photo.slice();
      }
      request.send(body);
      return true;
    } catch {
      return false;
    }
  }

  abort() {
    this.#over.abort();
    this.#request.abort();
  }
}
