// Prints what a page loads to reach a verdict, and fails when it is more than the gate.
//
//   node scripts/size.mjs [--json]

import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

/** Bytes after brotli, of everything together. */
const GATE = 130_000;
/** What the project aims for. */
const AIM = 100_000;

const www = new URL('../www/', import.meta.url);

/** What of the package a page loads; an end-to-end test compares it with what a browser asks for. */
const { files } = JSON.parse(readFileSync(new URL('package.json', www)));
const loaded = files.filter((name) => /\.(js|wasm|css)$/.test(name));

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;

const rows = loaded.map((name) => {
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
