// Makes what wasm-bindgen wrote smaller: the WebAssembly by binaryen, the JavaScript beside it by terser, and the names
// of what the two give each other, which are long and hardly compress.
//
//   node scripts/shrink.mjs DIR/NAME.js DIR/NAME_bg.wasm

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { minify } from 'terser';

const [glue, wasm] = process.argv.slice(2);
const wasmOpt = fileURLToPath(new URL('../node_modules/.bin/wasm-opt', import.meta.url));

/** What the browsers that are supported have, and the compiler uses. */
const FEATURES = [
  '--enable-bulk-memory',
  '--enable-nontrapping-float-to-int',
  '--enable-sign-ext',
  '--enable-mutable-globals',
  '--enable-reference-types',
  '--enable-multivalue',
];

/**
 * A function with one caller is put in its place only if it is tiny. It would save a few bytes whatever its size, but what is alike
 * then stands in unlike surroundings, and Brotli packs it 3 % worse.
 */
const INLINE = ['--one-caller-inline-max-function-size', '20'];

function optimise(...options) {
  const args = [...FEATURES, ...options, ...INLINE, '--output', wasm, wasm];
  return execFileSync(wasmOpt, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Returns what was renamed: imports as `[module, name, short name]`, exports as `[name, short name]`. */
function shrinkWasm() {
  optimise('-Oz', '--converge', '--strip-debug', '--strip-producers', '--strip-target-features');
  // In a run of its own: `--converge` would rename what was renamed.
  return JSON.parse(optimise('-Oz', '--minify-imports-and-exports-and-modules'));
}

/** The glue with the short names. Every name that it gives or takes must be known, and every import be given. */
function renamed(text, { imports, exports }) {
  const shortModule = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(wasm)))[0].module;
  const shortImports = new Map(imports.map(([, name, short]) => [name, short]));
  const shortExports = new Map(exports);
  const modules = new Set(imports.map(([module]) => module));
  const given = new Set();
  const short = text
    .replace(/^( +)(__wb\w+|"__wb[^"]+"): (?=function|wasm\.|\()/gm, (_, indent, key) => {
      const name = key.replaceAll('"', '');
      given.add(name);
      // What binaryen found unused is not imported any more.
      return `${indent}${shortImports.get(name) ?? name}: `;
    })
    .replace(/"([^"\n]+)": import0\b/g, (whole, module) => (modules.has(module) ? `${shortModule}: import0` : whole))
    .replace(/\bwasm\.(\w+)/g, (_, name) => {
      if (!shortExports.has(name)) throw new Error(`shrink: the WebAssembly exports no «${name}»`);
      return `wasm.${shortExports.get(name)}`;
    });
  for (const name of shortImports.keys()) {
    if (!given.has(name)) throw new Error(`shrink: the WebAssembly imports «${name}», which is not given`);
  }
  return short;
}

const names = shrinkWasm();
const { code } = await minify(renamed(readFileSync(glue, 'utf8'), names), {
  module: true,
  compress: { passes: 3 },
  format: { comments: false },
});
writeFileSync(glue, code);

// The proof that the two still fit: an import that is missing, or no function, is a LinkError here.
const { initSync } = await import(pathToFileURL(resolve(glue)));
initSync({ module: readFileSync(wasm) });
