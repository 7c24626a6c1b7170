// The design tokens and the presets agree with the style sheet, the manifest and the package.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const sheet = read('src/ui/style.css');
const tokens = JSON.parse(read('www/akiba-selfie.tokens.json'));
const [declared] = JSON.parse(read('www/custom-elements.json')).modules[0].declarations;
const properties = declared.cssProperties.map(({ name }) => name.replace('--selfie-', ''));
const PRESETS = readdirSync(new URL('../../www/themes/', import.meta.url)).map((file) => file.replace('.css', ''));

/** Returns what stands in `var(--selfie-NAME, …)`, the first time. @param {string} name */
function fallback(name) {
  const begin = sheet.indexOf(`var(--selfie-${name}, `) + `var(--selfie-${name}, `.length;
  let depth = 0;
  for (let at = begin; ; at += 1) {
    if (sheet[at] === '(') depth += 1;
    if (sheet[at] === ')' && --depth < 0) return sheet.slice(begin, at);
  }
}

/** Returns the default as the style sheet writes it: for both themes, or for this one. @param {string} name @param {string} theme */
const written = (name, theme) =>
  fallback(name).replace(/^var\(--_light, (.+?)\) var\(--_dark, (.+?)\)$/, theme === 'dark' ? '$2' : '$1');

/** Returns a colour as eight hexadecimal digits. @param {string} text */
function digits(text) {
  const [, hex] = text.match(/^#([\da-f]+)$/) ?? assert.fail(`${text} is not a hexadecimal colour`);
  const long = hex.length < 6 ? hex.replaceAll(/./g, '$&$&') : hex;
  return long.padEnd(8, 'f');
}

/** Returns the same of a colour of the tokens. */
function digitsOf({ colorSpace, components, alpha = 1, hex }) {
  assert.equal(colorSpace, 'srgb');
  const found = [...components, alpha].map((part) =>
    Math.round(part * 255)
      .toString(16)
      .padStart(2, '0'),
  );
  assert.equal(`#${found.slice(0, 3).join('')}`, hex);
  return found.join('');
}

const length = ({ value, unit }) => (value ? `${value}${unit}` : '0');
/** Returns a value as CSS writes it. */
const CSS = {
  color: digitsOf,
  dimension: length,
  fontFamily: (names) => names.map((name) => (name.includes(' ') ? `"${name}"` : name)).join(', '),
  shadow: (all) =>
    all
      .map(({ color, offsetX, offsetY, blur, spread }) => {
        const lengths = [offsetX, offsetY, blur, ...(spread.value ? [spread] : [])].map(length);
        return `${lengths.join(' ')} #${digitsOf(color)}`;
      })
      .join(', '),
};

const groups = Object.entries(tokens).filter(([name]) => !name.startsWith('$'));
const all = groups.flatMap(([group, { $type, ...members }]) =>
  Object.entries(members).map(([name, token]) => ({ group, name, $type, ...token })),
);

test('the design tokens have every custom property, with its meaning', () => {
  const themed = new Set(all.filter(({ group }) => group === 'light').map(({ name }) => name));
  assert.deepEqual([...new Set(all.map(({ name }) => name))].sort(), [...properties].sort());
  for (const group of ['light', 'dark']) assert.deepEqual(new Set(Object.keys(tokens[group]).slice(1)), themed);
  for (const { name, $description } of all) {
    assert.equal($description, declared.cssProperties.find((one) => one.name === `--selfie-${name}`).description);
  }
});

test('their values are the defaults of the style sheet', () => {
  for (const { group, name, $type, $value } of all) {
    if (typeof $value === 'string') continue;
    const css = CSS[$type]($value);
    const wanted = written(name, group);
    assert.equal(css, $type === 'color' ? digits(wanted) : wanted, `${group}.${name}`);
  }
  // What follows another one: the icons follow the accent, and the focus the icons.
  assert.match(sheet, /--_ink: var\(--selfie-icon, oklch\(from var\(--_accent\)/);
  assert.match(sheet, /var\(--selfie-focus, var\(--_ink\)\)/);
  for (const theme of ['light', 'dark']) {
    assert.equal(tokens[theme].icon.$value, `{${theme}.accent}`);
    assert.equal(tokens[theme].focus.$value, `{${theme}.icon}`);
  }
});

test('the manifest has the same defaults', () => {
  for (const { name, default: value } of declared.cssProperties) {
    const short = name.replace('--selfie-', '');
    const pair = ['light', 'dark'].map((theme) => written(short, theme));
    const wanted = pair[0] === pair[1] ? pair[0] : `light-dark(${pair.join(', ')})`;
    // These depend on other colours.
    if (/^(icon|focus|on-accent|on-success)$/.test(short)) assert.equal(value, undefined, name);
    else assert.equal(value, wanted, name);
  }
});

test('a preset sets only what exists, and the same with the theme of the system and with the attribute', () => {
  assert.ok(PRESETS.length >= 6);
  for (const preset of PRESETS) {
    const css = read(`www/themes/${preset}.css`);
    const blocks = [...css.matchAll(/^ *:where\(akiba-selfie(:not\(.+\)|\[.+\])?\) \{\n([^}]+)\}/gm)].map(
      ([, of, text]) => ({
        of,
        lines: text.trim().split(/\s*\n\s*/),
      }),
    );
    for (const { lines } of blocks) {
      for (const line of lines) assert.ok(properties.includes(line.match(/^--selfie-([\w-]+): .+;$/)?.[1]), line);
    }
    assert.equal(css.match(/--selfie-[\w-]+:/g).length, blocks.flatMap(({ lines }) => lines).length, preset);
    const [light, system, attribute] = blocks;
    assert.equal(light.of, undefined);
    const dark = preset === 'dark' ? [] : [":not([theme='light'])", "[theme='dark']"];
    assert.deepEqual(
      blocks.slice(1).map(({ of }) => of),
      dark,
    );
    assert.deepEqual(system?.lines, attribute?.lines, preset);
    // A page's own rule wins, in any order.
    for (const [rule] of css.matchAll(/^ *[^\n{}]*akiba-selfie[^\n]*/gm)) assert.match(rule, /^ *:where\(akiba-selfie/);
  }
});

test('the package and the documentation have each preset', () => {
  const { files } = JSON.parse(read('www/package.json'));
  assert.deepEqual(
    files.filter((file) => file.startsWith('themes/')),
    PRESETS.map((preset) => `themes/${preset}.css`).sort(),
  );
  for (const preset of PRESETS) assert.ok(read('docs/theming.md').includes(`\`${preset}\``), preset);
});
