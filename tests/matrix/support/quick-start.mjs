// The steps of a quick start's page, and the table of their times.
//
// Exports: `readSteps()`, `writeTimes()`.

import { readFile, writeFile } from 'node:fs/promises';

const DOCUMENT = new URL('../../../docs/quick-start/README.md', import.meta.url);

/** A fence, with the name of a file in the line above it. */
const BLOCK = /(?:^`(?<file>[^`\n]+)`:\n\n)?^```(?<language>\w+)\n(?<text>[\s\S]*?)^```$/gm;

/**
 * Reads a page: the commands of its first block, the files, and the command of its last block, which serves the page.
 * @param {string} page Markdown
 * @returns {{ commands: string, folder: string, files: [string, string][], server: string, url: string }}
 */
export function readSteps(page) {
  const blocks = [...page.matchAll(BLOCK)].map(({ groups }) => groups ?? {});
  const shell = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
  const files = blocks
    .filter(({ file }) => file)
    .map(({ file, text }) => /** @type {[string, string]} */ ([file, text]));
  const folder = /mkdir (\S+)/.exec(shell[0] ?? '')?.[1];
  const url = /http:\/\/localhost:\d+/.exec(page)?.[0];
  if (shell.length !== 2 || !folder || !url || files.length === 0) throw new Error('the page does not have the steps');
  if (files.length + shell.length !== blocks.length) throw new Error('a block has no name of a file above it');
  return { commands: shell[0], folder, files, server: shell[1].trim(), url };
}

/**
 * Writes the times into the document. A page that was not followed loses its time.
 * @param {{ name: string, seconds: number }[]} rows
 */
export async function writeTimes(rows) {
  const text = await readFile(DOCUMENT, 'utf8');
  const places = /(<!-- times -->\n)[\s\S]*(<!-- \/times -->)/;
  if (!places.test(text)) throw new Error('docs/quick-start/README.md has no place for the times');
  const lines = rows.map(({ name, seconds }) => `| [${name}](${name}.md) | ${seconds} s |`);
  const table = ['| quick start | from the first command to the verdict |', '| --- | --- |', ...lines].join('\n');
  await writeFile(DOCUMENT, text.replace(places, `$1\n${table}\n\n$2`));
}
