// Bundles and minifies the JavaScript of a copy of the package: the folder has www's files, and has the files that a page
// loads afterwards. Everything that define.js and akiba-selfie.js import becomes part of akiba-selfie.js, also the code that
// wasm-bindgen wrote and the modules of src/adapter: on a slow network each file more in the chain costs seconds. Only what a
// page loads later stays apart. No source maps: the sources are in www, and a page would download the comment's URL.
//
//   node scripts/bundle.mjs FOLDER

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import { minify } from 'terser';
import { packed, phonePacked, phoneTranslations, translations } from './catalogues.mjs';

/** The frameworks with a component of their own, `react.mjs` and `vue.mjs`. */
const FRAMEWORKS = ['react', 'vue'];
/** Modules that stay: the ones that a page imports, the page for phones, and the one that the demo page reads. */
const STAY = [
  'akiba-selfie.js',
  'define.js',
  'phone/phone.js',
  'registry.js',
  ...FRAMEWORKS.map((name) => `${name}.mjs`),
];
/** Modules that a page loads later: with an attribute, when the camera opens, without WebAssembly, or when it asks. */
const LATE = [
  'debug.js',
  'feedback.js',
  'full.js',
  'handoff-words.js',
  'handoff.js',
  'in-app.js',
  'language.js',
  'linked.js',
  'plain.js',
  'supports.js',
];

/** What the bundled code may use: iOS 15 is the oldest browser with the widget's WebAssembly. */
const TARGET = 'safari15';
/** esbuild counts the newest names of scripts, too. No expression here uses them. */
const SUPPORTED = { 'regexp-unicode-property-escapes': true };
/** The widget's style sheet, for browsers that can't construct one. */
const STYLE_SHEET = await shortened(readFileSync(new URL('../src/ui/style.css', import.meta.url), 'utf8'));

/** Names that stay: of the public class, for stack traces, and of the worker's variable, which the tests read. */
const KEPT = ['AkibaSelfieElement', 'vision'];

