// The catalogues of texts in lang/: checks them, and writes what is made of them.
//
//   node scripts/catalogues.mjs [check] [FILE…]    checks the catalogues, or a page's own (which may leave texts out)
//   node scripts/catalogues.mjs write              writes from lang/ what www has of it, as listed in `generated`
//   node scripts/catalogues.mjs accept TAG KEY…    notes that these texts were compared with the English of now
//
// check leaves with 1 if it finds a fault: a text that is missing, longer than its room, without a placeholder of the
// English text, or a translation of an older English text. lang/room.json has the room of each text.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HEAD } from '../www/lines.js';

const root = new URL('../', import.meta.url);
const folder = new URL('lang/', root);

/**
 * A catalogue; www/catalogue.schema.json describes it.
 * @typedef {object} Catalogue
 * @property {string} tag
 * @property {string} name
 * @property {'ltr' | 'rtl'} dir
 * @property {'source' | 'reviewed' | 'unreviewed'} state
 * @property {string} [origin]
 * @property {{ by: string, at: string }[]} [reviews]
 * @property {Record<string, string>} texts
 * @property {Record<string, string>} [english]
 */

/** @param {string | URL} file @returns {any} */
const json = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** @type {Catalogue} */
export const english = json(new URL('en.json', folder));
/** @type {Record<string, { max: number, word: number }>} */
const room = json(new URL('room.json', folder)).keys;

/** Returns all translations. @returns {Catalogue[]} */
export const translations = () =>
  readdirSync(folder)
    .filter((name) => /^[a-z]{2,3}\.json$/.test(name) && name !== 'en.json')
    .sort()
    .map((name) => json(new URL(name, folder)));

/** The words of the page for phones, which lang/phone holds: they have no room of their own, as the page scrolls. */
const phoneFolder = new URL('phone/', folder);
/** @type {Catalogue} */
const phoneEnglish = json(new URL('en.json', phoneFolder));
const PHONE_KEYS = Object.keys(phoneEnglish.texts);
/** Words that the page for phones shares with the element. */
const SHARED = { retry: 'TryAgain', note: 'UnreviewedNote' };

/** Returns the translations of the page for phones, each with the name and direction of its language. @returns {Catalogue[]} */
export const phoneTranslations = () =>
  translations().map(({ tag, name, dir, texts }) => {
    const own = json(new URL(`${tag}.json`, phoneFolder));
    const shared = Object.entries(SHARED).map(([key, theirs]) => [key, texts[theirs]]);
    return { ...own, name, dir, texts: { ...own.texts, ...Object.fromEntries(shared) } };
  });

const KEYS = Object.keys(english.texts);
/** The keys of the hand-off to a phone and of the screen in another app, which `www/handoff/words.js` has. The widget does not. */
const LATE = KEYS.filter((key) => /^(Handoff|InApp)\./.test(key));
const WIDGET = KEYS.filter((key) => !LATE.includes(key));
/** The version of the keys, as src/text/source.rs computes it: FNV-1a in 32 bits. */
export const VERSION = String(
  Buffer.from(WIDGET.join('\n')).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5),
);

/** The texts that a person agrees to, in this order. */
const CONSENT = [...KEYS.filter((key) => key.startsWith('Consent')), 'Agree', 'NotNow'];
/** The SHA-256 of the English ones, one a line. */
export const CONSENT_HASH = createHash('sha256')
  .update(CONSENT.map((key) => english.texts[key]).join('\n'))
  .digest('hex');

/** Returns a catalogue as the widget reads it: one text a line, in the order of the keys. @param {Catalogue} catalogue */
export function packed({ tag, dir, state, texts }) {
  const head = [VERSION, tag, dir, state === 'reviewed' ? state : ''];
  // The page fills the lines between.
  return [...head, ...Array(HEAD - head.length).fill(''), ...WIDGET.map((key) => texts[key] ?? '')].join('\n');
}

/** Texts of the widget that these two say, too. */
const SAID_TOO = [
  'Cancel',
  'Close',
  'CameraUnsupported.title',
  'CameraUnsupported.body',
  'OpenInBrowser',
  'SayVerifying',
  ...['Session', 'SessionDone', 'SessionLimit', 'VerdictUnknown', 'RelayUnreachable'].map((name) => `${name}.title`),
];

/** Returns the hash of an English text. @param {string} key @param {Catalogue} [source] */
const hash = (key, source = english) => createHash('sha256').update(source.texts[key]).digest('hex').slice(0, 8);

const marks = (/** @type {string} */ text) => (text.match(/\{\w+\}/g) ?? []).sort().join();
/** The texts that quote a button, by the button. @type {Record<string, string[]>} */
const QUOTES = { Shutter: ['HintPress', 'SayCameraReady', 'SayShutter'], SkipChallenge: ['SaySkippable'] };
const OPPOSITES = [
  ['HintMoveLeft', 'HintMoveRight'],
  ['HintTurnLeft', 'HintTurnRight'],
  ['HintMoveUp', 'HintMoveDown'],
];

