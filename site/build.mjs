// Builds the documentation site into build/site-docs: makes pages of the Markdown files of the repository, lets Astro
// write them as HTML with a search index, adds the playground, and checks every link.
//
//   node site/build.mjs
//
// SITE_BASE is the path of the site, such as /akiba-selfie/ (default: /). SITE_URL is its origin, for absolute links.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkSite } from './lib/check.mjs';
import { listDocuments, ROOT } from './lib/documents.mjs';
import { elementReference } from './lib/element.mjs';
import { endpointReference } from './lib/endpoints.mjs';
import { llmsFull, llmsIndex } from './lib/llms.mjs';
import { Links, plainText, toPage } from './lib/markdown.mjs';
import { navigate } from './lib/navigation.mjs';

/** @import { Page } from './lib/markdown.mjs' */

const base = `/${(process.env.SITE_BASE ?? '').replace(/^\/+|\/+$/g, '')}/`.replace('//', '/');
const origin = (process.env.SITE_URL ?? '').replace(/\/+$/, '');
const folders = {
  pages: join(ROOT, 'build/site-pages'),
  public: join(ROOT, 'build/site-public'),
  // Within the folder of Astro's packages, or Astro puts files of its own into the result.
  astro: join(ROOT, 'site/dist'),
  output: join(ROOT, 'build/site-docs'),
  playground: join(ROOT, 'build/playground'),
};
const read = (/** @type {string} */ path) => readFile(join(ROOT, path), 'utf8');

const TITLE = 'akiba-selfie';
const SUMMARY =
  '`<akiba-selfie>` is a custom element that takes a selfie in a web page and has it verified. One tag covers consent, ' +
  'camera, review, upload and verdict. A small relay on your side holds the token of the vendor, Akiba Digital.';
const TAGLINE =
  'akiba-selfie guides a person to a good photo, sends it and brings the verdict to your server. Add one custom element to your page.';
const PICTURE = 'The camera screen on a phone, with a face in the oval and a hint';

/** The pages that are generated. Their paths are only names. */
async function generatedPages() {
  const element = elementReference(JSON.parse(await read('www/custom-elements.json')), await read('www/index.d.ts'));
  const endpoints = endpointReference(JSON.parse(await read('docs/openapi.json')));
  return [
    { path: 'reference/element.md', text: `# Element reference\n\n${element}` },
    { path: 'reference/endpoints.md', text: `# Endpoint reference\n\n${endpoints}` },
  ];
}

/** Makes all pages. @returns {Promise<{ pages: Page[], landing: Page, placeholder: Page, links: Links }>} */
async function makePages() {
  const documents = listDocuments();
  const { repository } = JSON.parse(await read('www/package.json'));
  const links = new Links({
    documents: [...documents, 'reference/element.md', 'reference/endpoints.md'],
    base,
    repository: repository.url.replace(/^git\+/, '').replace(/\.git$/, ''),
  });
  const sources = await Promise.all(documents.map(async (path) => ({ path, text: await read(path) })));
  const pages = [...sources, ...(await generatedPages())].map(({ path, text }) => toPage(path, text, links));
  const own = async (/** @type {string} */ path) => toPage(path, await read(path), links);
  return { pages, landing: await own('site/landing.md'), placeholder: await own('site/playground.md'), links };
}

/** Writes a page for Astro. @param {string} route @param {Page} page @param {Record<string, unknown>} [more] */
async function writePage(route, { title, description, body }, more = {}) {
  const front = Object.entries({ title, description, ...more }).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  await write(join(folders.pages, `${route}.md`), `---\n${front.join('\n')}\n---\n\n${body}`);
}

/** @param {string} path @param {string} text */
async function write(path, text) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Runs Astro, whose configuration reads the navigation. */
async function runAstro() {
  const program = join(ROOT, 'site/node_modules/astro/astro.js');
  // `--force`: without the pages of the last build.
  const astro = spawn(process.execPath, [program, 'build', '--force', '--silent'], {
    cwd: join(ROOT, 'site'),
    stdio: 'inherit',
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', SITE_BASE: base, SITE_URL: origin },
  });
  const [status] = await once(astro, 'exit');
  if (status !== 0) throw new Error(`astro build ended with ${status}`);
}

