/* The words of a hand-off: the page's, the language's, or English ones. */

import { TAG } from '../lines.js';
import { ENGLISH } from './english.js';

/** @import { SelfieCatalogue, SelfieText } from '../index.js' */

/** The keys, in the order of the other languages. */
const KEYS = Object.keys(ENGLISH);

/** The other languages, once one of them is needed. @type {Record<string, string[]> | undefined} */
let languages;

/**
 * Resolves to a function that returns a text by its key.
 * @param {string | undefined} lines the words of the widget
 * @param {SelfieText | null | undefined} own the page's words
 * @param {ReadonlyMap<string, SelfieCatalogue>} registered the page's catalogues
 * @param {() => Promise<{ WORDS: Record<string, string[]> }>} load
 * @returns {Promise<(key: string) => string>}
 */
export async function speak(lines, own, registered, load) {
  const tag = lines?.split('\n')[TAG] ?? 'en';
  // Without the file it stays English.
  if (tag !== 'en' && !languages)
    languages = await load().then(
      ({ WORDS }) => WORDS,
      () => undefined,
    );
  const page = { ...registered.get(tag)?.texts, ...own };
  return (key) => Reflect.get(page, key) || languages?.[tag]?.[KEYS.indexOf(key)] || ENGLISH[key];
}
