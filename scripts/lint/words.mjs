// Fails if a file in git uses a phrase from words.txt: in prose, a comment, a message or the name of a test.
//
//   node scripts/lint/words.mjs [PATH …]            prints every place with the plain alternative
//   node scripts/lint/words.mjs --count [PATH …]    prints only how many there are in each folder
//
// PATH limits it to some files or folders. It reads whole files and not only comments: the phrases are English with
// spaces between the words, so code does not contain them.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Stands in an empty line, so that no phrase goes on from one paragraph to the next. */
const PARAGRAPH = '\u0001';

/** @typedef {{ pattern: RegExp, bad: string, plain: string }} Phrase */

const root = fileURLToPath(new URL('../..', import.meta.url));
const list = 'scripts/lint/words.txt';

const TEXT =
  /\.(?:md|rs|js|mjs|ts|sh|py|toml|json|ya?ml|html|css|lua|template|service|conf|sql)$|(?:^|\/)(?:Makefile|Dockerfile|run)$/;
// Generated files, data, and the list itself.
const SKIPPED = /(?:^|\/)(?:package-lock\.json|openapi[^/]*\.json|words\.txt)$|^fuzz\/(?:corpus|words)\//;

// Sentences close to the phrases, in which nothing may be found.
const ORDINARY = `
  There is no session, and there are none later: if there is none, create one. The key is no longer valid.
  It is no more than 3 bytes, and no one reads it. Who calls? The relay tells the page. Nobody reads the file.
  Send the photo, not the link. In place of a key, use a file. The list can have none of these.
  A voucher is not a certificate. Separate them with commas. All of them, but not the first.
  Deletes those sessions, for those who run it. There is no other way. One such file is enough. At the very least,
  everything must pass, but nothing but a test decides what is worth it. It leads somewhere else.

  Who calls, and from where

  It needs none of this. This is the page that the bank serves.
`;

/**
 * Reads the list of phrases.
 * @param {string} text
 * @returns {Phrase[]}
 */
function parse(text) {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [pattern, bad, plain, ...rest] = line.split(' | ');
    if (plain === undefined || rest.length > 0) throw new Error(`${list}: expected three columns: ${line}`);
    return { pattern: new RegExp(pattern.replaceAll(' ', '\\s+'), 'gi'), bad, plain };
  });
}

/**
 * Returns a file's text with the marks of comments as spaces, so that a phrase is found across a line break. Each line
 * keeps its number. The words in the names of Rust's functions are separated, as they are sentences in tests;
 * Python's `is None` is code.
 * @param {string} text
 */
function prose(text) {
  const blank = (/** @type {string} */ mark) => mark.replace(/[^\n]/g, ' ');
  return text
    .replace(/^[ \t]*(?:\/\/[/!]?|\/\*\*?|\*|#+!?|--|>)(?= |$)/gm, blank)
    .replace(/\\$/gm, ' ')
    .replace(/^[ \t]*$/gm, PARAGRAPH)
    .replace(/\bis None\b/g, blank)
    .replace(/\bfn \w+/g, (name) => name.replaceAll('_', ' '));
}

/**
 * Finds the phrases in a text that came from `prose`.
 * @param {string} text
 * @param {Phrase[]} phrases
 */
function find(text, phrases) {
  return phrases.flatMap(({ pattern, plain, bad }) =>
    [...text.matchAll(pattern)].map((match) => ({
      line: text.slice(0, match.index).split('\n').length,
      words: match[0].replace(/\s+/g, ' ').trim(),
      advice: `say «${plain}» instead of «${bad}»`,
    })),
  );
}

/**
 * Returns what is wrong with the list itself: a pattern that misses its own example, or finds ordinary English.
 * @param {Phrase[]} phrases
 */
function selfTest(phrases) {
  const wrapped = (/** @type {string} */ text) => prose(`/// ${text.replaceAll(' ', '\n    /// ')}\n`);
  const missed = phrases.filter((phrase) =>
    [prose(phrase.bad), wrapped(phrase.bad)].some((text) => !find(text, [phrase]).length),
  );
  const test = `fn ${phrases[0]?.bad.replaceAll(' ', '_')}() {}`;
  const named = find(prose(test), phrases).length === 0;
  const ordinary = [ORDINARY, ...phrases.map(({ plain }) => plain)].flatMap((text) => find(prose(text), phrases));
  return [
    ...missed.map(({ pattern, bad }) => `${pattern} does not find its example «${bad}»`),
    ...(named ? ['the name of a test is not read'] : []),
    ...ordinary.map(({ words, advice }) => `«${words}» is found in plain English (${advice})`),
  ];
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { count: { type: 'boolean' } } });
const phrases = parse(readFileSync(new URL(`../../${list}`, import.meta.url), 'utf8'));
const faults = selfTest(phrases);
if (faults.length > 0) {
  console.error(faults.map((fault) => `${list}: ${fault}`).join('\n'));
  process.exit(2);
}

const listed = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...positionals],
  { cwd: root, encoding: 'utf8' },
);
const files = listed
  .split('\0')
  .filter((path) => TEXT.test(path) && !SKIPPED.test(path) && existsSync(`${root}${path}`));
if (files.length === 0) {
  console.error('words: git lists no files here');
  process.exit(2);
}

/** @type {Map<string, number>} */
const folders = new Map();
let total = 0;
for (const path of files) {
  const found = find(prose(readFileSync(`${root}${path}`, 'utf8')), phrases).sort((a, b) => a.line - b.line);
  total += found.length;
  if (found.length > 0) folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + found.length);
  if (values.count) continue;
  for (const { line, words, advice } of found) console.error(`${path}:${line}: «${words}»: ${advice}`);
}
for (const [folder, count] of folders) {
  if (values.count) console.log(`${String(count).padStart(5)}  ${folder}`);
}
console.log(`words: ${total} in ${files.length} files`);
process.exitCode = total > 0 && !values.count ? 1 : 0;