/** Shortens the style sheet that notice.js holds as text. @type {import('esbuild').Plugin} */
const SHORT_STYLE = {
  name: 'short-style',
  setup({ onLoad }) {
    onLoad({ filter: /\/notice\.js$/ }, async ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const [whole, css] = text.match(/`(:host[^`]*)`/) ?? [];
      if (!whole) throw new Error('bundle: notice.js has no style sheet');
      return { contents: text.replace(whole, JSON.stringify(await shortened(css))) };
    });
  },
};

/** Where the libraries are, also for a folder outside the clone. */
const LIBRARIES = fileURLToPath(new URL('../node_modules', import.meta.url));

/** The files of all modules so far. @type {Set<string>} */
const bundled = new Set();
const folder = process.argv[2];
if (!folder) throw new Error('usage: node scripts/bundle.mjs FOLDER');

/**
 * Returns a module together with what it imports.
 * @param {string} name
 * @param {string[]} external modules that stay files of their own
 * @param {import('esbuild').Plugin[]} [plugins]
 */
async function bundle(name, external, plugins = []) {
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(folder, name)],
    nodePaths: [LIBRARIES],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: TARGET,
    supported: SUPPORTED,
    define: { 'globalThis.WIDGET_STYLE': JSON.stringify(STYLE_SHEET) },
    external,
    logLevel: 'error',
    plugins: [SHORT_STYLE, ...plugins],
  });
  for (const path of Object.keys(metafile.inputs)) bundled.add(resolve(path));
  return outputFiles[0].text;
}

/**
 * Minifies code. esbuild could too, but terser's result is smaller.
 * @param {string} text
 * @param {boolean} module
 * @param {boolean} [arrows] whether every function that uses neither `this` nor `arguments` may become an arrow
 */
async function minified(text, module, arrows = false) {
  const { code } = await minify(text, {
    module,
    toplevel: true,
    compress: { passes: 3, ...(arrows && { ecma: 2020, unsafe_arrows: true }) },
    mangle: { reserved: KEPT },
    format: { comments: false },
  });
  if (!code) throw new Error('bundle: terser returned nothing');
  return code;
}

/** Writes a minified file. @param {string} name @param {Parameters<typeof minified>} code */
const write = async (name, ...code) => writeFileSync(join(folder, name), await minified(...code));

/** Returns a style sheet without comments and white space. @param {string} css */
async function shortened(css) {
  const { code } = await transform(css, { loader: 'css', minify: true, target: TARGET });
  return code.trim();
}

/**
 * Returns the code that wasm-bindgen wrote and glue.mjs simplified with two changes: each call of the WebAssembly reports a
 * trap, and the start that the element does not use is gone.
 * @param {string} text
 */
function guarded(text) {
  const report = `
let trapped = () => {};
export const onTrap = (listener) => { trapped = listener; };
const guard = (exports) => Object.fromEntries(Object.entries(exports).map(([name, it]) => [name, typeof it !== 'function' ? it : (...args) => {
  try { return it(...args); } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) trapped();
    throw error;
  }
}]));`;
  // The element never calls it.
  const used = text.replace(/(export ?\{ ?)(?:\w+ as )?initSync, ?/, '$1');
  // Trunk serves the WebAssembly in one part, so there is no rest to request.
  const whole = used.includes('initRest') ? '' : '\nexport const initRest = async () => {};';
  return replaced(used, /= ?(\w+)\.exports\b/g, '=guard($1.exports)') + report + whole;
}

/** Replaces the one place that matches, and fails if there is not exactly one. @param {string} text @param {RegExp} what @param {string} by */
function replaced(text, what, by) {
  const places = text.match(what)?.length;
  if (places !== 1) throw new Error(`bundle: ${what} matches ${places ?? 0} places of the generated code`);
  return text.replace(what, by);
}

/**
 * Writes the element for test runners that can't read ES modules, such as Jest. No camera is there, so it has no
 * WebAssembly: an element in a document reports `load`.
 */
async function writeCommonJs() {
  const stub =
    'export default async (given) => { await given.module_or_path; throw new Error("no WebAssembly in CommonJS"); }; export const initRest = () => {}, onTrap = () => {}; export class Widget {}';
  const { outputFiles } = await build({
    entryPoints: [resolve(folder, 'akiba-selfie.js')],
    nodePaths: [LIBRARIES],
    bundle: true,
    write: false,
    format: 'cjs',
    minifyWhitespace: true,
    target: 'es2022',
    define: { 'import.meta.url': '"about:blank"' },
    plugins: [
      {
        name: 'stub',
        setup({ onLoad }) {
          onLoad({ filter: /\/pkg\/akiba-selfie\.js$/ }, () => ({ contents: stub }));
          // Nothing is drawn, so no language is needed.
          onLoad({ filter: /\/(handoff|in-app|language)\.js$/ }, () => ({
            contents: 'export const handOff = () => {}, leave = () => {}, speak = () => {};',
          }));
        },
      },
    ],
  });
  writeFileSync(join(folder, 'akiba-selfie.cjs'), outputFiles[0].text);
  await writeCommonJsOf('define.js', './akiba-selfie.js');
  // A component's class is the one above: a page has one.
  for (const framework of FRAMEWORKS) await writeCommonJsOf(`${framework}.mjs`, './akiba-selfie.js', [framework]);
  // TypeScript takes a .d.ts for an ES module's.
  for (const name of ['index', ...FRAMEWORKS, 'types/props', 'types/text']) {
    const types = readFileSync(join(folder, `${name}.d.ts`), 'utf8');
    writeFileSync(join(folder, `${name}.d.cts`), types.replace(/ from '(\..+)\.js'/g, " from '$1.cjs'"));
  }
}

/**
 * Writes a module for the same readers, which requires another one of the package.
 * @param {string} name
 * @param {string} other
 * @param {string[]} external
 */
async function writeCommonJsOf(name, other, external = []) {
  const { outputFiles } = await build({
    entryPoints: [resolve(folder, name)],
    nodePaths: [LIBRARIES],
    bundle: true,
    write: false,
    format: 'cjs',
    minifyWhitespace: true,
    target: 'es2022',
    external: [other, ...external],
  });
  const text = outputFiles[0].text.replace(`"${other}"`, `"${other.replace(/\.js$/, '.cjs')}"`);
  writeFileSync(join(folder, name.replace(/\.m?js$/, '.cjs')), text);
}

/**
 * Writes everything into one file: inline.js, with the WebAssembly and the worker as text, takes the place of assets.js.
 */
async function writeInline() {
  const read = (/** @type {string} */ name) => readFileSync(join(folder, name));
  const files = {
    widget: read('pkg/akiba-selfie_bg.wasm').toString('base64'),
    rest: read('pkg/akiba-selfie_rest.wasm').toString('base64'),
    vision: read('vision/akiba-vision.wasm').toString('base64'),
    worker: await minified(read('vision/worker.js').toString(), false),
  };
  const { outputFiles } = await build({
    entryPoints: [resolve(folder, 'define.js')],
    nodePaths: [LIBRARIES],
    bundle: true,
    write: false,
    format: 'esm',
    target: TARGET,
    supported: SUPPORTED,
    define: {
      'globalThis.WIDGET_STYLE': JSON.stringify(STYLE_SHEET),
      'globalThis.INLINE_FILES': JSON.stringify(files),
    },
    logLevel: 'error',
    plugins: [
      SHORT_STYLE,
      SHORT_GLUE,
      {
        name: 'inline',
        setup({ onLoad, onResolve }) {
          // Where only this file is served, the element stays English.
          onResolve({ filter: /\.lang\.js$/ }, ({ path }) => ({ path: path.replace('./', '../'), external: true }));
          onLoad({ filter: /\/assets\.js$/ }, () => ({ contents: read('inline.js'), resolveDir: resolve(folder) }));
        },
      },
    ],
  });
  mkdirSync(join(folder, 'inline'));
  writeFileSync(join(folder, INLINE), await minified(outputFiles[0].text, true));
  rmSync(join(folder, 'inline.js'));
}

const GLUE = 'pkg/akiba-selfie.js';
const INLINE = 'inline/akiba-selfie.js';

/** The WebAssembly calls its imports, and constructs only classes. wasm-bindgen copied the modules of src/adapter beside it. */
const glue = await minified(guarded(await bundle(GLUE, [])), true, true);
/** Takes the short code instead of the code that wasm-bindgen wrote. @type {import('esbuild').Plugin} */
const SHORT_GLUE = {
  name: 'short-glue',
  setup({ onLoad }) {
    onLoad({ filter: /\/pkg\/akiba-selfie\.js$/ }, () => ({ contents: glue }));
  },
};

/** Writes the page that a relay serves to phones. */
async function writePhone() {
  await write('phone/phone.js', await bundle('phone/phone.js', ['../define.js', './lang/*']), true);
  mkdirSync(join(folder, 'phone/lang'));
  for (const catalogue of phoneTranslations()) {
    const text = `export default ${JSON.stringify(phonePacked(catalogue))};\n`;
    writeFileSync(join(folder, 'phone/lang', `${catalogue.tag}.lang.js`), text);
  }
  const style = join(folder, 'phone/phone.css');
  writeFileSync(style, await shortened(readFileSync(style, 'utf8')));
}

if (existsSync(join(folder, 'package.json'))) {
  await writePhone();
  await writeCommonJs();
  await writeInline();
  for (const framework of FRAMEWORKS) {
    const name = `${framework}.mjs`;
    await write(name, await bundle(name, [framework, './akiba-selfie.js']), true);
  }
}
const [main, define] = await Promise.all([
  bundle(
    'akiba-selfie.js',
    LATE.map((name) => `./${name}`),
    [SHORT_GLUE],
  ),
  bundle('define.js', ['./akiba-selfie.js']),
]);
await write('akiba-selfie.js', main, true);
await write('define.js', define, true);
await write('vision/worker.js', readFileSync(join(folder, 'vision/worker.js'), 'utf8'), false);
writeFileSync(join(folder, 'widget.css'), STYLE_SHEET);
const { STYLE } = await import(pathToFileURL(resolve(folder, 'plain/style.js')).href);
writeFileSync(join(folder, 'plain.css'), STYLE);
const late = await Promise.all(
  LATE.map((name) =>
    bundle(
      name,
      ['./lang/*', './handoff-words.js', './handoff.js'].filter((other) => other !== `./${name}`),
    ),
  ),
);
for (const [index, name] of LATE.entries()) await write(name, late[index], true);
for (const path of bundled) {
  const name = relative(folder, path);
  // Not what comes from another package.
  if (!name.startsWith('..') && ![...STAY, ...LATE].includes(name)) rmSync(path);
}
for (const name of ['handoff', 'in-app', 'plain']) rmSync(join(folder, name), { recursive: true });
rmSync(join(folder, 'pkg/snippets'), { recursive: true, force: true });
mkdirSync(join(folder, 'lang'));
for (const catalogue of translations()) {
  const text = `export default ${JSON.stringify(packed(catalogue))};\n`;
  writeFileSync(join(folder, 'lang', `${catalogue.tag}.lang.js`), text);
}
