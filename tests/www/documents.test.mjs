// The names in the documents exist: events, attributes, error codes, flags. names.test.mjs checks that docs/embedding.md
// has all of them; this file checks that no document invents one.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { ATTRIBUTES, EVENTS, TAG } from '../../www/registry.js';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found);

const documents = readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && !name.startsWith('decisions'))
  .map((name) => `docs/${name}`)
  .concat('README.md', 'www/README.md');

/** The criteria of WCAG 2.2, level A (https://www.w3.org/TR/WCAG22). */
const A = (
  '1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 ' +
  '2.5.1 2.5.2 2.5.3 2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.2'
).split(' ');
/** Level AA. */
const AA = (
  '1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 3.1.2 ' +
  '3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3'
).split(' ');

/** Fails if a document has a name that is not known. @param {(text: string, path: string) => string[]} unknown */
function check(unknown) {
  const wrong = documents.flatMap((path) => unknown(read(path), path).map((name) => `${path}: ${name}`));
  assert.deepEqual(wrong, []);
}

/** Returns the code of a document: blocks and spans. @param {string} text */
const code = (text) => text.match(/^```[\s\S]*?^```|^ {4}.*$|`[^`\n]+`/gm)?.join('\n') ?? '';

test('there are documents to check', () => {
  for (const path of ['docs/embedding.md', 'docs/recipes/capacitor.md']) assert.ok(documents.includes(path), path);
});

test('every event in a document exists', () => {
  // Part of a path or a longer name (`/selfie-session`, `akiba-selfie-bank`, `--selfie-accent`), a package's file, or prose.
  const names = /(?<![\w/.-])(selfie-[a-z]+(?:-[a-z]+)*)(?![\w/.-])/g;
  check((text) => all(code(text), names).filter((name) => !EVENTS.includes(name)));
});

test('every attribute of the element in a document exists', () => {
  // `theme` is the style sheet's; the others belong to HTML.
  const known = new Set([
    ...Object.keys(ATTRIBUTES),
    'theme',
    'class',
    'id',
    'slot',
    'style',
    'suppressHydrationWarning',
    'ref',
  ]);
  const camel = new Set(
    Object.values(ATTRIBUTES)
      .map(({ property }) => property)
      .concat('session', 'thresholds'),
  );
  check((text) =>
    all(text, new RegExp(`<${TAG}\\s([^>]*?)/?>`, 'g'))
      .flatMap((list) => all(list.replace(/"[^"]*"|\{(?:[^{}]|\{[^{}]*\})*\}/g, '""'), /(?:^|\s)([^\s=]+)/g))
      .filter((name) => !/^(?:on|@|#|\(|\{|\.\.\.|…)/.test(name))
      .map((name) => name.replace(/^(?:attr|prop|bind|:|\[|\.)+:?|\]$/g, ''))
      .filter((name) => name && !known.has(name) && !camel.has(name)),
  );
});

test('every error code in a document exists', () => {
  const codes = new Set([
    ...all(read('src/flow/error.rs'), /^ {4}\w+ = "([\w-]+)"/gm),
    ...all(read('docs/errors.md'), /^### `([\w-]+)`/gm),
    ...Object.keys(ATTRIBUTES),
  ]);
  // Other names with the same beginnings: an alert's.
  const others = new Set(['session-verdicts']);
  const names = /`((?:camera|upload|relay|file|wasm|photo|link|verdict|session|customer)-[a-z]+(?:-[a-z]+)*)`/g;
  check((text) => all(text, names).filter((name) => !codes.has(name) && !others.has(name)));
});

test('every import of the package in a document leads to a module', () => {
  const { exports, files } = JSON.parse(read('www/package.json'));
  /** Returns the path of the module that a bundler loads; null if there are only types. @param {string} name */
  const target = (name) => {
    const key = `.${name}`;
    const match = (/** @type {string} */ it) =>
      key.match(new RegExp(`^${it.replaceAll('.', '\\.').replace('*', '(.+)')}$`));
    const pattern = Object.keys(exports).find(match);
    if (!pattern) return undefined;
    let found = exports[pattern];
    while (found && typeof found === 'object') found = found.import ?? found.default;
    return found?.replace('*', match(pattern)?.[1] ?? '');
  };
  check((text) =>
    all(text, /^\s*import (?!type )(?:[^'"\n]* from )?'akiba-selfie(\/[\w./-]+)?'/gm).filter((name) => {
      const path = target(name ?? '');
      return !path || !files.includes(path.slice(2));
    }),
  );
});

test('every flag of the relay in a document exists', () => {
  const known = new Set(all(read('docs/running.md'), /^\| `(--[a-z][a-z-]*)/gm));
  // Flags of the relay's commands, which docs/running.md describes in prose, and of other programs.
  const commands = ['--check-config', '--to', '--status', '--before', '--all-failed', '--endpoint', '--head'];
  const others = new Set([...commands, '--webpack', '--template', '--yes']);
  const properties = new Set(all(read('src/ui/style.css'), /(--selfie-[\w-]+)/g));
  assert.ok(known.size > 50, `only ${known.size} flags`);
  check((text, path) => {
    if (path === 'docs/sandbox.md') return []; // The sandbox has flags of its own.
    const spans = all(text.replace(/^```[\s\S]*?^```/gm, ''), /`([^`\n]+)`/g).filter((span) => span.startsWith('--'));
    const lines = all(text, /^(?: {4})?(akiba-relay (?:[^\n]|\\\n)*)/gm);
    return [...spans, ...lines]
      .flatMap((it) => all(it, /(?:^|\s)(--[a-z][a-z-]*)/g))
      .filter((flag) => !known.has(flag) && !properties.has(flag) && !others.has(flag));
  });
});

test('docs/data-costs.md has the limits of the code', () => {
  const page = read('docs/data-costs.md');
  const row = (/** @type {string} */ name) => new RegExp(`^\\| ${name}.*\\| ([^|]+) \\|$`, 'm').exec(page)?.[1];
  const gates = all(read('scripts/size.mjs'), /gate: ([\d_]+)/g).map((text) => Number(text.replace('_', '')));
  assert.equal(row("the element's first screen"), `at most ${gates[0] / 1000}`);
  assert.equal(row('what is behind it'), `at most ${gates[3] / 1000}`);
  assert.equal(row('the detector'), `at most ${gates[1] / 1000}`);
  const [element, detector, plain] = gates;
  const grouped = (/** @type {number} */ bytes) => bytes.toLocaleString('en');
  assert.ok(
    read('ARCHITECTURE.md').includes(
      `at most ${grouped(element)} bytes, and ${grouped(detector)} more for the detector`,
    ),
    'ARCHITECTURE.md',
  );
  assert.match(read('docs/embedding.md'), new RegExp(`\`plain\\.js\`[^.]*: at most\\s${plain / 1000} kB`));
  const [, least, most] = /BYTES: .* = (\d+)_000..=(\d+)_000;/.exec(read('src/adapter/photo/limits.rs')) ?? [];
  assert.equal(row('the photo'), `${least} to ${most}`);
  const attempts = /MAX_OFFLINE_PROBES: u8 = (\d);/.exec(read('src/flow/limits.rs'))?.[1];
  assert.ok(
    page.includes(`at most ${{ 4: 'four' }[Number(attempts)]} attempts meanwhile`),
    'attempts without a network',
  );
});

test('docs/accessibility.md has every criterion of WCAG 2.2, A and AA, and names tests that exist', () => {
  const page = read('docs/accessibility.md');
  const rows = [...page.split('\n## EN 301 549')[0].matchAll(/^\| (\d\.\d\.\d+) [^|]+\| ([^|]+) \|/gm)];
  assert.deepEqual(
    rows.map(([, number]) => number),
    [...A, ...AA],
  );
  const results = new Set(['supports', 'partially', 'does not support', 'not applicable', 'not evaluated']);
  for (const [, number, result] of rows) assert.ok(results.has(result), `${number}: ${result}`);
  const tests = [...page.matchAll(/`(tests\/[\w./-]+)` `([^`]+)`/g)];
  assert.ok(tests.length > 7, `only ${tests.length} tests`);
  for (const [, path, name] of tests) assert.ok(read(path).includes(name), `${path} has no test «${name}»`);
});
