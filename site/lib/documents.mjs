// Which Markdown files of the repository become pages, and where.
//
// Exports: `ROOT`, `listDocuments()`, `routeOf()`.

import { existsSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Documents outside of docs/ that a reader of the site needs. All others stay links to the repository. */
const BESIDE = ['CHANGELOG.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'SECURITY.md', 'clients/README.md'];
/** Only a note about the pictures' source. */
const LEFT_OUT = ['docs/pictures/README.md'];

/**
 * Returns the paths of all documents that become pages: everything in docs/, the examples, and a few more.
 * @param {string} [root]
 * @returns {string[]}
 */
export function listDocuments(root = ROOT) {
  const docs = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => posix.join('docs', name.replaceAll('\\', '/')));
  const examples = existsSync(`${root}examples`)
    ? readdirSync(`${root}examples`).map((name) =>
        name.endsWith('.md') ? `examples/${name}` : `examples/${name}/README.md`,
      )
    : [];
  const beside = [...BESIDE, ...examples].filter((path) => existsSync(`${root}${path}`));
  return [...docs, ...beside].filter((path) => !LEFT_OUT.includes(path)).sort();
}

/**
 * Returns a document's place on the site, without slashes around it: `docs/relay/README.md` is at `relay`.
 * @param {string} path
 */
export function routeOf(path) {
  if (path === 'docs/README.md') return 'documents';
  if (path === 'SECURITY.md') return 'security-policy';
  return path
    .replace(/^docs\//, '')
    .replace(/\.md$/, '')
    .replace(/\/README$/, '')
    .toLowerCase();
}
