// Prints the size of the files that a page loads before the first screen, of the file that comes while the person reads it, of the
// files that it loads when the camera opens, and of the module that takes the widget's place without WebAssembly. Fails if one of
// these is over its limit, or if the badge in README.md shows another size.
//
//   node scripts/size.mjs [--json]

import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';

/**
 * The parts with their limits in bytes after brotli: `gate` fails the build, `aim` is the goal.
 * @type {{ name: string, of: (file: string) => boolean, gate: number, aim: number }[]}
 */
const PARTS = [
  { name: 'widget', of: (file) => !/^vision\/|^plain\.js$|_rest\.wasm$/.test(file), gate: 77_000, aim: 70_000 },
  { name: 'vision', of: (file) => file.startsWith('vision/'), gate: 125_000, aim: 110_000 },
  { name: 'without WebAssembly', of: (file) => file === 'plain.js', gate: 16_000, aim: 10_000 },
  { name: 'behind the first screen', of: (file) => file.endsWith('_rest.wasm'), gate: 48_000, aim: 40_000 },
];

const built = new URL('../build/package/', import.meta.url);

/** The files of the package that a page loads. An end-to-end test compares them with a browser's requests. */
/** @type {{ files: string[] }} */
const { files } = JSON.parse(readFileSync(new URL('package.json', built), 'utf8'));
/** Loaded only with an attribute, for a phone, when the camera opens, without WebAssembly, in Safari before 16.4, or when a page asks. */
const LATE = [
  'full.js',
  'debug.js',
  'feedback.js',
  'handoff-words.js',
  'handoff.js',
  'in-app.js',
  'language.js',
  'linked.js',
  'plain.css',
  'supports.js',
  'widget.css',
];
const loaded = files.filter(
  (name) => /^(?!(inline|lang|phone|themes)\/).+\.(js|wasm|css)$/.test(name) && !LATE.includes(name),
);

/** Returns the compressed size. @param {Buffer} bytes */
const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;

const parts = PARTS.map(({ name, of, gate, aim }) => {
  const rows = loaded.filter(of).map((file) => {
    const bytes = readFileSync(new URL(file, built));
    return { name: file, raw: bytes.length, brotli: brotli(bytes) };
  });
  const sum = (/** @type {'raw' | 'brotli'} */ what) => rows.reduce((total, row) => total + row[what], 0);
  return { name, files: rows, total: sum('brotli'), raw: sum('raw'), gate, aim };
});

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(parts));
} else {
  const line = (/** @type {string} */ name, /** @type {unknown} */ raw, /** @type {unknown} */ packed) =>
    console.log(name.padEnd(28), String(raw).padStart(9), String(packed).padStart(9));
  line('file', 'raw', 'brotli');
  for (const { name, files: rows, total, raw, gate, aim } of parts) {
    for (const row of rows) line(row.name, row.raw, row.brotli);
    line(name, raw, total);
    console.log(`limit ${gate} bytes, goal ${aim}; ${gate - total} left\n`);
  }
}
for (const { name, total, gate } of parts) {
  if (total <= gate) continue;
  console.error(`size: ${name} is ${total} bytes, over the limit of ${gate}`);
  process.exitCode = 1;
}
// Not while the badge is made.
if (!process.argv.includes('--json')) {
  const badge = readFileSync(new URL('../docs/pictures/size.svg', import.meta.url), 'utf8');
  const shown = 1000 * Number(badge.match(/([\d.]+) kB/)?.[1]);
  const { total } = /** @type {typeof parts[0]} */ (parts.find(({ name }) => name === 'widget'));
  if (!(Math.abs(shown - total) <= total / 100)) {
    console.error(`size: the badge says ${shown} bytes: run «node scripts/size.mjs --json | node scripts/badge.mjs»`);
    process.exitCode = 1;
  }
}
