// The reference of the element, as Markdown, from the package's manifest and its types.
//
// Exports: `elementReference()`.

import { cell, code, table } from './tables.mjs';

/**
 * @typedef {object} Member
 * @property {string} name
 * @property {string} [kind]
 * @property {{ text: string }} [type]
 * @property {string} [description]
 * @property {string} [default]
 * @property {string} [fieldName]
 * @property {string} [attribute]
 * @property {boolean} [readonly]
 * @property {boolean} [static]
 * @property {{ type: { text: string } }} [return]
 */
/** @typedef {Record<'attributes' | 'members' | 'events' | 'slots' | 'cssParts' | 'cssProperties' | 'cssStates', Member[]> & { name: string, tagName: string, description: string }} Element */

/**
 * Returns the declarations of the types with these names and of all types that they use, in the order of the file.
 * @param {string} source index.d.ts
 * @param {string} used text that names types
 */
function typesOf(source, used) {
  const declared = [
    ...source.matchAll(/(?:^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?^export (?:interface|type) (\w+)[\s\S]*?(?:^}|;)$/gm),
  ].map(([text, name]) => ({ text, name }));
  const wanted = new Set();
  for (const queue = [used]; queue.length > 0; ) {
    const text = queue.pop() ?? '';
    for (const type of declared) {
      if (wanted.has(type) || !new RegExp(`\\b${type.name}\\b`).test(text)) continue;
      wanted.add(type);
      queue.push(type.text);
    }
  }
  return declared.filter((type) => wanted.has(type));
}

/** @param {Member[]} members */
const namesAndMeanings = (members) =>
  table(
    ['name', 'meaning'],
    members.map(({ name, description }) => [code(name), cell(description)]),
  );

/** @param {Member} attribute */
const attributeMeaning = ({ name, fieldName, description }) =>
  `${cell(description)}${fieldName && fieldName !== name ? ` Property: ${code(fieldName)}.` : ''}`;

/**
 * Returns the whole reference.
 * @param {{ modules: { declarations?: { customElement?: boolean }[] }[] }} manifest
 * @param {string} types index.d.ts
 */
export function elementReference(manifest, types) {
  const declared = manifest.modules.flatMap(({ declarations = [] }) => declarations).find((one) => one.customElement);
  if (!declared) throw new Error('the manifest declares no element');
  const element = /** @type {Element} */ (/** @type {unknown} */ (declared));
  const fields = element.members.filter(({ kind, attribute }) => kind === 'field' && !attribute);
  const methods = element.members.filter(({ kind }) => kind === 'method');
  const used = [...fields, ...element.events]
    .map(({ type }) => type?.text)
    .concat(methods.map((m) => m.return?.type.text));
  const shapes = typesOf(types, used.join(' '));
  return `${element.description} The package's manifest (\`custom-elements.json\`) and its types are the source of this page.
[Embedding the element](../docs/embedding.md) explains how the parts work together.

## Attributes

Each attribute has a property of the same name, unless another one is named here. \`false\` turns a setting off, as property and as
attribute.

${table(
  ['attribute', 'type', 'default', 'meaning'],
  element.attributes.map((one) => [code(one.name), code(one.type?.text), code(one.default), attributeMeaning(one)]),
)}

## Properties

The properties that have no attribute.

${table(
  ['property', 'type', 'meaning'],
  fields.map((one) => [
    code(one.name),
    code(one.type?.text),
    `${one.readonly ? 'Read-only. ' : ''}${cell(one.description)}`,
  ]),
)}

## Methods

${table(
  ['method', 'returns', 'meaning'],
  methods.map((one) => [
    code(`${one.static ? `${element.name}.` : ''}${one.name}()`),
    code(one.return?.type.text),
    cell(one.description),
  ]),
)}

## Events

All events bubble and are composed. [Types](#types) has the fields of each \`detail\`.

${table(
  ['event', 'type', 'when'],
  element.events.map((one) => [code(one.name), code(one.type?.text), cell(one.description)]),
)}

## Slots

${namesAndMeanings(element.slots)}

## Parts

For \`::part()\` in CSS.

${namesAndMeanings(element.cssParts)}

## Custom properties

Set them on the element or on any ancestor. \`light-dark()\` stands for the values in the two themes. [Theming](../docs/theming.md) has
presets, and the rules of contrast.

${table(
  ['name', 'default', 'meaning'],
  element.cssProperties.map(({ name, default: value, description }) => [code(name), code(value), cell(description)]),
)}

## States

The values of the property \`state\`, and in CSS \`:state()\`.

${namesAndMeanings(element.cssStates)}

## Types

${shapes.map(({ name, text }) => `### ${name}\n\n\`\`\`ts\n${text}\n\`\`\``).join('\n\n')}
`;
}
