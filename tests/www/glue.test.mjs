// What scripts/glue.mjs leaves of the JavaScript that wasm-bindgen wrote: it starts the WebAssembly as a page gets it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { simplified } from '../../scripts/glue.mjs';

const built = new URL('../../www/pkg/', import.meta.url);

for (const type of ['application/wasm', 'application/octet-stream', 'bytes']) {
  test(`starts the WebAssembly that is sent as ${type}, once`, async () => {
    // Another query is another module.
    const { default: init, initRest } = await import(`${new URL(`akiba-selfie.js?${type}`, built)}`);
    const file = async (/** @type {string} */ name) => {
      const bytes = await readFile(new URL(name, built));
      return type === 'bytes' ? bytes : new Response(bytes, { headers: { 'Content-Type': type } });
    };
    const exports = await init({ module_or_path: file('akiba-selfie_bg.wasm') });
    assert.ok(Object.values(exports).some((one) => one instanceof WebAssembly.Memory));
    assert.equal(await init(), exports);
    const places = Object.values(exports).find(
      (one) => one instanceof WebAssembly.Table && one.get(1) instanceof Function,
    );
    const filled = () => Array.from({ length: places.length }, (_, place) => places.get(place)).filter(Boolean).length;
    const before = filled();
    await initRest(() => file('akiba-selfie_rest.wasm'));
    assert.ok(filled() > before, 'the rest fills places of the table');
  });
}

test('code that nobody has looked at fails the build', () => {
  assert.throws(() => simplified('export class Widget {}'), /matches nothing that wasm-bindgen wrote/);
});
