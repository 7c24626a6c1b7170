// The manifest has everything that a page can use, with the types of index.d.ts. names.test.mjs compares the names with
// the registry; this compares the rest with the sources: slots, parts, custom properties, types.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found);
const sameNames = (actual, expected) => assert.deepEqual([...actual].sort(), [...new Set(expected)].sort());

const manifest = JSON.parse(read('www/custom-elements.json'));
const [declared] = manifest.modules[0].declarations;
const types = read('www/index.d.ts');
const element = types.slice(types.indexOf('export declare class AkibaSelfieElement'));
/** The type of each property. @type {Map<string, string>} */
const properties = new Map(
  [...element.matchAll(/^ {2}(?:readonly )?(\w+): (.+);$/gm)].map(([, name, type]) => [name, type]),
);
const screens = readdirSync(new URL('../../src/ui/', import.meta.url))
  .filter((name) => name.endsWith('.rs'))
  .map((name) => read(`src/ui/${name}`))
  .join('\n');
const widget = read('www/akiba-selfie.js');
const notice = read('www/notice.js');

test('it has every slot', () => {
  const slots = [
    ...all(screens, /element\("slot", &\[\("name", "([\w-]+)"/g),
    ...all(notice, /setAttribute\('name', '([\w-]+)'\)/g),
  ];
  assert.ok(slots.length >= 2);
  sameNames(
    declared.slots.map(({ name }) => name),
    slots,
  );
});

test('it has every part', () => {
  const weights = screens.slice(screens.indexOf('fn part(self)'));
  const parts = [
    ...all(screens, /\("part", "([\w -]+)"\)/g),
    ...all(screens, /\bround\("([\w -]+)"/g),
    ...all(weights.slice(0, weights.indexOf('\n    }')), /=> "([\w -]+)"/g),
    ...all(widget, /showNotice\(this\.#shadow, '([\w-]+)'/g),
    ...all(read('www/language.js'), /setAttribute\('part', '([\w-]+)'\)/g),
    ...all(read('www/handoff/draw.js') + read('www/handoff.js'), /\bpart: '([\w-]+)'/g),
  ].flatMap((value) => value.split(' '));
  assert.ok(parts.length >= 22);
  sameNames(
    declared.cssParts.map(({ name }) => name),
    parts,
  );
});

test('it has every custom property', () => {
  const used = all(`${read('src/ui/style.css')}${notice}`, /var\((--selfie-[\w-]+)/g);
  assert.ok(used.length >= 15);
  sameNames(
    declared.cssProperties.map(({ name }) => name),
    used,
  );
});

test('its properties have the types of index.d.ts', () => {
  for (const { kind, name, type, readonly } of declared.members) {
    if (kind !== 'field') continue;
    assert.equal(type.text, properties.get(name), name);
    assert.equal(Boolean(readonly), element.includes(`\n  readonly ${name}:`), name);
  }
});

test('its attributes have the types of their properties', () => {
  for (const { name, fieldName, type } of declared.attributes) {
    const property = properties.get(fieldName) ?? (name === 'theme' ? "'light' | 'dark' | ''" : 'string');
    assert.equal(type.text, property.replace(/ \| ''$/, ''), name);
  }
});

test('its events have the types of index.d.ts', () => {
  const map = types.slice(types.indexOf('export interface SelfieEventMap'));
  const events = new Map([...map.matchAll(/^ {2}'([\w-]+)': (.+);$/gm)].map(([, name, type]) => [name, type]));
  for (const { name, type } of declared.events) assert.equal(type.text, events.get(name), name);
});

test('everything has a description', () => {
  const { attributes, members, events, slots, cssParts, cssProperties, cssStates } = declared;
  for (const { name, description } of [
    ...attributes,
    ...members,
    ...events,
    ...slots,
    ...cssParts,
    ...cssProperties,
    ...cssStates,
  ]) {
    assert.match(description ?? '', /^[A-Z`].+[.»]$/s, name);
  }
});

test('a default stands only where the docs name one', () => {
  const rows = read('docs/embedding.md').matchAll(/^\| `([\w-]+)` \| [^|]+ \| `?([^|`]+)`? \|/gm);
  const documented = new Map([...rows].map(([, name, value]) => [name, value]));
  for (const { name, default: value, type } of declared.attributes) {
    const said = documented.get(name);
    if (type.text === 'boolean') assert.equal(value, 'false', name);
    else assert.equal(value, /^(ask|auto|front|individual|off|\/)/.test(said ?? '') ? `'${said}'` : undefined, name);
  }
});
