// How scripts/split.mjs takes WebAssembly apart.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { FIRST, SCRIPT, split } from '../../scripts/split.mjs';

const TOOL = fileURLToPath(new URL('../../node_modules/.bin/wasm-as', import.meta.url));
/** Longer than what stays in the first part whatever its name is. */
const LONG = '(drop (i32.const 1234567890))\n  '.repeat(100);

const WAT = `(module
 (type $0 (func (param i32) (result i32)))
 (import "page" "a long name" (func $"page call" (param i32) (result i32)))
 (global $g (mut i32) (i32.const 7))
 (memory $m 1)
 (data $d (i32.const 8) "\\2a")
 (table $t 4 4 funcref)
 (elem $e (i32.const 1) func $small $"late (large)" $"page call")
 (export "memory" (memory $m))
 (export "start" (func $start))
 (export "through the table" (func $indirect))
 (func $start (param $0 i32) (result i32)
  (call $"late door" (call $both (local.get $0)))
 )
 (func $indirect (param $0 i32) (result i32)
  (call_indirect $t (type $0) (i32.const 5) (local.get $0))
 )
 (func $both (param $0 i32) (result i32)
  (i32.add (local.get $0) (global.get $g))
 )
 (func $small (param $0 i32) (result i32)
  (i32.const 3)
 )
 (func $"late door" (param $0 i32) (result i32)
  (call $"page call" (call $both (call $inner (local.get $0))))
 )
 (func $inner (param $0 i32) (result i32)
  (i32.mul (local.get $0) (i32.load8_u (i32.const 8)))
 )
 (func $"late (large)" (param $0 i32) (result i32)
  ${LONG}(call $both (local.get $0))
 )
)
`;

/** @param {string} wat */
async function compiled(wat) {
  const folder = mkdtempSync(join(tmpdir(), 'split-'));
  try {
    writeFileSync(join(folder, 'it.wat'), wat);
    execFileSync(TOOL, ['--enable-reference-types', join(folder, 'it.wat'), '--output', join(folder, 'it.wasm')]);
    return await WebAssembly.compile(readFileSync(join(folder, 'it.wasm')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the first part traps at a door until the rest has come, and then both work as one', async () => {
  const { first, rest, imports, exports } = split(WAT, { later: /late/, doors: [/late door/] });
  const short = Object.fromEntries(exports);
  assert.deepEqual(imports, [['page', 'a long name', 'a']]);
  const script = { [imports[0][2]]: (/** @type {number} */ number) => number + 1000 };
  const begun = await WebAssembly.instantiate(await compiled(first), { [SCRIPT]: script });
  const call = (/** @type {string} */ name) => /** @type {any} */ (begun.exports[short[name]]);
  assert.equal(call('through the table')(1), 3);
  assert.throws(() => call('start')(1), WebAssembly.RuntimeError);
  assert.throws(() => call('through the table')(2), WebAssembly.RuntimeError);
  assert.doesNotMatch(first, /i32\.mul|1234567890/);
  await WebAssembly.instantiate(await compiled(rest), { [SCRIPT]: script, [FIRST]: begun.exports });
  assert.equal(call('start')(1), 1000 + 7 + 8 * 42);
  assert.equal(call('through the table')(2), 5 + 7);
  assert.equal(call('through the table')(3), 1005);
});

test('a door that the first part does not have fails the build', () => {
  assert.throws(() => split(WAT, { later: /late/, doors: [/late door/, /nothing/] }), /no door \/nothing\//);
});
