// The element's public names are in several places: the registry, the manifest, the types, the Rust code, the docs and
// the demo page. These tests compare them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';

import { failures, LINKS, QUESTIONS, REASONS, STEPS, TERMS, TIPS, Words } from '../../www/plain/words.js';
import { ATTRIBUTES, EVENTS, HANDOFF_ERRORS, METHODS, PROPERTIES, STATES, STATICS, TAG } from '../../www/registry.js';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const package_ = JSON.parse(read('www/package.json'));
const manifest = JSON.parse(read('www/custom-elements.json'));
const [
  {
    declarations: [declared],
  },
] = manifest.modules;
const types = read('www/index.d.ts');

const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found);
const block = (text, begin) => {
  const start = text.indexOf(begin);
  assert.notEqual(start, -1, `there is no «${begin}»`);
  return text.slice(start, text.indexOf('\n}', start));
};
/** The codes of all errors: of the flow, and of a hand-off. */
const errors = [...all(read('src/flow/error.rs'), /^ {4}\w+ = "([\w-]+)"/gm), ...HANDOFF_ERRORS];
const sameNames = (actual, expected) => assert.deepEqual([...actual].sort(), [...expected].sort());
const properties = Object.values(ATTRIBUTES)
  .map(({ property }) => property)
  .filter((property) => property !== 'lang');

test('the manifest has the names of the registry', () => {
  assert.equal(declared.tagName, TAG);
  // Only the style sheet reads `theme`.
  sameNames(
    declared.attributes.map(({ name }) => name),
    [...Object.keys(ATTRIBUTES), 'theme'],
  );
  sameNames(
    declared.events.map(({ name }) => name),
    EVENTS,
  );
  sameNames(
    declared.cssStates.map(({ name }) => name),
    STATES,
  );
  const members = (kind) => declared.members.filter((member) => member.kind === kind);
  for (const [fixed, names] of [
    [undefined, METHODS],
    [true, STATICS],
  ]) {
    sameNames(
      members('method')
        .filter((member) => member.static === fixed)
        .map(({ name }) => name),
      names,
    );
  }
  sameNames(
    members('field').map(({ name }) => name),
    [...properties, ...PROPERTIES],
  );
  for (const { name, fieldName, type } of declared.attributes) {
    if (name === 'theme') continue;
    assert.equal(fieldName, ATTRIBUTES[name].property);
    assert.equal(type.text === 'boolean', Boolean(ATTRIBUTES[name].boolean), name);
  }
  for (const { name, attribute } of members('field').filter(({ reflects }) => reflects)) {
    assert.equal(ATTRIBUTES[attribute].property, name);
  }
});

test('the types declare the names of the registry', () => {
  const element = block(types, 'export declare class AkibaSelfieElement');
  sameNames(all(element, /^ {2}(\w+)\(\): void;/gm), METHODS);
  sameNames(all(element, /^ {2}static (\w+)\(\)/gm), STATICS);
  sameNames(all(element, /^ {2}(?:readonly )?(\w+): /gm), [...properties, ...PROPERTIES]);
  sameNames(all(block(types, 'export interface SelfieEventMap'), /^ {2}'([\w-]+)':/gm), EVENTS);
  sameNames(all(types.slice(types.indexOf('type SelfieState ='), types.indexOf(';')), /'(\w+)'/g), STATES);
  assert.ok(block(types, 'interface HTMLElementTagNameMap').includes(`'${TAG}': AkibaSelfieElement;`));
});

test('the Rust reads the attributes of the registry', () => {
  const fields = all(block(read('src/element/mod.rs'), 'fn read('), /(?:text|flag|get)\("([\w-]+)"\)/g);
  const forwarded = Object.keys(ATTRIBUTES).filter((name) => !ATTRIBUTES[name].own);
  sameNames(fields, [...forwarded, 'session', 'thresholds', 'words']);
});

test('the Rust has the states of the registry', () => {
  const names = block(read('src/flow/screen.rs').split('impl ScreenName')[1], 'pub fn as_str');
  sameNames(all(names, /=> "(\w+)"/g), STATES);
});

test('the types have every error code', () => {
  const codes = types.slice(types.indexOf('type SelfieErrorCode'));
  sameNames(all(codes.slice(0, codes.indexOf(';')), /'([\w-]+)'/g), errors);
});

