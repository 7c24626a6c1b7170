// The table in the README: how many scenarios of each group pass in each engine.
//
// Exports: `report()`, `table()`, `MARK`.

import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { ENGINES } from './drivers/index.mjs';
import { GROUPS } from './scenarios/index.mjs';

/** By engine: its version, and for each scenario that ran whether it passed. */
/** @typedef {Record<string, { version: string, scenarios: Record<string, boolean> }>} Results */

const README = new URL('../../README.md', import.meta.url);
/** The last result of each scenario in each engine. */
const KEPT = new URL('../../build/engines/results.json', import.meta.url);
/** Encloses the table. */
export const MARK = /(?<=<!-- engines -->\n\n)[\s\S]*?(?=\n\n<!-- \/engines -->)/;

/** Returns the table of a run of all scenarios, with a question mark where not all of a group ran. @param {Results} results */
export function table(results) {
  const engines = Object.entries(results);
  const heads = engines.map(([engine, { version }]) => `${ENGINES[engine].title} ${version}`);
  const rows = GROUPS.map(([title, scenarios]) => [
    title,
    ...engines.map(([engine, { scenarios: passed }]) => {
      const can = scenarios.filter(({ not }) => !not?.[engine]);
      const ran = can.every(({ name }) => name in passed);
      return `${ran ? can.filter(({ name }) => passed[name]).length : '?'} of ${can.length}`;
    }),
  ]);
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(['scenarios that pass', ...heads]), line(['---', ...heads.map(() => '---')]), ...rows.map(line)].join(
    '\n',
  );
}

/**
 * Prints the table of these results and of what ran before in the same versions, and writes it into the README if `write`.
 * @param {Results} results
 */
export async function report(results, write = false) {
  const before = await readFile(KEPT, 'utf8').then(JSON.parse, () => ({}));
  const all = { ...before };
  for (const [engine, { version, scenarios }] of Object.entries(results)) {
    const earlier = before[engine]?.version === version ? before[engine].scenarios : {};
    all[engine] = { version, scenarios: { ...earlier, ...scenarios } };
  }
  await mkdir(new URL('.', KEPT), { recursive: true });
  await writeFile(KEPT, JSON.stringify(all));
  const made = table(
    Object.fromEntries(Object.keys(ENGINES).flatMap((engine) => (all[engine] ? [[engine, all[engine]]] : []))),
  );
  console.log(made);
  if (write) await writeFile(README, (await readFile(README, 'utf8')).replace(MARK, made));
}
