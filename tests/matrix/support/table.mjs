// The table of the cases, as docs/bundlers.md has it.
//
// Exports: `tableOf()`, `writeTable()`.

import { readFile, writeFile } from 'node:fs/promises';

const DOCUMENT = new URL('../../../docs/bundlers.md', import.meta.url);
const BEGIN = '<!-- matrix -->\n';
const END = '<!-- /matrix -->\n';
const HEAD = ['| case | versions | from the package to a verdict |', '| --- | --- | --- |'];

/** @typedef {{ name: string, versions: string, mode: string, works: boolean }} Row */

/** Returns the line of each case. @param {Row[]} rows */
function linesOf(rows) {
  const names = [...new Set(rows.map(({ name }) => name))];
  const line = (/** @type {string} */ name) => {
    const own = rows.filter((row) => row.name === name);
    const modes = own.map(({ mode, works }) => `${mode}: ${works ? 'works' : '**fails**'}`).join(', ');
    return `| ${name} | ${own[0].versions || '–'} | ${modes} |`;
  };
  return new Map(names.map((name) => [name, line(name)]));
}

/** Returns the table. @param {Row[]} rows */
export const tableOf = (rows) => [...HEAD, ...linesOf(rows).values()].join('\n');

/**
 * Writes rows into the document's table. Cases that were not tried keep theirs.
 * @param {Row[]} rows
 * @param {string[]} names of all cases, in their order
 */
export async function writeTable(rows, names) {
  const text = await readFile(DOCUMENT, 'utf8');
  const [head, rest] = text.split(BEGIN);
  const [before, tail] = rest?.split(END) ?? [];
  if (tail === undefined) throw new Error('docs/bundlers.md has no place for the table');
  const old = [...before.matchAll(/^\| (\S+) \|.*$/gm)].map(([line, name]) => /** @type {const} */ ([name, line]));
  const lines = new Map([...old, ...linesOf(rows)]);
  const table = [...HEAD, ...names.flatMap((name) => lines.get(name) ?? [])].join('\n');
  await writeFile(DOCUMENT, `${head}${BEGIN}\n${table}\n\n${END}${tail}`);
}
