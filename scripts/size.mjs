// Prints what a page loads to reach a verdict, and what it loads besides to guide the person, once the camera opens; fails
// when either is more than its gate.
//
//   node scripts/size.mjs [--json]

import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

/** In bytes after brotli, of everything together: `aim` is what the project aims for. */
const PARTS = [
  { name: 'widget', of: (file) => !file.startsWith('vision/'), gate: 130_000, aim: 100_000 },
  { name: 'vision', of: (file) => file.startsWith('vision/'), gate: 150_000, aim: 115_000 },
];

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

const parts = PARTS.map(({ name, of, gate, aim }) => {
  const rows = loaded.filter(of).map((file) => {
    const bytes = readFileSync(new URL(file, www));
    return { name: file, raw: bytes.length, brotli: brotli(bytes) };
  });
  const sum = (what) => rows.reduce((total, row) => total + row[what], 0);
  return { name, files: rows, total: sum('brotli'), raw: sum('raw'), gate, aim };
});

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(parts));
} else {
  const line = (name, raw, packed) => console.log(name.padEnd(28), String(raw).padStart(9), String(packed).padStart(9));
  line('file', 'raw', 'brotli');
  for (const { name, files: rows, total, raw, gate, aim } of parts) {
    for (const row of rows) line(row.name, row.raw, row.brotli);
    line(name, raw, total);
    console.log(`gate ${gate} bytes, aim ${aim}; ${gate - total} to spare\n`);
  }
}
for (const { name, total, gate } of parts) {
  if (total <= gate) continue;
  console.error(`size: ${name} is ${total} bytes, more than the gate of ${gate}`);
  process.exitCode = 1;
}
