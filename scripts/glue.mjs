// Simplifies the JavaScript that wasm-bindgen writes, before terser shortens it: the package serves one page, whose browsers
// have WebAssembly with reference types (Safari 15 or newer), and calls it in one way. Fails if wasm-bindgen writes something
// else than this file knows.

import { FIRST } from './split.mjs';

/** Every place of `what` is replaced; there must be one at least. @type {[what: RegExp, by: string][]} */
const CHANGES = [
  // Starts the WebAssembly of a response or of bytes, once. load.js has checked the response. A server may send another type. No
  // URL is left that a bundler would follow, as assets.js names the file.
  [
    /async function __wbg_load\([\s\S]*?\n\}\n(?=\nfunction initSync)/g,
    `async function instanceOf(given, imports) {
    const file = await given;
    const { instance } = await (file instanceof Response && file.headers.get('Content-Type') === 'application/wasm'
        ? WebAssembly.instantiateStreaming(file, imports)
        : WebAssembly.instantiate(file instanceof Response ? await file.arrayBuffer() : file, imports));
    return instance;
}
let shared;
async function __wbg_init(given) {
    if (wasm) return wasm;
    const imports = __wbg_get_imports();
    const instance = await instanceOf(given.module_or_path, imports);
    shared = { ...imports, ${FIRST}: instance.exports };
    return __wbg_finalize_init(instance);
}
export const initRest = (request) => instanceOf(request(), shared);
`,
  ],
  [/\nlet __wbg_init_promise;[\s\S]*(?=\nexport \{ initSync)/g, '\n'],
  // Texts are short, so one way to encode them is enough.
  [
    /function passStringToWasm0\([\s\S]*?\n\}\n/g,
    `function passStringToWasm0(arg, malloc) {
    return passArray8ToWasm0(cachedTextEncoder.encode(arg), malloc);
}
`,
  ],
  [/(passStringToWasm0\(\w+, wasm\.\w+), wasm\.\w+\)/g, '$1)'],
  [/\nif \(!\('encodeInto' in cachedTextEncoder\)\) \{[\s\S]*?\n\}\n/g, '\n'],
  // Safari fails after two gigabytes of texts, which are months of framing.
  [
    /\ncachedTextDecoder\.decode\(\);\nconst MAX_SAFARI[\s\S]*?function decodeText\([\s\S]*?\n\}\n/g,
    `
const decodeText = (bytes) => cachedTextDecoder.decode(bytes);
`,
  ],
  [/\(typeof FinalizationRegistry === 'undefined'\)\s*\? \{[^\n]+\}\n\s*: /g, ''],
  [/\nif \(Symbol\.dispose\)[^\n]+/g, ''],
  [/\n {4}free\(\) \{[^}]+\}/g, ''],
  [
    /if \(cachedDataViewMemory0 === null \|\| [^\n]+(wasm\.\w+\.buffer)\)\) \{\n/g,
    'if (cachedDataViewMemory0?.buffer !== $1) {\n',
  ],
  // Each of these classes exists.
  [
    /let result;\s+try \{\s+result = ([^;]+);\s+\} catch \(_\) \{\s+result = false;\s+\}\s+const ret = result;/g,
    'const ret = $1;',
  ],
  // `globalThis` is asked for first, and exists.
  [/const ret = typeof (global|self|window) === 'undefined' \? undefined : \1;\s+return [^\n]+/g, 'return 0;'],
  // A wrapper made once is shorter than one made by each call.
  [
    /function handleError\(f, args\) \{\n {4}try \{\n {8}return f\.apply\(this, args\);([\s\S]*?)\n\}\n/g,
    'const caught = (f) => (...args) => {\n    try {\n        return f(...args);$1\n};\n',
  ],
  [/function\(\) \{ return handleError\(function (\([^)]*\)) \{/g, 'caught($1 => {'],
  [/\n( +)\}, arguments\); \}/g, '\n$1})'],
];

/**
 * Returns the simplified code.
 * @param {string} text
 */
export function simplified(text) {
  let code = text;
  for (const [what, by] of CHANGES) {
    const next = code.replace(what, by);
    if (next === code) throw new Error(`glue: ${what} matches nothing that wasm-bindgen wrote`);
    code = next;
  }
  return code;
}
