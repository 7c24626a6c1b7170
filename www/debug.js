/*
 * With the attribute `debug`: tells the page's developer in the console what the element does, why something is missing,
 * and what the page can do about it. It is loaded only then.
 */

import { EVENTS } from './registry.js';
import { supports } from './supports.js';

/** The least contrast of text (WCAG 1.4.3). */
const LEAST = 4.5;
/** Each text with the element that is its ground. */
const PAIRS = {
  '.primary': '.primary',
  '.secondary': '.secondary',
  '.title': '.card',
  '.text': '.card',
  h2: '.card',
};
/** Events that would fill the console. */
const FREQUENT = ['selfie-guidance', 'selfie-progress', 'selfie-step'];
/** What each code about WebAssembly means for the page. @type {Record<string, string>} */
const OBSTACLES = {
  'wasm-missing': 'this browser has no WebAssembly, as in the Lockdown Mode of Apple’s devices',
  'wasm-blocked': "the page’s Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src",
  'wasm-unsupported': 'the WebAssembly of this browser is older than Chrome 96, Firefox 79 or Safari 15',
};
const PLAIN = 'The element has no live camera and no guidance here: the photo comes from a file or from a camera app.';

const warn = (/** @type {string} */ text) => console.warn(`akiba-selfie: ${text}`);
const say = (/** @type {unknown[]} */ ...what) => console.info('akiba-selfie:', ...what);

/** @type {WeakSet<Element>} */
const watched = new WeakSet();
let policyIsWatched = false;

/**
 * Watches an element from now on, and checks the colours of its current screen.
 * @param {HTMLElement} element
 */
export function debug(element) {
  if (!watched.has(element)) {
    watched.add(element);
    watchPolicy();
    for (const type of EVENTS) element.addEventListener(type, (event) => report(element, event));
    reportSupport();
  }
  const shadow = /** @type {ShadowRoot} */ (element.shadowRoot);
  requestAnimationFrame(() => checkContrast(shadow));
}

/** Reports what the browser lacks. */
async function reportSupport() {
  const { code, secureContext, camera, guidance } = await supports();
  if (code) warn(`${code}: ${OBSTACLES[code]}. ${PLAIN}`);
  else if (!secureContext) warn('no camera: the page is not https');
  else if (!camera) warn('no camera: none is connected, or the Permissions-Policy of the page or its frame forbids it');
  else if (!guidance) warn('no guidance: this browser has no SIMD or no workers');
}

/** @param {HTMLElement} element @param {Event} event */
function report(element, event) {
  if (event.target !== element || !element.hasAttribute('debug')) return;
  const { type } = event;
  const { detail } = /** @type {CustomEvent} */ (event);
  if (type === 'selfie-guidance' && detail.cause) warn(`no guidance: ${detail.cause}. ${adviceFor(detail.cause)}`);
  if (FREQUENT.includes(type)) return;
  say(type, detail);
  if (type !== 'selfie-error') return;
  if (detail.code === 'relay-unreachable') tellWhy(relayUrl(element), 'relay', '--allow-origin of the relay');
  if (detail.code === 'upload-unreachable') tellWhy(lastUpload(), 'storage', 'CORS rules of the bucket');
}

/** @param {string} cause */
function adviceFor(cause) {
  if (cause === 'late') return 'Its files load slowly; it may still come.';
  if (/origin|SecurityError/i.test(cause)) {
    return 'The package is on another origin than the page: see configure({ blobWorker: true }) in docs/bundlers.md.';
  }
  return 'Check that vision/worker.js and vision/akiba-vision.wasm are served, and that the policy allows both.';
}

/** @param {HTMLElement} element */
function relayUrl(element) {
  const path = element.getAttribute('link-path') ?? '/v1/customer';
  try {
    return new URL(`${element.getAttribute('relay')}`.replace(/\/$/, '') + path, location.href);
  } catch {
    return undefined;
  }
}

/** Returns the origin of the last upload. A signed link is a secret, so nothing else of it is read. */
function lastUpload() {
  const requests = performance.getEntriesByType('resource');
  const last = requests.reverse().find((entry) => /** @type {any} */ (entry).initiatorType === 'xmlhttprequest');
  return last && new URL(new URL(last.name).origin);
}

/**
 * Tells why a server gave no answer. For a browser, a refused preflight and a server that is down are the same; a request
 * whose answer nobody reads tells them apart.
 * @param {URL | undefined} url
 * @param {string} what
 * @param {string} setting where the server's owner allows the page
 */
async function tellWhy(url, what, setting) {
  if (!url) return;
  const { origin } = url;
  const answers = (/** @type {RequestMode} */ mode) =>
    fetch(url, { mode, credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' }).then(
      () => true,
      () => false,
    );
  if (!(await answers('no-cors'))) {
    warn(
      `the ${what} ${origin} does not answer: it is down, its name or certificate is wrong, or the network, a filter or ` +
        'connect-src of the page’s policy forbids it',
    );
  } else if (origin !== location.origin && !(await answers('cors'))) {
    warn(
      `the ${what} ${origin} answers, but most likely does not allow the origin ${location.origin}: its preflight fails. ` +
        `Add the origin to ${setting}`,
    );
  } else {
    warn(
      `the ${what} ${origin} answers now. If it fails again, a preflight may lack the headers Authorization, Content-Type ` +
        'or Idempotency-Key, or what answers may not be the server itself',
    );
  }
}

/** Reports what the page's Content-Security-Policy refuses. */
function watchPolicy() {
  if (policyIsWatched) return;
  policyIsWatched = true;
  /** @type {Set<string>} */
  const told = new Set();
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, disposition }) => {
    // A signed link is a secret.
    const blocked = /^https?:/.test(blockedURI) ? new URL(blockedURI).origin : blockedURI;
    const text = `${effectiveDirective} of the page’s Content-Security-Policy ${
      disposition === 'report' ? 'would refuse' : 'refuses'
    } ${blocked || 'something'}: see «Content Security Policy» in docs/embedding.md`;
    if (told.has(text)) return;
    told.add(text);
    warn(text);
  });
}

/**
 * Warns about texts of the current screen with too little contrast.
 * @param {ShadowRoot} shadow
 */
function checkContrast(shadow) {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!context) return;
  /** Returns the luminance (WCAG 2.2) of a colour; `null` if it is not opaque. @param {string} colour */
  const luminance = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, alpha] = context.getImageData(0, 0, 1, 1).data;
    const linear = [r, g, b].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return alpha === 255 ? 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] : null;
  };
  for (const [text, ground] of Object.entries(PAIRS)) {
    const [front, back] = [shadow.querySelector(text), shadow.querySelector(ground)];
    if (!front || !back) continue;
    const colours = [getComputedStyle(front).color, getComputedStyle(back).backgroundColor];
    const [one, other] = colours.map(luminance);
    if (one === null || other === null) continue;
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < LEAST) {
      const part = front.getAttribute('part')?.split(' ').pop();
      console.warn(
        `akiba-selfie: ${colours[0]} on ${colours[1]} (${part}) has a contrast of ${contrast.toFixed(1)}, and needs ${LEAST}`,
      );
    }
  }
}
