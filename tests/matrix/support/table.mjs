// The table of the cases in docs/bundlers.md.
//
// Exports: `writeTable()`.

import { readFile, writeFile } from 'node:fs/promises';

const DOCUMENT = new URL('../../../docs/bundlers.md', import.meta.url);
const BEGIN = '<!-- matrix -->\n';
const END = '<!-- /matrix -->\n';

/**
 * Replaces the table of the document.
 * @param {{ name: string, versions: string, mode: string, works: boolean }[]} rows
 */
export async function writeTable(rows) {
  const text = await readFile(DOCUMENT, 'utf8');
  const [head, rest] = text.split(BEGIN);
  const tail = rest?.split(END)[1];
  if (tail === undefined) throw new Error('docs/bundlers.md has no place for the table');
  const cases = [...new Set(rows.map(({ name }) => name))];
  const lines = cases.map((name) => {
    const own = rows.filter((row) => row.name === name);
    const modes = own.map(({ mode, works }) => `${mode}: ${works ? 'works' : '**fails**'}`).join(', ');
    return `| ${name} | ${own[0].versions || '–'} | ${modes} |`;
  });
  const table = ['| case | versions | from the package to a verdict |', '| --- | --- | --- |', ...lines].join('\n');
  await writeFile(DOCUMENT, `${head}${BEGIN}\n${table}\n\n${END}${tail}`);
}