test('the way without WebAssembly says the keys of the catalogues, and helps like the widget', () => {
  const codes = read('src/flow/error.rs');
  const code = ['plain.js', 'plain/screens.js', 'plain/words.js'].map((name) => read(`www/${name}`)).join('');
  const said = all(code, /\b(?:say|more|small|files)\('(\w+)'/g);
  said.push(...TERMS.flatMap(([term, , body]) => [term, body].filter(Boolean)), ...LINKS.map(([key]) => key));
  said.push(...TIPS, ...QUESTIONS, ...STEPS, ...Object.values(REASONS), 'StepDone', 'StepNow', 'StepNext');
  assert.ok(said.length > 50, `only ${said.length} texts`);
  const words = new Words();
  for (const key of said) assert.ok(words.say(key), key);
  const [rust] = all(read('src/text/mod.rs'), /CONSENT_VERSION: &str = "(.+)"/g);
  const [hash] = all(read('src/text/mod.rs'), /CONSENT_HASH: &str = "(.+)"/g);
  assert.deepEqual(words.consent, { version: rust, hash });
  for (const [code, helps] of Object.entries(failures)) {
    const steps = new RegExp(`= "${code}" => \\[(.*)\\];`).exec(codes)?.[1];
    const letters = { RetryCamera: '', PickFile: 'F', Retake: 'T', Resubmit: 'R', AskSite: 'A' };
    const wanted = steps?.split(', ').map((step) => letters[step]);
    assert.equal(helps, wanted?.join(''), code);
    const { title, body } = words.failure(code);
    assert.ok(title && body, code);
  }
});

test('docs/embedding.md has every name', () => {
  const page = read('docs/embedding.md');
  const rows = (heading) => {
    const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0];
    assert.ok(section, `there is no «${heading}»`);
    return all(section, /^\| `([\w.-]+)[`(]/gm);
  };
  sameNames(rows('Attributes'), Object.keys(ATTRIBUTES));
  sameNames(rows('Properties and methods'), [
    ...PROPERTIES,
    ...METHODS,
    ...STATICS.map((name) => `AkibaSelfieElement.${name}`),
  ]);
  sameNames(rows('Events'), EVENTS);
  sameNames(rows('Error codes'), errors);
  const sheet = read('src/ui/style.css').split('*/')[0];
  sameNames(rows('Styling'), all(sheet, /(--selfie-[\w-]+)/g));
  const parts = page.split('\n### Parts\n')[1].split('\n## ')[0];
  sameNames(all(parts.split('\n\n')[0], /`([\w-]+)`/g), all(sheet.split('Parts:')[1].split('\n\n')[0], /([\w-]+)/g));
});

test('the Angular component has every property and event', () => {
  const compiled = read('www/angular.mjs').match(/ɵɵngDeclareComponent\((.+)\); }$/m)?.[1] ?? '';
  const [, inputs] = compiled.match(/ inputs: \{(.+?)\}, outputs/) ?? [];
  const [, outputs] = compiled.match(/ outputs: \{(.+?)\}/) ?? [];
  sameNames(all(inputs, /(\w+): (?:"|\[)/g), ['session', 'thresholds', 'text', 'host', ...properties]);
  sameNames(
    all(inputs, /(\w+): \["\w+", "\w+", booleanAttribute\]/g),
    Object.values(ATTRIBUTES).flatMap(({ property, boolean }) => (boolean ? [property] : [])),
  );
  sameNames(
    all(outputs, /: "(\w+)"/g).map((name) => `selfie-${name}`),
    EVENTS,
  );
});

test('the package has the version of the workspace', () => {
  const [version] = all(
    block(`${read('Cargo.toml').replaceAll('\n[', '\n}\n[')}`, '[workspace.package]'),
    /^version = "(.+)"/gm,
  );
  assert.equal(package_.version, version);
});

/** Returns the files that define.js in a folder loads, directly or through others. @param {string} folder */
function loads(folder) {
  const needed = new Set();
  const follow = (/** @type {string} */ name) => {
    if (needed.has(name)) return;
    needed.add(name);
    if (/^(pkg|lang)\//.test(name)) return;
    const text = read(`${folder}/${name}`).replace(/\/\*[\s\S]*?\*\//g, '');
    const paths = [
      ...all(text, /\b(?:from|import) ?\(?["'](\.[^"']+)["']/g),
      ...all(text, /new URL\(["'](\.[^"']+)["'], ?import\.meta\.url\)/g),
    ];
    for (const path of paths) follow(posix.join(posix.dirname(name), path));
  };
  follow('define.js');
  return [...needed];
}

test('the examples depend on the version of the package', () => {
  for (const name of ['plain', 'react', 'next', 'vue', 'angular', 'svelte']) {
    const [own, lock] = ['package', 'package-lock'].map((file) => JSON.parse(read(`examples/${name}/${file}.json`)));
    const { version, peerDependencies } = lock.packages['node_modules/akiba-selfie'];
    const versions = [own.dependencies, lock.packages[''].dependencies].map((needs) => needs['akiba-selfie']);
    assert.deepEqual([...versions, version], Array(3).fill(package_.version), name);
    assert.deepEqual(peerDependencies, package_.peerDependencies, name);
  }
});

test('the package lists exactly the modules that it needs', () => {
  sameNames(
    // The relay serves those of the phone's page.
    package_.files.filter((name) => /^(?!inline\/|phone\/).+\.(js|wasm)$/.test(name)),
    loads('build/package'),
  );
});

test('a bundler does not drop the definition or a theme', () => {
  const {
    default: module,
    require: { default: common },
  } = package_.exports['./define.js'];
  const themes = package_.exports['./themes/*.css'];
  assert.deepEqual(package_.sideEffects, [module, common, package_.exports['./inline'].default, themes]);
});

test('Trunk copies every module of www except the widget, which it builds', () => {
  const page = read('index.html');
  const copied = all(page, /rel="copy-file" href="www\/([^"]+)"/g);
  sameNames(
    copied,
    // Without a build, the page has no other languages.
    loads('www').filter((name) => !/^(pkg|lang)\//.test(name)),
  );
});
