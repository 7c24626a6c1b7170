// Prints what a page loads to reach a verdict, and fails when it is more than the gate.
//
//   node scripts/size.mjs [--json]

import { readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

/** Bytes after brotli, of everything together. */
const GATE = 130_000;
/** What the project aims for. */
const AIM = 100_000;

const www = new URL('../www/', import.meta.url);

/** The modules that `define.js` reaches, and every file of the built widget. The styles are inside the WebAssembly. */
function loaded() {
  const files = new Set();
  const add = (name) => {
    if (files.has(name)) return;
    files.add(name);
    const folder = new URL(name, www);
    for (const [, path] of readFileSync(folder, 'utf8').matchAll(/^\s*(?:import|export)\b[^'"]*['"](\.[^'"]+)['"]/gm)) {
      add(new URL(path, folder).pathname.slice(www.pathname.length));
    }
  };
  add('define.js');
  for (const name of readdirSync(new URL('pkg/', www), { recursive: true })) {
    if (/\.(js|wasm|css)$/.test(name)) files.add(`pkg/${name}`);
  }
  return [...files];
}

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;

const rows = loaded().map((name) => {
  const bytes = readFileSync(new URL(name, www));
  return { name, raw: bytes.length, brotli: brotli(bytes) };
});
const total = { name: 'total', raw: 0, brotli: 0 };
for (const row of rows) {
  total.raw += row.raw;
  total.brotli += row.brotli;
}

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ files: rows, total: total.brotli, raw: total.raw, gate: GATE, aim: AIM }));
} else {
  const line = (name, raw, packed) => console.log(name.padEnd(28), String(raw).padStart(9), String(packed).padStart(9));
  line('file', 'raw', 'brotli');
  for (const row of [...rows, total]) line(row.name, row.raw, row.brotli);
  console.log(`\ngate ${GATE} bytes, aim ${AIM}; ${GATE - total.brotli} to spare`);
}
if (total.brotli > GATE) {
  console.error(`size: a page loads ${total.brotli} bytes, more than the gate of ${GATE}`);
  process.exitCode = 1;
}
