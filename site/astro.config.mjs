// How Astro and Starlight write the site. `build.mjs` makes the pages and the navigation first.

import { readFileSync } from 'node:fs';

import starlight from '@astrojs/starlight';
import { defineConfig, passthroughImageService } from 'astro/config';

import { fitTables } from './lib/tables-fit.mjs';

const groups = JSON.parse(readFileSync(new URL('../build/site-pages/navigation.json', import.meta.url), 'utf8'));
const playground = { label: 'Playground', link: '/playground/' };

export default defineConfig({
  base: process.env.SITE_BASE || '/',
  site: process.env.SITE_URL || undefined,
  publicDir: '../build/site-public',
  trailingSlash: 'always',
  // The pictures are small already.
  image: { service: passthroughImageService() },
  markdown: { rehypePlugins: [fitTables] },
  integrations: [
    starlight({
      title: 'akiba-selfie',
      favicon: '/icon.svg',
      customCss: ['./src/styles/site.css'],
      sidebar: [groups[0], playground, ...groups.slice(1)],
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
      // Wrapped lines need no box that scrolls sideways.
      expressiveCode: { themes: ['github-dark', 'github-light'], defaultProps: { wrap: true } },
      social: [{ icon: 'github', label: 'GitHub', href: 'https://github.com/akiba-selfie/akiba-selfie' }],
      credits: false,
    }),
  ],
});
