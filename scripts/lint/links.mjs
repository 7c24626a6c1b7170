// Fails if a relative link in a Markdown file of the repository is broken: its file does not exist, or the file does
// not have the heading. Links to other hosts are not checked.
//
//   node scripts/lint/links.mjs

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');

/** Returns a document without its code, in which brackets are not links. @param {string} path */
const prose = (path) =>
  readFileSync(path, 'utf8')
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .replace(/^ {4}.*$/gm, '');

/** Returns the anchors of a document's headings, in GitHub's form. @param {string} path */
function anchors(path) {
  const seen = new Map();
  return [...prose(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before ? `${anchor}-${before}` : anchor;
  });
}

let count = 0;
const broken = [];
for (const document of documents) {
  for (const [, target] of prose(join(root, document)).matchAll(/(?:\]\(|src=")([^)"\s]+)[)"]/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    count += 1;
    const [path, anchor] = target.split('#');
    const file = path ? join(root, dirname(document), path) : join(root, document);
    if (!existsSync(file)) broken.push(`${document}: ${relative(root, file)} does not exist`);
    else if (anchor && !anchors(file).includes(anchor)) broken.push(`${document}: unknown heading ${target}`);
  }
}
if (broken.length || !count) {
  console.error(broken.join('\n') || 'no links found');
  process.exit(1);
}
console.log(`links: ${count} links are valid`);