/**
 * Returns the faults of a text.
 * @param {string} key
 * @param {unknown} text
 */
function faultsOf(key, text) {
  if (!(key in english.texts)) return ['is not a text of the widget'];
  if (typeof text !== 'string' || !text) return ['is missing'];
  const faults = [];
  if (marks(text) !== marks(english.texts[key])) faults.push(`must have the placeholders of «${english.texts[key]}»`);
  if (text !== text.normalize('NFC')) faults.push('is not in the normal form NFC');
  if (text.trim() !== text || /\s\s|[\n"\\]/.test(text)) faults.push('has a lone space, a line break or a quote');
  const length = [...text].length;
  if (length > room[key].max) faults.push(`has ${length} characters, and room for ${room[key].max}`);
  if (key.endsWith('.title') && /[.።]$/.test(text)) faults.push('ends with a full stop');
  if (key.endsWith('.body') && !/[.:።፦]$/.test(text)) faults.push('ends without a full stop');
  return faults;
}

/**
 * Returns the faults of a catalogue. Only the page's own ones may leave texts out.
 * @param {Catalogue} catalogue
 * @param {boolean} whole
 */
export function faults({ tag, name, dir, state, reviews, texts, english: sources }, whole = true) {
  const found = [];
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(tag ?? '')) found.push('tag must be a BCP 47 tag');
  if (!name) found.push('name is missing');
  if (dir !== 'ltr' && dir !== 'rtl') found.push('dir must be ltr or rtl');
  if (!['source', 'reviewed', 'unreviewed'].includes(state)) found.push('state must be reviewed or unreviewed');
  if (whole && state === 'reviewed' && !reviews?.length) found.push('reviews must say who reviewed it, and when');
  const keys = whole ? [...new Set([...KEYS, ...Object.keys(texts)])] : Object.keys(texts);
  if (whole && Object.keys(texts).join() !== KEYS.join()) found.push('the keys must have the order of en.json');
  for (const key of keys) {
    found.push(...faultsOf(key, texts[key]).map((fault) => `${key} ${fault}`));
    if (whole && tag !== 'en' && key in english.texts && sources?.[key] !== hash(key)) {
      found.push(`${key} is stale: the English is now «${english.texts[key]}»`);
    }
  }
  for (const [button, quoting] of Object.entries(QUOTES)) {
    if (!texts[button]) continue;
    for (const key of quoting.filter((one) => texts[one] && !texts[one].includes(texts[button]))) {
      found.push(`${key} must quote «${texts[button]}»`);
    }
  }
  for (const [one, other] of OPPOSITES) {
    if (texts[one] && texts[one] === texts[other]) found.push(`${one} is the same as ${other}`);
  }
  return found.map((fault) => `${tag}: ${fault}`);
}

/** Returns a catalogue as the page for phones reads it: one text a line, in the order of its words. @param {Catalogue} catalogue */
export const phonePacked = ({ texts }) => [...PHONE_KEYS, ...Object.keys(SHARED)].map((key) => texts[key]).join('\n');

/** Returns the faults of a catalogue of the page for phones. @param {Catalogue} catalogue */
export function phoneFaults({ tag, dir, state, reviews, texts, english: sources }) {
  const found = [];
  if (!['reviewed', 'unreviewed'].includes(state)) found.push('state must be reviewed or unreviewed');
  if (state === 'reviewed' && !reviews?.length) found.push('reviews must say who reviewed it, and when');
  const keys = Object.keys(texts).filter((key) => !(key in SHARED));
  if (keys.join() !== PHONE_KEYS.join()) found.push('the keys must be those of en.json, in its order');
  for (const key of PHONE_KEYS) {
    const text = texts[key] ?? '';
    if (marks(text) !== marks(phoneEnglish.texts[key])) found.push(`${key} must have the placeholders of the English`);
    if (!text || text !== text.normalize('NFC') || text.trim() !== text) found.push(`${key} is missing, or not tidy`);
    // A Latin name such as «Bank Ltd.» would else show its full stop at the wrong end.
    if (dir === 'rtl' && /(?<!\u2068)\{name\}|\{name\}(?!\u2069)/.test(text)) {
      found.push(`${key} must have {name} between U+2068 and U+2069`);
    }
    if (sources?.[key] !== hash(key, phoneEnglish)) {
      found.push(`${key} is stale: the English is now «${phoneEnglish.texts[key]}»`);
    }
  }
  return found.map((fault) => `phone/${tag}: ${fault}`);
}

/** Returns the generated files by their paths. */
export function generated() {
  const line = (/** @type {Catalogue} */ { tag, name, state }) =>
    `  ${tag}: { name: '${name.replaceAll("'", '’')}', reviewed: ${state === 'reviewed'}, load: () => import('./lang/${tag}.lang.js') },`;
  const key = (/** @type {string} */ name) => (/^\w+$/.test(name) ? name : `'${name}'`);
  const phoneLine = (/** @type {Catalogue} */ { tag, dir, state }) =>
    `  ${tag}: { dir: '${dir}', reviewed: ${state === 'reviewed'}, load: () => import('./lang/${tag}.lang.js') },`;
  const shared = Object.fromEntries(Object.entries(SHARED).map(([own, theirs]) => [own, english.texts[theirs]]));
  return {
    'www/phone/languages.js': `/* Written by scripts/catalogues.mjs: the catalogues in lang/phone/. */

/** The languages besides English. @type {Record<string, { dir: string, reviewed: boolean, load: () => Promise<{ default: string }> }>} */
// biome-ignore format: one language a line.
export const LANGUAGES = {
${phoneTranslations().map(phoneLine).join('\n')}
};
`,
    'www/phone/words.js': `/* Written by scripts/catalogues.mjs: the English words of the page for phones. */

/** @type {Record<string, string>} */
// biome-ignore format: as generated.
export const ENGLISH = ${JSON.stringify({ ...phoneEnglish.texts, ...shared }, null, 2)};
`,
    'www/catalogues.js': `/* Written by scripts/catalogues.mjs: the catalogues in lang/. */

/** The languages besides English. @type {Record<string, { name: string, reviewed: boolean, load: () => Promise<{ default: string }> }>} */
// biome-ignore format: one language a line.
export const LANGUAGES = {
${translations().map(line).join('\n')}
};
`,
    'www/keys.js': `/* Written by scripts/catalogues.mjs: the keys of the catalogues. */

/** The version of the keys. A catalogue with another one is not used. */
export const VERSION = '${VERSION}';

/** The English texts that a person agrees to. @type {Record<string, string>} */
// biome-ignore format: as generated.
export const CONSENT = ${JSON.stringify(Object.fromEntries(CONSENT.map((key) => [key, english.texts[key]])), null, 2)};

/** The keys of the texts, in the order of the catalogues. */
export const KEYS = \`
${WIDGET.join(' ').replace(/(.{1,116})( |$)/g, '$1\n')}\`
  .trim()
  .split(/\\s/);
`,
    'www/plain/english.js': `/* Written by scripts/catalogues.mjs: the English texts that the way without WebAssembly needs. */

/** The SHA-256 of the consent. */
export const CONSENT_HASH = '${CONSENT_HASH}';

/** @type {Record<string, string>} */
// biome-ignore format: as generated.
export const ENGLISH = ${JSON.stringify(Object.fromEntries(WIDGET.filter((key) => !/^(AllowCamera|Hint|Flaw|UsePhone)/.test(key)).map((key) => [key, english.texts[key]])), null, 2)};
`,
    'www/handoff/english.js': `/* Written by scripts/catalogues.mjs: the English texts of a hand-off to a phone. */

/** @type {Record<string, string>} */
// biome-ignore format: as generated.
export const ENGLISH = ${JSON.stringify(Object.fromEntries([...LATE, ...SAID_TOO].map((key) => [key, english.texts[key]])), null, 2)};
`,
    'www/handoff-words.js': `/* Written by scripts/catalogues.mjs: the texts of a hand-off to a phone in all other languages, in the order of the English ones. */

/** @type {Record<string, string[]>} */
// biome-ignore format: as generated.
export const WORDS = ${JSON.stringify(Object.fromEntries(translations().map(({ tag, texts }) => [tag, [...LATE, ...SAID_TOO].map((key) => texts[key] ?? '')])), null, 2)};
`,
    'www/types/text.d.ts': `/* Written by scripts/catalogues.mjs: the keys of the texts, each with its English text. */

/** Texts of the element by their keys. A key that is left out keeps its text. */
export interface SelfieText {
${KEYS.map((name) => `  /** ${english.texts[name]} */\n  ${key(name)}?: string;`).join('\n')}
}
`,
  };
}

/** @param {string} tag @param {string[]} keys */
function accept(tag, keys) {
  const file = new URL(`${tag}.json`, folder);
  const catalogue = json(file);
  for (const key of keys) {
    if (!(key in english.texts)) throw new Error(`${key} is not a text of the widget`);
    catalogue.english[key] = hash(key);
  }
  catalogue.english = Object.fromEntries(KEYS.map((key) => [key, catalogue.english[key]]));
  writeFileSync(file, `${JSON.stringify(catalogue, null, 2)}\n`);
}

/** @param {string[]} files */
function check(files) {
  const found = files.length
    ? files.flatMap((file) => faults(json(resolve(file)), basename(file) === 'en.json'))
    : [
        ...[english, ...translations()].flatMap((catalogue) => faults(catalogue)),
        ...phoneTranslations().flatMap(phoneFaults),
      ];
  for (const fault of found) console.error(fault);
  console.log(`catalogues: ${found.length} faults`);
  process.exitCode = found.length ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command = 'check', ...rest] = process.argv.slice(2);
  if (command === 'write') {
    for (const [path, text] of Object.entries(generated())) writeFileSync(new URL(path, root), text);
  } else if (command === 'accept') accept(rest[0], rest.slice(1));
  else check(command === 'check' ? rest : [command, ...rest]);
}
