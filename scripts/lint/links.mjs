// Fails if a link to this repository in one of its Markdown files is broken: its file does not exist, or the file does not
// have the heading. Links to other hosts are not checked. npm shows www/README.md alone, so its links must be absolute.
//
//   node scripts/lint/links.mjs

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { homepage } = JSON.parse(readFileSync(join(root, 'www/package.json'), 'utf8'));
/** How a page outside names a file of the repository. */
const outside = `${homepage.replace(/#.*/, '')}/blob/main/`;
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
    const ours = target.startsWith(outside);
    if (/^[a-z]+:/.test(target) && !ours) continue;
    count += 1;
    if (document === 'www/README.md' && !ours) broken.push(`${document}: ${target} is relative, but npm shows it`);
    const [path, anchor] = target.replace(outside, '').split('#');
    const folder = ours ? '.' : dirname(document);
    const file = path ? join(root, folder, path) : join(root, document);
    if (!existsSync(file)) broken.push(`${document}: ${relative(root, file)} does not exist`);
    else if (anchor && !anchors(file).includes(anchor)) broken.push(`${document}: unknown heading ${target}`);
  }
}
if (broken.length || !count) {
  console.error(broken.join('\n') || 'no links found');
  process.exit(1);
}
console.log(`links: ${count} links are valid`);
