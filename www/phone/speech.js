/*
 * The page's language and its words.
 *
 * The language is the link's, which the back end chose for the session; else the operator's; else the browser's. Words that no
 * person has reviewed are used only if the operator allows it, and never alone: the English ones stand below them, and count.
 */

import { LANGUAGES } from './languages.js';
import { ENGLISH } from './words.js';

/** Languages that have another's words. @type {Record<string, string>} */
const ALIASES = { tw: 'ak', fat: 'ak' };

/** The words in use. @type {Record<string, string>} */
let words = ENGLISH;
/** The language of words that no person has reviewed, if they are in use. */
let unreviewed = '';

/** Returns the language for a tag: its longest beginning that has words. @param {string} tag @param {boolean} all */
function find(tag, all) {
  for (let parts = tag.toLowerCase().split(/[-_]/); parts.length; parts = parts.slice(0, -1)) {
    const found = ALIASES[parts.join('-')] ?? parts.join('-');
    if (found === 'en' || (LANGUAGES[found] && (LANGUAGES[found].reviewed || all))) return found;
  }
  return undefined;
}

/** Chooses the language, and loads its words. */
export async function chooseLanguage() {
  const html = document.documentElement;
  const { lang, unreviewed: allowed } = html.dataset;
  const asked = new URLSearchParams(location.search).get('lang') ?? lang;
  const wishes = asked ? [asked] : navigator.languages;
  const tag = wishes.map((wish) => find(wish, allowed !== undefined)).find(Boolean) ?? 'en';
  if (tag === 'en') return;
  try {
    const lines = (await LANGUAGES[tag].load()).default.split('\n');
    words = Object.fromEntries(Object.entries(ENGLISH).map(([key, english], index) => [key, lines[index] || english]));
  } catch {
    // Then English.
    return;
  }
  html.lang = tag;
  html.dir = LANGUAGES[tag].dir;
  if (!LANGUAGES[tag].reviewed) unreviewed = tag;
}

/** Fills in a sentence. @param {string} text @param {Record<string, string>} values */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');

/**
 * Returns what a text says, for the inside of an element.
 * @param {string} key
 * @param {Record<string, string>} [values]
 * @returns {(Node | string)[]}
 */
export function say(key, values = {}) {
  const text = fill(words[key] ?? '', values);
  if (!unreviewed) return [text];
  const english = Object.assign(document.createElement('span'), { className: 'english', lang: 'en', dir: 'ltr' });
  english.textContent = fill(ENGLISH[key] ?? '', values);
  return [text, english];
}

/** Returns the note about words that no person has reviewed, if such words are in use. */
export const note = () => (unreviewed ? [words.note] : []);
