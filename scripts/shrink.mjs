// Shrinks the output of wasm-bindgen: the WebAssembly with binaryen, the JavaScript with terser, and the names of
// imports and exports between the two. It takes the WebAssembly apart: NAME_rest.wasm has what is behind the first screen.
//
//   node scripts/shrink.mjs DIR/NAME.js DIR/NAME_bg.wasm

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { minify } from 'terser';

import { simplified } from './glue.mjs';
import { SCRIPT, split } from './split.mjs';

const [glue, wasm] = process.argv.slice(2);
if (!glue || !wasm) throw new Error('usage: node scripts/shrink.mjs DIR/NAME.js DIR/NAME_bg.wasm');
const rest = wasm.replace('_bg.wasm', '_rest.wasm');
const tool = (/** @type {string} */ name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

/** Features that the supported browsers have and the compiler uses. */
const FEATURES = [
  '--enable-bulk-memory',
  '--enable-nontrapping-float-to-int',
  '--enable-sign-ext',
  '--enable-mutable-globals',
  '--enable-reference-types',
  '--enable-multivalue',
];

/**
 * Inlines a function with one caller only if it is tiny. Inlining all of them saves a few bytes, but Brotli compresses
 * the result 3 % worse, because similar code then has different surroundings.
 */
const INLINE = ['--one-caller-inline-max-function-size', '20'];

/** Takes the control flow apart and builds it again, which finds more to share. It saves 400 bytes. */
const REBUILD = ['--flatten', '--rereloop'];

/**
 * Nothing is below address 1024: the stack of 1 MB is at the beginning of the memory and grows towards it. More offsets then
 * become part of their instructions, which saves 450 bytes.
 */
const UNUSED = '--low-memory-unused';

/**
 * What is behind the first screen, as names that wasm-bindgen writes: what the adapters do for the flow, and the events that the page
 * gets. A new widget watches the page at once.
 */
const BEHIND = {
  later:
    /^\$"(?!core\[\w+\]::ptr::drop_in_place)(?!.*Runner>::new).*akiba_selfie\[\w+\]::(widget::runner|adapter::(camera|photo|relay|upload|vision)|element::props)/,
  doors: [
    /::widget::AkibaSelfie>::(advance|receive)"$/,
    /::ui::shell::later"$/,
    /::element::emit::dispatch"$/,
    /::relay::reply::JudgedReply>::read"$/,
  ],
};

/** Runs wasm-opt. @param {string} from @param {string} to @param {string[]} options */
function optimise(from, to, ...options) {
  execFileSync(tool('wasm-opt'), [...FEATURES, ...options, UNUSED, ...INLINE, '--output', to, from], {
    stdio: 'inherit',
  });
}

/**
 * @typedef {object} Names
 * @property {[module: string, name: string, short: string][]} imports
 * @property {[name: string, short: string][]} exports
 */

/**
 * Optimises the WebAssembly, and returns its new names.
 * @returns {Names}
 */
function shrinkWasm() {
  // With the names, which say what is behind the first screen.
  optimise(wasm, wasm, ...REBUILD, '-Oz', '--converge', '-g', '--strip-producers', '--strip-target-features');
  const wat = execFileSync(tool('wasm-dis'), [...FEATURES, wasm], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const parts = split(wat, BEHIND);
  for (const [file, text] of [
    [wasm, parts.first],
    [rest, parts.rest],
  ]) {
    const source = file.replace('.wasm', '.wat');
    writeFileSync(source, text);
    optimise(source, file, '-Oz');
    rmSync(source);
  }
  return parts;
}

/**
 * Returns the JavaScript with the short names. Fails if a name is unknown or an import is missing.
 * @param {string} text
 * @param {Names} names
 */
function renamed(text, { imports, exports }) {
  const shortImports = new Map(imports.map(([, name, short]) => [name, short]));
  const shortExports = new Map(exports);
  const modules = new Set(imports.map(([module]) => module));
  const given = new Set();
  // wasm-bindgen imports a function of a module directly where it need not convert anything. binaryen gives all imports
  // the same module.
  const direct = imports
    .filter(([module]) => module.startsWith('./snippets/'))
    .map(([module, name, short]) => {
      given.add(name);
      const space = new RegExp(`import \\* as (\\w+) from "${module.replaceAll('.', '\\.')}"`).exec(text)?.[1];
      return `        ${short}: ${space}.${name},\n`;
    });
  const short = text
    .replace(/const import0 = \{\n/, (begin) => begin + direct.join(''))
    .replace(/^ *"\.\/snippets\/[^"\n]+": import\d+,\n/gm, '')
    .replace(/^( +)(__wb\w+|"__wb[^"]+"): (?=function|wasm\.|\()/gm, (_, indent, key) => {
      const name = key.replaceAll('"', '');
      given.add(name);
      // binaryen removes unused imports.
      return `${indent}${shortImports.get(name) ?? name}: `;
    })
    .replace(/"([^"\n]+)": import0\b/g, (whole, module) => (modules.has(module) ? `${SCRIPT}: import0` : whole))
    .replace(/\bwasm\.(\w+)/g, (_, name) => {
      if (!shortExports.has(name)) throw new Error(`shrink: the WebAssembly does not export «${name}»`);
      return `wasm.${shortExports.get(name)}`;
    });
  for (const name of shortImports.keys()) {
    if (!given.has(name)) throw new Error(`shrink: the JavaScript does not provide the import «${name}»`);
  }
  return short;
}

const names = shrinkWasm();
const { code } = await minify(simplified(renamed(readFileSync(glue, 'utf8'), names)), {
  module: true,
  compress: { passes: 3 },
  format: { comments: false },
});
if (code === undefined) throw new Error('shrink: terser returned nothing');
writeFileSync(glue, code);

// Proves that the two fit: a missing or invalid import is a LinkError.
const { default: init, initRest } = await import(pathToFileURL(resolve(glue)).href);
await init({ module_or_path: readFileSync(wasm) });
await initRest(() => readFileSync(rest));
