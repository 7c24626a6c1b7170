// The site for language models (llmstxt.org): an index of all pages, and all pages in one file, as Markdown.
//
// Exports: `llmsIndex()`, `llmsFull()`.

/** @import { Group } from './navigation.mjs' */

/**
 * Returns `llms.txt`: each page with its summary, by group.
 * @param {{ title: string, summary: string, groups: Group[], address: (route: string) => string }} site
 */
export function llmsIndex({ title, summary, groups, address }) {
  const sections = groups.map(
    ({ label, pages }) =>
      `## ${label}\n\n${pages.map((page) => `- [${page.title}](${address(page.route)}): ${page.description}`).join('\n')}`,
  );
  return `# ${title}\n\n> ${summary}\n\nEverything in one file: [llms-full.txt](${address('llms-full')})\n\n${sections.join('\n\n')}\n`;
}

/**
 * Returns `llms-full.txt`: the text of all pages, in the order of the navigation.
 * @param {{ title: string, summary: string, groups: Group[] }} site
 */
export function llmsFull({ title, summary, groups }) {
  const pages = groups.flatMap(({ pages: own }) => own).map((page) => `# ${page.title}\n\n${page.body.trim()}`);
  return `# ${title}\n\n> ${summary}\n\n${pages.join('\n\n---\n\n')}\n`;
}
