/*
 * The words of a language other than the widget's own English, and the switch between languages. Loaded only by a page
 * that needs it: one with another language, words of its own, or `languages`.
 */

import { LANGUAGES } from './catalogues.js';
import { CONSENT, KEYS, VERSION } from './keys.js';
import { CONSENT_HASH, CONSENT_VERSION, DIR, FACTS, FIRST_FACT, HEAD, STATE, TAG } from './lines.js';
import { addition } from './sheet.js';

/** @import { SelfieCatalogue, SelfieHost, SelfieText } from './index.js' */

/** Languages that have another's catalogue. @type {Record<string, string>} */
const ALIASES = { tw: 'ak', fat: 'ak' };

/**
 * What a page wants to read.
 * @typedef {object} Wish
 * @property {string} lang a BCP 47 tag
 * @property {string | null} languages the tags to choose from, separated by spaces
 * @property {SelfieText | null | undefined} text the page's own words
 * @property {SelfieHost | null | undefined} host what the page says about the host
 * @property {string | null} consent the version of the page's consent
 * @property {boolean} unreviewed whether words that no person has reviewed may be used
 * @property {ReadonlyMap<string, SelfieCatalogue>} registered the page's own catalogues
 */

/**
 * Returns the words for the widget, and draws the switch.
 * @param {ShadowRoot} shadow
 * @param {Wish} wish
 * @param {(lang: string) => void} choose called with the language that the person chose
 * @param {() => boolean} late whether there is another wish by now
 */
export async function speak(shadow, wish, choose, late) {
  const words = await wordsFor(wish);
  if (!late()) drawSwitch(shadow, wish, words, choose);
  return words;
}

/**
 * Returns the catalogue of a language as lines for the widget, or undefined for its own English.
 * @param {Wish} wish
 * @returns {Promise<string | undefined>}
 */
async function wordsFor(wish) {
  const tag = find(wish);
  const own = wish.registered.get(tag);
  const built = isOwn(LANGUAGES, tag) && (LANGUAGES[tag].reviewed || wish.unreviewed);
  if (!built && !own && !wish.text && !wish.host && !wish.consent) return undefined;
  const lines = (built ? (await LANGUAGES[tag].load()).default : '').split('\n');
  if (lines[0] !== VERSION) lines.splice(0, lines.length, VERSION, own ? tag : 'en', own?.dir ?? 'ltr', 'reviewed');
  if (own && own.state !== 'reviewed') lines[STATE] = '';
  // The relay accepts only these characters.
  lines[CONSENT_VERSION] = line(wish.consent)
    .replace(/[^!-~]+/g, '-')
    .slice(0, 64);
  for (const [index, name] of FACTS.entries()) {
    const fact = line(wish.host?.[name]);
    lines[FIRST_FACT + index] = name === 'privacy' || name === 'terms' ? link(fact) : fact;
  }
  const texts = { ...own?.texts, ...wish.text };
  for (const [index, key] of KEYS.entries()) {
    lines[HEAD + index] = line(Reflect.get(texts, key)) || (lines[HEAD + index] ?? '');
  }
  lines[CONSENT_HASH] = await hash(lines);
  return lines.join('\n');
}

/** Returns a text as one line: a line break would shift what comes after it. @param {unknown} text */
const line = (text) => (typeof text === 'string' ? text.trim().replace(/\s*[\n\r]\s*/g, ' ') : '');

/** Returns the URL of a web page, or nothing: no other kind of link can be followed. @param {string} url */
function link(url) {
  try {
    const { href, protocol } = new URL(url, document.baseURI);
    return url && /^https?:$/.test(protocol) ? href : '';
  } catch {
    return '';
  }
}

/**
 * Returns the SHA-256 of what the person agrees to: the texts that count, then the facts, one a line. Words that nobody has
 * reviewed don't count, the English ones do.
 * @param {string[]} lines
 */
