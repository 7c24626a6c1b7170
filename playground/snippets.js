/*
 * The code of a page with the current settings, for each framework (`SNIPPETS`). docs/frameworks.md says what each of them
 * needs. tests/www/snippets.test.mjs checks that all of it is valid.
 */

import { ATTRIBUTES } from '../akiba-selfie/registry.js';

/**
 * @typedef {object} Settings
 * @property {Record<string, string | true>} attributes the attributes that are set; true for a boolean one
 * @property {string} theme `light`, `dark`, or empty for the system's
 * @property {string} preset one of `PRESETS`, or empty
 * @property {Record<string, string>} brand custom properties
 */

/**
 * @typedef {object} Snippet
 * @property {string} label
 * @property {string} file what a file with this code would be called
 * @property {(settings: Settings) => string} code
 */

/** The presets of the package. */
export const PRESETS = ['neutral', 'contrast', 'round', 'square', 'warm', 'dark'];

/** The relay's path behind the proxy that serves the page. */
const RELAY = '/selfie';
const FETCH = `async () => (await (await fetch('/selfie-session', { method: 'POST' })).json()).token`;

/** Whether the page uses sessions: with an identifier it names the person itself. @param {Settings} settings */
const hasSession = ({ attributes }) => !attributes.identifier;

/** Escapes text for an attribute in double quotes. In Svelte and Angular, braces have a meaning. @param {string} text */
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('{', '&#123;');

/** Quotes text for JavaScript and Rust. @param {string} text */
const quoted = (text) => JSON.stringify(text);

/** @param {string} text @param {number} spaces */
const indented = (text, spaces) => text.replaceAll('\n', `\n${' '.repeat(spaces)}`);

/** Returns all attributes. @param {Settings} settings @returns {[string, string | true][]} */
const attributesOf = ({ attributes, theme }) =>
  Object.entries({ relay: RELAY, ...attributes, ...(theme && { theme }) });

/** Returns the attributes of the tag, as HTML writes them. @param {Settings} settings */
function html(settings) {
  return attributesOf(settings).map(([name, value]) => (value === true ? name : `${name}="${escaped(value)}"`));
}

/**
 * Returns the properties of the element, `lang` and the theme, each as a framework writes it.
 * @param {Settings} settings
 * @param {(name: string, value: string | true) => string} write
 */
function properties(settings, write) {
  return attributesOf(settings).map(([name, value]) => write(ATTRIBUTES[name]?.property ?? name, value));
}

/** Returns a tag whose attributes stand on lines of their own. @param {string} name @param {string[]} lines @param {string} end */
const tag = (name, lines, end) => [`<${name}`, ...lines.map((line) => `  ${line}`), end].join('\n');

/** Returns the style sheet of the brand, or nothing. @param {Pick<Settings, 'brand'>} settings */
function css({ brand }) {
  const lines = Object.entries(brand).map(([name, value]) => `  ${name}: ${value};`);
  return lines.length ? `akiba-selfie {\n${lines.join('\n')}\n}` : '';
}

/** Returns the import of the preset, or nothing. @param {Settings} settings */
const presetImport = ({ preset }) => (preset ? `import 'akiba-selfie/themes/${preset}.css';` : '');

/** Returns the preset and the properties as one style sheet. @param {Pick<Settings, 'preset' | 'brand'>} settings */
export const sheetOf = ({ preset, brand }) =>
  [preset && `@import 'akiba-selfie/themes/${preset}.css';`, css({ brand })].filter(Boolean).join('\n\n');

/** Joins the parts that are there. @param {string[]} parts */
const joined = (parts) => `${parts.filter(Boolean).join('\n\n')}\n`;

/** Returns the brand as a comment says where it goes. @param {Settings} settings */
const cssComment = (settings) => (css(settings) ? `/* In your style sheet:\n${css(settings)}\n*/` : '');

