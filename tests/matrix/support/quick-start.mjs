// The steps of a quick start's page, and the table of their times.
//
// Exports: `readSteps()`, `writeTimes()`.

import { readFile, writeFile } from 'node:fs/promises';

const DOCUMENT = new URL('../../../docs/quick-start/README.md', import.meta.url);

/** A fence, with the name of a file in the line above it. */
const BLOCK = /(?:^`(?<file>[^`\n]+)`:\n\n)?^```(?<language>\w+)\n(?<text>[\s\S]*?)^```$/gm;

/**
 * Reads a page: the commands of its first block, the files, the command of its last block, which serves the page, and the one
 * that builds it, with the folder that it writes.
 * @param {string} page Markdown
 * @returns {{ commands: string, folder: string, files: [string, string][], server: string, url: string, build?: string, built?: string }}
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
  const [, build, built] = /^`(npx [^`]+)` writes the page for a server into `([^`]+)`/m.exec(page) ?? [];
  return { commands: shell[0], folder, files, server: shell[1].trim(), url, build, built };
}

/**
 * Writes the times into the document. A page that was not followed keeps its time.
 * @param {{ name: string, seconds: number }[]} rows
 * @param {Map<string, string>} titles of all pages, in their order
 */
export async function writeTimes(rows, titles) {
  const text = await readFile(DOCUMENT, 'utf8');
  const places = /(<!-- times -->\n)[\s\S]*(<!-- \/times -->)/;
  if (!places.test(text)) throw new Error('docs/quick-start/README.md has no place for the times');
  const old = [...text.matchAll(/^\| \[[^\]]+\]\((\w+)\.md\) \| (\d+) s \|$/gm)];
  const times = new Map(old.map(([, name, seconds]) => [name, Number(seconds)]));
  for (const { name, seconds } of rows) times.set(name, seconds);
  const lines = [...titles]
    .filter(([name]) => times.has(name))
    .map(([name, title]) => `| [${title}](${name}.md) | ${times.get(name)} s |`);
  const table = ['| quick start | from the first command to the verdict |', '| --- | --- |', ...lines].join('\n');
  await writeFile(DOCUMENT, text.replace(places, `$1\n${table}\n\n$2`));
}
