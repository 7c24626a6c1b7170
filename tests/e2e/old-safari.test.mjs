// The widget in the oldest browser that runs its WebAssembly, Safari 15 of iOS 15: without what came later, it has a live
// camera without guidance, and a style sheet from a file. What is missing is deleted here; tests/packages checks the syntax.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suite } from './support/suite.mjs';

const it = suite();

/** The guidance fails, as it must, and says so. The demo page loads the module ahead. */
const EXPECTED = [/was preloaded/];

/** Runs in the page before its first script. Safari 15.0 has none of this; most of it came with 16.4. */
function forget() {
  const owners = /** @type {[any, string[]][]} */ ([
    [globalThis, ['structuredClone', 'HTMLDialogElement', 'ElementInternals', 'OffscreenCanvas', 'VideoFrame']],
    [globalThis, ['BroadcastChannel', 'CompressionStream', 'requestIdleCallback', 'ImageCapture', 'scheduler']],
    [globalThis, ['MediaStreamTrackProcessor', 'CustomStateSet', 'TextDecoderStream']],
    [Object, ['hasOwn', 'groupBy']],
    [Promise, ['withResolvers', 'try']],
    [Array, ['fromAsync']],
    [Array.prototype, ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']],
    [String.prototype, ['at', 'isWellFormed']],
    [Object.getPrototypeOf(Uint8Array.prototype), ['at', 'findLast', 'toSorted', 'toReversed', 'with']],
    [Crypto.prototype, ['randomUUID']],
    [AbortSignal, ['timeout', 'any', 'abort']],
    [AbortSignal.prototype, ['reason', 'throwIfAborted']],
    [Document.prototype, ['adoptedStyleSheets', 'featurePolicy']],
    [ShadowRoot.prototype, ['adoptedStyleSheets']],
    [HTMLElement.prototype, ['attachInternals', 'inert', 'showPopover', 'popover']],
    [Element.prototype, ['checkVisibility']],
    [HTMLDialogElement.prototype, ['show', 'showModal', 'close']],
    [HTMLVideoElement.prototype, ['requestVideoFrameCallback', 'cancelVideoFrameCallback']],
    [Navigator.prototype, ['permissions', 'wakeLock', 'locks', 'userActivation', 'vibrate', 'connection']],
    [Screen.prototype, ['orientation']],
    [Blob.prototype, ['bytes']],
  ]);
  for (const [owner, names] of owners) for (const name of names) Reflect.deleteProperty(owner, name);
  const { CSSStyleSheet } = globalThis;
  globalThis.CSSStyleSheet = /** @type {any} */ (
    class {
      constructor() {
        throw new TypeError('Illegal constructor');
      }
    }
  );
  globalThis.CSSStyleSheet.prototype = CSSStyleSheet.prototype;
  const { validate } = WebAssembly;
  // The opcode's prefix of SIMD.
  WebAssembly.validate = (code) => !new Uint8Array(/** @type {Uint8Array} */ (code)).includes(253) && validate(code);
}

/** @param {import('playwright-core').Page} page */
async function old(page) {
  await page.addInitScript(forget);
  await page.route('**/vision/worker.js', async (route) => {
    const response = await route.fetch();
    const body = `delete globalThis.OffscreenCanvas; delete globalThis.VideoFrame;\n${await response.text()}`;
    await route.fulfill({ response, body });
  });
}

/** The look of the main button. A colour may still change from the one without a style sheet. @param {Element} element */
function look({ shadowRoot }) {
  const { minHeight, borderRadius, fontWeight } = getComputedStyle(shadowRoot.querySelector('.primary'));
  return { minHeight, borderRadius, fontWeight };
}

test('what Safari 15 has is enough for a camera, a photo and a verdict', async () => {
  const selfie = await it.open({ prepare: old, expected: EXPECTED });
  const support = await selfie.page.evaluate(() => /** @type {any} */ (customElements.get('akiba-selfie')).supports());
  assert.deepEqual(support, { secureContext: true, camera: true, wasm: true, guidance: false, code: null });
  await selfie.button('Start').waitFor();
  await selfie.page.waitForFunction(() => document.querySelector('akiba-selfie').shadowRoot.styleSheets.length > 0);
  const styled = await selfie.element.evaluate(look);
  await selfie.agree();
  await selfie.state('framing');
  await selfie.shoot();
  await selfie.send();
  const { detail } = await selfie.event('selfie-verified');
  assert.deepEqual(detail, { outcome: 'verified', reason: null });
  assert.deepEqual(await selfie.events('selfie-error'), []);

  // It looks as elsewhere.
  const other = await it.open();
  await other.button('Start').waitFor();
  assert.deepEqual(styled, await other.element.evaluate(look));
});
