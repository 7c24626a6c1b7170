// The site's navigation. A group names its documents, or takes a whole folder. What no group has is in «More», so a new
// document is never lost. The pages of a folder are in the order in which its README or docs/README.md names
// them.
//
// Exports: `navigate()`.

/** @import { Page } from './markdown.mjs' */
/** @typedef {{ label: string, pages: Page[], collapsed?: boolean }} Group */

/** @type {{ label: string, documents?: string[], folders?: string[], collapsed?: boolean }[]} */
const GROUPS = [
  { label: 'Quick start', folders: ['docs/quick-start'] },
  {
    label: 'Concepts',
    documents: [
      'docs/concepts.md',
      'docs/guidance.md',
      'docs/relay/concepts.md',
      'docs/relay/handoff.md',
      'docs/privacy.md',
      'docs/consent-law.md',
      'docs/securing.md',
    ],
  },
  {
    label: 'The element',
    documents: [
      'docs/embedding.md',
      'docs/theming.md',
      'docs/frameworks.md',
      'docs/bundlers.md',
      'docs/data-costs.md',
      'docs/accessibility.md',
    ],
  },
  {
    label: 'Back end',
    documents: [
      'docs/relay/README.md',
      'docs/relay/tutorial.md',
      'examples/backend/README.md',
      'clients/README.md',
      'docs/sandbox.md',
    ],
  },
  {
    label: 'Running the relay',
    documents: ['docs/running.md', 'docs/alerts.md', 'docs/capacity.md', 'docs/moving.md', 'examples/nginx/README.md'],
  },
  { label: 'Reference', folders: ['reference'], documents: ['docs/relay/reference.md', 'docs/errors.md'] },
  { label: 'Recipes', folders: ['docs/recipes'] },
  { label: 'Migration', folders: ['docs/migration'] },
  { label: 'Examples', folders: ['examples'] },
  { label: 'Releases', documents: ['docs/releases.md', 'CHANGELOG.md', 'SECURITY.md'] },
  { label: 'Decisions', folders: ['docs/decisions'], collapsed: true },
  { label: 'Contributing', documents: ['CONTRIBUTING.md', 'ARCHITECTURE.md', 'docs/README.md'], collapsed: true },
];

/**
 * Sorts the pages of a folder: its README or overview, then the pages that an index names, in that order, then the rest.
 * @param {Page[]} pages
 * @param {string} index of all documents
 */
function inOrder(pages, index) {
  const first = pages.find(({ path }) => /\/(?:README|overview)\.md$/.test(path));
  const named = `${first?.body ?? ''}${index}`;
  /** @param {Page} page */
  const place = (page) => {
    if (page === first) return -1;
    const at = named.indexOf(`/${page.route}/`);
    return at < 0 ? named.length : at;
  };
  return pages.sort((a, b) => (place(a) === place(b) ? a.path.localeCompare(b.path) : place(a) - place(b)));
}

/**
 * Puts every page into a group. Fails if a group names a document that does not exist.
 * @param {Page[]} pages
 * @returns {Group[]}
 */
export function navigate(pages) {
  const index = pages.find(({ path }) => path === 'docs/README.md')?.body ?? '';
  const left = new Map(pages.map((page) => [page.path, page]));
  /** @param {string} path */
  const take = (path) => {
    const page = left.get(path);
    if (!page) throw new Error(`the navigation names ${path}, which is not a page or is there twice`);
    left.delete(path);
    return page;
  };
  // Single documents first: they do not belong to the folder that they lie in.
  const named = GROUPS.map(({ documents = [] }) => documents.map(take));
  const groups = GROUPS.map(({ label, folders = [], collapsed }, which) => {
    const inside = pages.filter(
      ({ path }) => left.has(path) && folders.some((folder) => path.startsWith(`${folder}/`)),
    );
    const own = inOrder(inside, index).map(({ path }) => take(path));
    return { label, pages: [...own, ...named[which]], collapsed };
  });
  return [...groups, { label: 'More', pages: [...left.values()] }].filter(({ pages: own }) => own.length > 0);
}