/** @param {Settings} settings @param {string} before */
const react = (settings, before) => {
  const lines = properties(settings, (name, value) => (value === true ? name : `${name}=${jsx(value)}`));
  if (hasSession(settings)) lines.push('session={fetchSession}');
  lines.push('onVerified={onVerified}', 'onError={({ detail }) => console.warn(detail.code, detail.cause)}');
  return joined([
    before,
    [`import { Selfie } from 'akiba-selfie/react';`, presetImport(settings)].filter(Boolean).join('\n'),
    hasSession(settings) ? `const fetchSession = ${FETCH};` : '',
    `export function Onboarding({ onVerified }) {\n  return (\n    ${indented(tag('Selfie', lines, '/>'), 4)}\n  );\n}`,
    cssComment(settings),
  ]);
};

/** A string of JSX has no escapes. @param {string} value */
const jsx = (value) => (/["&\\{}]/.test(value) ? `{${quoted(value)}}` : `"${value}"`);

/** @param {Settings} settings */
function plain(settings) {
  const listeners = [
    `const selfie = document.querySelector('akiba-selfie');`,
    hasSession(settings) ? `selfie.session = ${FETCH};` : '',
    `selfie.addEventListener('selfie-verified', () => {\n  // On to the next step. Your server decides, with the relay's answer.\n});`,
    `selfie.addEventListener('selfie-error', ({ detail }) => console.warn(detail.code, detail.cause));`,
  ];
  const style = css(settings);
  return joined([
    `<script type="module" src="/node_modules/akiba-selfie/define.js"></script>`,
    settings.preset && `<link rel="stylesheet" href="/node_modules/akiba-selfie/themes/${settings.preset}.css">`,
    style && `<style>\n${style}\n</style>`,
    tag('akiba-selfie', html(settings), '></akiba-selfie>'),
    `<script type="module">\n${listeners.filter(Boolean).join('\n')}\n</script>`,
  ]);
}

/** @param {Settings} settings */
function vue(settings) {
  const lines = html(settings);
  if (hasSession(settings)) lines.push(':session="fetchSession"');
  lines.push(`@verified="$emit('verified')"`, '@error="({ detail }) => console.warn(detail.code, detail.cause)"');
  const script = [
    `import { Selfie } from 'akiba-selfie/vue';`,
    presetImport(settings),
    `defineEmits(['verified']);`,
    hasSession(settings) ? `const fetchSession = ${FETCH};` : '',
  ];
  const style = css(settings);
  return joined([
    `<script setup>\n${script.filter(Boolean).join('\n')}\n</script>`,
    `<template>\n  ${indented(tag('Selfie', lines, '/>'), 2)}\n</template>`,
    style && `<style>\n${style}\n</style>`,
  ]);
}

/** @param {Settings} settings */
function svelte(settings) {
  const lines = html(settings);
  if (hasSession(settings)) lines.push('session={fetchSession}');
  lines.push(
    'onselfie-verified={onVerified}',
    'onselfie-error={({ detail }) => console.warn(detail.code, detail.cause)}',
  );
  const script = [
    `  import 'akiba-selfie/define.js';`,
    settings.preset && `  ${presetImport(settings)}`,
    `  let { onVerified } = $props();`,
    hasSession(settings) ? `  const fetchSession = ${FETCH};` : '',
  ];
  const style = css(settings);
  return joined([
    `<script>\n${script.filter(Boolean).join('\n')}\n</script>`,
    tag('akiba-selfie', lines, '></akiba-selfie>'),
    style && `<style>\n${style}\n</style>`,
  ]);
}

/** @param {Settings} settings */
function angular(settings) {
  const lines = html(settings);
  if (hasSession(settings)) lines.push('[session]="fetchSession"');
  lines.push('(selfie-verified)="verified.emit()"', '(selfie-error)="failed($any($event).detail)"');
  const template = tag('akiba-selfie', lines, '></akiba-selfie>').replaceAll(/[`\\$]/g, '\\$&');
  const style = css(settings).replaceAll(/[`\\$]/g, '\\$&');
  // Angular's template may hold `$`, which only needs care before a brace.
  const text = (/** @type {string} */ value) => `\`\n    ${indented(value.replaceAll('\\$', '$'), 4)}\n  \``;
  const preset = settings.preset && `${presetImport(settings)}\n`;
  return joined([
    `import 'akiba-selfie/define.js';\n${preset}\nimport { Component, CUSTOM_ELEMENTS_SCHEMA, output } from '@angular/core';`,
    [
      '@Component({',
      `  selector: 'app-onboarding',`,
      '  schemas: [CUSTOM_ELEMENTS_SCHEMA],',
      `  template: ${text(template)},`,
      ...(style ? [`  styles: ${text(style)},`] : []),
      '})',
      'export class Onboarding {',
      '  readonly verified = output<void>();',
      ...(hasSession(settings) ? [`  readonly fetchSession = ${FETCH};`] : []),
      '',
      '  failed({ code, cause }: { code: string; cause: string | null }) {',
      '    console.warn(code, cause);',
      '  }',
      '}',
    ].join('\n'),
  ]);
}

/** The fields of the Yew component's options whose names are not the property's in snake case. */
const FIELDS = /** @type {Record<string, string>} */ ({ type: 'customer_type' });
/** Attributes that only the element has. */
const isOwn = (/** @type {string} */ name) => ATTRIBUTES[name]?.own;

/** @param {Settings} settings */
function yew(settings) {
  const { theme, brand } = settings;
  const options = attributesOf(settings).filter(([name]) => name !== 'theme' && !isOwn(name));
  const fields = options.map(([name, value]) => {
    const field = FIELDS[name] ?? name.replaceAll('-', '_');
    return `${field}: ${value === true ? 'true' : `Some(${quoted(value)}.to_owned())`},`;
  });
  const style = Object.entries(brand).map(([name, value]) => `${name}: ${value}`);
  const around = [theme && ` theme=${quoted(theme)}`, style.length && ` style=${quoted(style.join('; '))}`];
  const session = [
    '// Returns the token that your server got from the relay.',
    'async fn fetch_session() -> Option<String> {',
    `    Request::post("/selfie-session").send().await.ok()?.text().await.ok()`,
    '}',
  ];
  const withSession = hasSession(settings);
  return joined([
    [
      ...(withSession ? ['use std::rc::Rc;\n'] : []),
      `use akiba_selfie::{AkibaSelfie, Options, PageEvent, ${withSession ? 'Session, ' : ''}VisionSource};`,
      ...(withSession ? ['use gloo_net::http::Request;'] : []),
      'use yew::prelude::*;',
    ].join('\n'),
    withSession ? session.join('\n') : '',
    [
      '#[component]',
      'fn Onboarding() -> Html {',
      '    let options = Options {',
      ...fields.map((field) => `        ${field}`),
      '        ..Options::default()',
      '    };',
      ...(withSession ? ['    let session = Session::Provider(Rc::new(|_reason| Box::pin(fetch_session())));'] : []),
      '    let vision = VisionSource::Urls {',
      '        worker: "/vision/worker.js".into(),',
      '        wasm: "/vision/akiba-vision.wasm".into(),',
      '    };',
      '    let on_event = Callback::from(|event: PageEvent| {',
      '        if let PageEvent::Verified(..) = event {',
      "            // On to the next step. Your server decides, with the relay's answer.",
      '        }',
      '    });',
      '    html! {',
      `        <div${around.filter(Boolean).join('')}>`,
      `            <AkibaSelfie {options} ${withSession ? '{session} ' : ''}{vision} {on_event} />`,
      '        </div>',
      '    }',
      '}',
    ].join('\n'),
  ]);
}

/** @type {Record<string, Snippet>} */
export const SNIPPETS = {
  plain: { label: 'HTML', file: 'onboarding.html', code: plain },
  react: { label: 'React', file: 'Onboarding.jsx', code: (settings) => react(settings, '') },
  next: { label: 'Next.js', file: 'app/onboarding.jsx', code: (settings) => react(settings, `'use client';`) },
  vue: { label: 'Vue', file: 'Onboarding.vue', code: vue },
  angular: { label: 'Angular', file: 'onboarding.ts', code: angular },
  svelte: { label: 'Svelte', file: 'Onboarding.svelte', code: svelte },
  yew: { label: 'Yew', file: 'onboarding.rs', code: yew },
};