async function hash(lines) {
  const texts = Object.entries(CONSENT).map(
    ([key, english]) => (lines[STATE] && lines[HEAD + KEYS.indexOf(key)]) || english,
  );
  const said = [...texts, ...lines.slice(FIRST_FACT, HEAD).filter(Boolean)].join('\n');
  // A page without https has no such function. Its camera does not open either.
  const bytes = await globalThis.crypto?.subtle?.digest('SHA-256', new TextEncoder().encode(said));
  return bytes ? [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('') : 'none';
}

/** Safari before 15.4 has no Object.hasOwn. @param {object} object @param {string} key */
const isOwn = (object, key) => Boolean(Reflect.getOwnPropertyDescriptor(object, key));

/**
 * Returns the tag of the catalogue for a language: the longest beginning of the tag that has one (RFC 4647, section
 * 3.4), or `en`.
 * @param {Wish} wish
 */
function find({ lang, unreviewed, registered }) {
  const usable = (/** @type {string} */ tag) =>
    tag === 'en' ||
    (isOwn(LANGUAGES, tag) && (LANGUAGES[tag].reviewed || unreviewed)) ||
    (registered.has(tag) && (registered.get(tag)?.state === 'reviewed' || unreviewed));
  let parts = canonical(lang).split('-');
  for (; parts.length; parts = parts.slice(0, -1)) {
    const tag = parts.join('-');
    const found = [tag, ALIASES[tag] ?? ''].find(usable);
    if (found) return found;
  }
  return 'en';
}

/** Returns a tag in its canonical form, such as `pt-BR` for `PT_br`. @param {string} lang */
function canonical(lang) {
  const tag = lang.trim().replaceAll('_', '-');
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? tag;
  } catch {
    return tag;
  }
}

const STYLE = `[part=languages] {
  display: flex; flex-wrap: wrap; align-items: center; justify-content: end; gap: 8px; box-sizing: border-box;
  max-width: var(--selfie-max-width, 28rem); margin: 0 auto 8px; font: 400 1rem/1.5 var(--selfie-font, system-ui, sans-serif);
}
[part=languages] select {
  min-height: 44px; max-width: 100%; padding: 4px 12px; border: 1px solid var(--selfie-border, #8888);
  border-radius: var(--selfie-button-radius, 14px); background: var(--selfie-surface, Canvas);
  color: var(--selfie-text, CanvasText); font: inherit;
}`;
const style = addition(STYLE);

/**
 * Draws the switch between languages above the widget, or removes it if there is nothing to choose.
 * @param {ShadowRoot} shadow
 * @param {Wish} wish
 * @param {string | undefined} words the words in use
 * @param {(lang: string) => void} choose
 */
function drawSwitch(shadow, wish, words, choose) {
  const { ownerDocument: document } = shadow;
  const before = /** @type {HTMLElement | null} */ (shadow.querySelector('[part=languages]'));
  const tags = [...new Set((wish.languages ?? '').split(/\s+/).filter(Boolean))];
  const offered = tags.filter((lang) => lang === 'en' || find({ ...wish, lang }) !== 'en');
  if (offered.length < 2) {
    before?.remove();
    return;
  }
  const label = before ?? document.createElement('label');
  const lines = words?.split('\n') ?? [];
  label.setAttribute('part', 'languages');
  [label.lang, label.dir] = [lines[TAG] ?? 'en', lines[DIR] ?? 'ltr'];
  const select = document.createElement('select');
  const current = find(wish);
  for (const lang of offered) {
    const tag = find({ ...wish, lang });
    const option = document.createElement('option');
    option.value = lang;
    option.lang = tag;
    option.textContent = wish.registered.get(tag)?.name ?? LANGUAGES[tag]?.name ?? 'English';
    option.selected = tag === current;
    select.append(option);
  }
  select.addEventListener('change', () => choose(select.value));
  const focused = shadow.activeElement?.localName === 'select';
  label.replaceChildren(lines[HEAD + KEYS.indexOf('LanguageLabel')] || 'Language', select);
  if (!before) shadow.prepend(label);
  if (focused) select.focus();
  style(shadow);
}