for (const folder of [folders.pages, folders.public]) await rm(folder, { recursive: true, force: true });
const { pages, landing, placeholder, links } = await makePages();
const groups = navigate(pages);
const notFound = toPage('site/404.md', await read('site/404.md'), links);

for (const page of pages) {
  await writePage(page.route, page);
  await write(join(folders.public, `${page.route}.md`), `# ${page.title}\n\n${page.body}`);
}
await writePage('index', { ...landing, title: TITLE, description: plainText(SUMMARY) }, hero(landing.title, links));
const hasPlayground = existsSync(join(folders.playground, 'index.html'));
if (!hasPlayground) await writePage('playground', placeholder);
await writePage('404', notFound, { template: 'splash' });
for (const file of links.files) await cp(join(ROOT, file), join(folders.public, file.slice('docs/'.length)));
await cp(join(ROOT, 'demo/icon.svg'), join(folders.public, 'icon.svg'));
await write(join(folders.pages, 'navigation.json'), JSON.stringify(groups.map(sidebarGroup)));
const address = (/** @type {string} */ route) => `${origin}${base}${route}.${route === 'llms-full' ? 'txt' : 'md'}`;
await write(join(folders.public, 'llms.txt'), llmsIndex({ title: TITLE, summary: SUMMARY, groups, address }));
await write(join(folders.public, 'llms-full.txt'), llmsFull({ title: TITLE, summary: SUMMARY, groups }));

/** Returns the head of the landing page. @param {string} title @param {Links} links */
function hero(title, links) {
  const to = (/** @type {string} */ target) => links.resolve('site/landing.md', target);
  const picture = (/** @type {string} */ file, /** @type {string} */ theme) =>
    `<img class="hero-picture ${theme}" src="${to(`../docs/pictures/${file}`)}" width="328" height="572" alt="${PICTURE}" />`;
  return {
    template: 'splash',
    hero: {
      title,
      tagline: TAGLINE,
      image: { html: `${picture('framing.jpg', 'dark:sl-hidden')}${picture('framing-dark.jpg', 'light:sl-hidden')}` },
      actions: [
        { text: 'Quick start', link: to('../docs/quick-start/'), icon: 'right-arrow' },
        { text: 'Playground', link: `${base}playground/`, variant: 'secondary' },
        { text: 'Back end', link: to('../examples/backend/'), variant: 'secondary' },
      ],
    },
  };
}

/** @param {import('./lib/navigation.mjs').Group} group */
function sidebarGroup({ label, pages: own, collapsed = false }) {
  const items = own.map(({ title, route }) => ({ label: title === label ? 'Overview' : title, link: `/${route}/` }));
  return { label, collapsed, items };
}

await runAstro();
await rm(folders.output, { recursive: true, force: true });
await cp(folders.astro, folders.output, { recursive: true });
await rm(folders.astro, { recursive: true });
if (hasPlayground) {
  const folder = join(folders.output, 'playground');
  await cp(folders.playground, folder, { recursive: true });
  // Elsewhere it has no site around it, and links to the documents of the repository.
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  await writeFile(join(folder, 'index.html'), page.replace(/(<a href=")[^"]+(">Documentation)/, '$1../$2'));
}
const { pages: count, links: followed, faults } = checkSite(folders.output, { base, foreign: ['pagefind'] });
for (const { path, route } of pages) {
  if (!existsSync(join(folders.output, route, 'index.html'))) faults.push(`${path} is missing in the site`);
}
for (const fault of faults.slice(0, 50)) console.error(`site: ${fault}`);
if (faults.length > 50) console.error(`site: and ${faults.length - 50} more`);
console.log(
  `site: ${count} pages, ${followed} links, in ${fileURLToPath(new URL('../build/site-docs/', import.meta.url))}`,
);
if (faults.length > 0) process.exit(1);
