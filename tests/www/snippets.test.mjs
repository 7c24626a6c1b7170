// The code that the playground offers for each framework, with every setting: its syntax, and names that exist.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { transform } from 'esbuild';

import { BRANDS } from '../../demo/brands.js';
import { ATTRIBUTES, EVENTS } from '../../www/registry.js';

/** The module as the built page has it: there, the registry is in the package's folder. */
const source = readFileSync(new URL('../../playground/snippets.js', import.meta.url), 'utf8');
const registry = new URL('../../www/registry.js', import.meta.url).href;
const linked = source.replace("'../akiba-selfie/registry.js'", `'${registry}'`);
const { PRESETS, SNIPPETS } = await import(`data:text/javascript,${encodeURIComponent(linked)}`);

/** Values that every language has to escape. */
const HARD = `O'Neill "& $\{x} \`<b>\` \\`;
const every = Object.fromEntries(
  Object.entries(ATTRIBUTES)
    .filter(([name]) => name !== 'relay')
    .map(([name, { boolean }]) => [name, boolean ? true : HARD]),
);
const { properties: brand } = BRANDS.find(({ name }) => name === 'Sunrise');
const SETTINGS = [
  { attributes: {}, theme: '', preset: '', brand: {} },
  { attributes: { capture: 'manual', 'no-review': true }, theme: 'dark', preset: 'warm', brand },
  {
    attributes: every,
    theme: 'light',
    preset: '',
    brand,
    objects: { text: { Start: HARD, IdleTitle: '</script>' }, host: { name: HARD } },
  },
];

for (const [name, { code, file }] of Object.entries(SNIPPETS)) {
  test(`${name}: the code is valid with any settings`, async () => {
    for (const settings of SETTINGS) await check(file, code(settings));
  });

  test(`${name}: it has a session, or the identifier`, () => {
    const [without, , withIdentifier] = SETTINGS.map(code);
    assert.match(without, /selfie-session/);
    assert.doesNotMatch(without, /identifier/);
    assert.doesNotMatch(withIdentifier, /selfie-session/);
    assert.match(withIdentifier, /identifier/);
  });
}

test('every attribute is in every snippet, under the name that the framework has for it', () => {
  for (const [name, { code }] of Object.entries(SNIPPETS)) {
    const text = code(SETTINGS[2]);
    for (const [attribute, { property, own }] of Object.entries(ATTRIBUTES)) {
      if (name === 'yew' && own) continue;
      const field = attribute === 'type' ? 'customer_type' : attribute.replaceAll('-', '_');
      const wanted = { react: property, next: property, yew: `${field}:` }[name] ?? attribute;
      assert.ok(text.includes(wanted), `${name} has no ${wanted}`);
    }
  }
});

test('every snippet but Yew’s has the words of the page', () => {
  for (const [name, { code }] of Object.entries(SNIPPETS)) {
    if (name === 'yew') continue;
    const text = code(SETTINGS[2]);
    assert.ok(text.includes(JSON.stringify(HARD).replaceAll('<', '\\u003c')), name);
    assert.match(text, /\btext\b[\s\S]*\bhost\b/, name);
    assert.doesNotMatch(code(SETTINGS[0]), /\bhost\b/);
  }
});

test('a preset of the package is in every snippet that has the package', () => {
  const presets = readdirSync(new URL('../../www/themes/', import.meta.url)).map((file) => file.replace('.css', ''));
  assert.deepEqual([...PRESETS].sort(), presets.sort());
  for (const [name, { code }] of Object.entries(SNIPPETS)) {
    assert.equal(/akiba-selfie\/themes\/warm\.css/.test(code(SETTINGS[1])), name !== 'yew', name);
    assert.doesNotMatch(code(SETTINGS[0]), /themes/, name);
  }
});

test('the Yew component has the fields, and the element has the events', () => {
  const options = readFileSync(new URL('../../src/config/mod.rs', import.meta.url), 'utf8');
  for (const [, field] of SNIPPETS.yew.code(SETTINGS[2]).matchAll(/^ {8}(\w+): (?:true|Some)/gm)) {
    assert.match(options, new RegExp(`pub ${field}: (Option<String>|bool),`));
  }
  for (const { code } of Object.values(SNIPPETS)) {
    for (const [event] of code(SETTINGS[1]).matchAll(/selfie-(verified|error|rejected|cancelled)\b/g)) {
      assert.ok(EVENTS.includes(/** @type {typeof EVENTS[number]} */ (event)), event);
    }
  }
});

/** Fails if the code can't be parsed. @param {string} file @param {string} code */
async function check(file, code) {
  const kind = file.split('.').at(-1);
  if (kind === 'rs') return parsesAsRust(code);
  if (kind === 'jsx') return void (await transform(code, { loader: 'jsx', jsx: 'automatic' }));
  const typescript = /** @type {const} */ ({
    loader: 'ts',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  });
  if (kind === 'ts') return void (await transform(code, typescript));
  const parts = [...code.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) => script);
  assert.ok(parts.length, 'no script');
  for (const part of parts) await transform(part, typescript);
  for (const [, style] of code.matchAll(/<style>([\s\S]*?)<\/style>/g)) {
    const { warnings } = await transform(style, { loader: 'css' });
    assert.deepEqual(warnings, []);
  }
  tagIsWhole(code);
}

/** Fails if an attribute's value ends early. @param {string} code */
function tagIsWhole(code) {
  const [, tag] = code.match(/<(?:akiba-selfie|Selfie)\n([\s\S]*?)\n *(?:\/>|><\/akiba-selfie>)/);
  for (const line of tag.split('\n')) {
    // In Svelte and Angular a brace begins code; Vue's own code is in an attribute.
    const value = line.trim().startsWith('@') ? '[^"<]*' : '[^"<{]*';
    assert.match(line.trim(), new RegExp(`^[\\w@:()[\\]-]+(="${value}"|=\\{.*\\})?$`), line);
  }
}

/** Fails unless rustfmt can parse it, where there is a rustfmt. @param {string} code */
function parsesAsRust(code) {
  const { error, status, stderr, stdout } = spawnSync('rustfmt', ['--edition', '2024', '--config', 'max_width=400'], {
    input: code,
    encoding: 'utf8',
  });
  if (!error) assert.equal(status, 0, `${stderr}${stdout}`);
}
