// JSON schemas of an OpenAPI document as Markdown.
//
// Exports: `describe()`, `fieldsOf()`, `schemaSections()`, `Schema`.

import { cell, code, table } from './tables.mjs';

/**
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string | string[]} [type]
 * @property {string} [format]
 * @property {string} [pattern]
 * @property {unknown[]} [enum]
 * @property {unknown} [example]
 * @property {string} [description]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {Schema} [items]
 * @property {Schema[]} [allOf]
 * @property {Schema[]} [oneOf]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 */

const nameOf = (/** @type {string} */ ref) => ref.slice(ref.lastIndexOf('/') + 1);

/** Returns the limits of a value, such as « (1 to 128 characters)». @param {Schema} schema */
function limits({ minimum, maximum, minLength, maxLength }) {
  const range = (/** @type {number | undefined} */ low, /** @type {number | undefined} */ high) => {
    if (high === undefined) return low === undefined ? '' : `${low} or more`;
    return low === undefined ? `up to ${high}` : `${low} to ${high}`;
  };
  const length = range(minLength, maxLength);
  const text = length ? `${length} characters` : range(minimum, maximum);
  return text && `, ${text}`;
}

/**
 * Returns the type of a value in a few words, with links to the shapes.
 * @param {Schema} schema
 * @returns {string}
 */
export function describe(schema) {
  if (schema.$ref) return `[${nameOf(schema.$ref)}](#${nameOf(schema.$ref).toLowerCase()})`;
  const choices = schema.oneOf ?? schema.allOf;
  if (choices) {
    const named = choices.filter((one) => one.$ref || schema.oneOf);
    return (named.length > 0 ? named : choices).map(describe).join(' or ');
  }
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(', ');
  if (schema.type === 'array') return `array of ${describe(schema.items ?? {})}`;
  const types = [schema.type ?? 'any'].flat().join(' or ');
  return `${types}${schema.format && !/^(int|double)/.test(schema.format) ? ` (${schema.format})` : ''}${limits(schema)}`;
}

/**
 * Returns the fields of an object as a table; nothing for what has no fields.
 * @param {Schema} schema
 * @returns {string}
 */
export function fieldsOf(schema) {
  const parts = [schema, ...(schema.allOf ?? [])];
  const required = new Set(parts.flatMap((one) => one.required ?? []));
  const fields = parts.flatMap((one) => Object.entries(one.properties ?? {}));
  if (fields.length === 0) return '';
  return table(
    ['field', 'type', 'meaning'],
    fields.map(([name, field]) => [
      code(name),
      describe(field),
      `${required.has(name) ? '' : 'Optional. '}${cell(meaning(field))}`,
    ]),
  );
}

/** @param {Schema} field */
const meaning = (field) =>
  field.description ??
  [...(field.oneOf ?? []), ...(field.allOf ?? [])].find((one) => one.description)?.description ??
  '';

/**
 * Returns a section for each named schema.
 * @param {Record<string, Schema>} schemas
 */
export function schemaSections(schemas) {
  return Object.entries(schemas)
    .map(([name, schema]) => {
      const base = (schema.allOf ?? []).filter((one) => one.$ref).map((one) => `All fields of ${describe(one)}, and:`);
      const fields = fieldsOf(schema);
      const example =
        schema.example === undefined ? '' : `\`\`\`json\n${JSON.stringify(schema.example, null, 2)}\n\`\`\``;
      return [`### ${name}`, schema.description, ...base, fields || describe(schema), example]
        .filter(Boolean)
        .join('\n\n');
    })
    .join('\n\n');
}
