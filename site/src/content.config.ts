import { defineCollection } from 'astro:content';
import { setTimeout } from 'node:timers/promises';
import { docsSchema } from '@astrojs/starlight/schema';
import { glob, type Loader } from 'astro/loaders';

const files = glob({ base: '../build/site-pages', pattern: '**/*.md' });

/**
 * Hands all pages over at once, and gives Astro time to write them. Astro 5.18 saves its pages half a second after one was added. If
 * it is still writing when it saves for the last time, it writes the old ones again, and the others are missing in the site.
 */
const pages: Loader = {
  name: 'pages',
  async load(context) {
    type Entry = Parameters<typeof context.store.set>[0];
    const entries: Entry[] = [];
    await files.load({ ...context, store: { ...context.store, set: (entry: Entry) => entries.push(entry) > 0 } });
    for (const entry of entries) context.store.set(entry);
    await setTimeout(1000);
  },
};

export const collections = {
  docs: defineCollection({ loader: pages, schema: docsSchema() }),
};
