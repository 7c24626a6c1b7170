// Bundles and minifies the JavaScript of a copy of the package: the folder has www's files, and has the files that a page
// loads afterwards. Everything that define.js and akiba-selfie.js import becomes part of akiba-selfie.js, except for
// feedback.js, which is loaded later, and the code that wasm-bindgen wrote. No source maps: the sources are in www, and a page would download the comment's URL.
//
//   node scripts/bundle.mjs FOLDER

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { minify } from 'terser';

/** The modules that become part of akiba-selfie.js. registry.js stays too, as the demo page reads it. */
const BUNDLED = ['crash.js', 'load.js', 'privacy.js', 'root.js'];

/** Names that stay: of the public class, for stack traces, and of the worker's variable, which the tests read. */
const KEPT = ['AkibaSelfieElement', 'vision'];

const folder = process.argv[2];
if (!folder) throw new Error('usage: node scripts/bundle.mjs FOLDER');

/**
 * Returns a module together with what it imports.
 * @param {string} name
 * @param {string[]} external modules that stay files of their own
 */
async function bundle(name, external) {
  const { outputFiles } = await build({
    entryPoints: [resolve(folder, name)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/**
 * Minifies a file. esbuild could too, but terser's result is smaller.
 * @param {string} name
 * @param {string} text
 * @param {boolean} module
 */
async function write(name, text, module) {
  const { code } = await minify(text, {
    module,
    toplevel: true,
    compress: { passes: 3 },
    mangle: { reserved: KEPT },
    format: { comments: false },
  });
  if (!code) throw new Error(`bundle: terser returned nothing for ${name}`);
  writeFileSync(join(folder, name), code);
}

const [main, define] = await Promise.all([
  bundle('akiba-selfie.js', ['./pkg/*', './feedback.js']),
  bundle('define.js', ['./akiba-selfie.js']),
]);
await write('akiba-selfie.js', main, true);
await write('define.js', define, true);
await write('feedback.js', readFileSync(join(folder, 'feedback.js'), 'utf8'), true);
await write('vision/worker.js', readFileSync(join(folder, 'vision/worker.js'), 'utf8'), false);
for (const name of BUNDLED) rmSync(join(folder, name));
