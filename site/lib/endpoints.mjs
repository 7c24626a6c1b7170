// The reference of the relay's endpoints, as Markdown, from its OpenAPI document.
//
// Exports: `endpointReference()`.

import { describe, fieldsOf, schemaSections } from './schemas.mjs';
import { cell, code, table } from './tables.mjs';

/** @import { Schema } from './schemas.mjs' */
/** @typedef {{ name: string, in: string, required?: boolean, description?: string, schema: Schema }} Parameter */
/** @typedef {Record<string, { schema?: Schema, example?: unknown }>} Content */
/** @typedef {{ description: string, content?: Content }} Response */
/**
 * @typedef {object} Operation
 * @property {string} summary
 * @property {string} [description]
 * @property {string[]} [tags]
 * @property {Record<string, unknown>[]} [security]
 * @property {Parameter[]} [parameters]
 * @property {{ content: Content, required?: boolean }} [requestBody]
 * @property {Record<string, Response>} responses
 */
/**
 * @typedef {object} Document
 * @property {{ title: string, description: string, version: string }} info
 * @property {Record<string, Record<string, Operation>>} paths
 * @property {Record<string, { post: Operation }>} [webhooks]
 * @property {{ schemas: Record<string, Schema>, securitySchemes: Record<string, { description: string }> }} components
 */

/** @param {Document} document @param {Operation} operation */
function access({ components }, { security = [] }) {
  const names = security.flatMap((one) => Object.keys(one));
  if (names.length === 0) return 'Needs no key.';
  return `\`Authorization: Bearer\`: ${names.map((name) => components.securitySchemes[name].description.replace(/\.$/, '').replace(/^The /, 'the ')).join(', or ')}.`;
}

/** @param {Parameter[]} parameters */
const parameterTable = (parameters) =>
  table(
    ['parameter', 'in', 'type', 'meaning'],
    parameters.map((one) => [
      code(one.name),
      one.in,
      describe(one.schema),
      `${one.required ? 'Required. ' : ''}${cell(one.description)}`,
    ]),
  );

/** Returns the part about a body: its type, and its fields if they are only here. @param {Content} content */
function bodyOf(content) {
  return Object.entries(content)
    .map(([type, { schema = {} }]) => {
      const named = schema.$ref || schema.allOf?.some(({ $ref }) => $ref);
      const fields = named ? '' : fieldsOf(schema);
      return `${describe(schema)} as \`${type}\`${fields ? `:\n\n${fields}` : '.'}`;
    })
    .join('\n\n');
}

/** The errors of a call: «`code`: sentence. `code`: sentence.» is a row for each code. @param {[string, Response][]} answers */
function errorTable(answers) {
  const rows = answers.flatMap(([status, { description }]) =>
    [...description.matchAll(/`([a-z-]+)`: (.+?)(?=\s`[a-z-]+`: |$)/gs)].map(([, name, text]) => [
      status,
      `[\`${name}\`](../docs/errors.md#${name})`,
      cell(text),
    ]),
  );
  return table(['status', 'code', 'meaning'], rows);
}

/** @param {Document} document @param {string} heading @param {Operation} operation */
function section(document, heading, operation) {
  const answers = Object.entries(operation.responses);
  const isProblem = (/** @type {[string, Response]} */ [, { content = {} }]) => 'application/problem+json' in content;
  const good = answers.filter((answer) => !isProblem(answer));
  const bad = answers.filter(isProblem);
  const parts = [
    // As code: in other headings, Astro writes braces with a dollar sign.
    `### \`${heading}\``,
    operation.summary,
    operation.description,
    operation.security || heading.includes('/') ? access(document, operation) : undefined,
    operation.parameters?.length ? parameterTable(operation.parameters) : undefined,
    operation.requestBody && `**Body**: ${bodyOf(operation.requestBody.content)}`,
    ...good.map(
      ([status, { description = '', content }]) =>
        `**${status}**: ${description}${content ? ` ${bodyOf(content)}` : ''}`,
    ),
    bad.length > 0 ? errorTable(bad) : undefined,
  ];
  return parts.filter(Boolean).join('\n\n');
}

/** Returns the whole reference. @param {Document} document */
export function endpointReference(document) {
  const { info, paths, webhooks = {}, components } = document;
  /** @type {Map<string, string[]>} */
  const byTag = new Map();
  for (const [path, calls] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(calls)) {
      const tag = operation.tags?.[0] ?? 'other';
      byTag.set(tag, [...(byTag.get(tag) ?? []), section(document, `${method.toUpperCase()} ${path}`, operation)]);
    }
  }
  const tags = [...byTag].map(
    ([tag, sections]) => `## ${tag[0].toUpperCase()}${tag.slice(1)}\n\n${sections.join('\n\n')}`,
  );
  const hooks = Object.entries(webhooks).map(([name, { post }]) => section(document, name, post));
  return `${info.description}

This page comes from [the OpenAPI document](../docs/openapi.json) of version ${info.version}. A relay without sessions has
[a shorter one](../docs/openapi-without-sessions.json). [The relay's reference](../docs/relay/reference.md) explains the calls.

${tags.join('\n\n')}

## Webhooks

${hooks.join('\n\n')}

## Shapes

${schemaSections(components.schemas)}
`;
}
