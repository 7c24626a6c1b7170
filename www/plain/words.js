/* What people read: the words of the element's language, or else English. */

import { KEYS } from '../keys.js';
import { CONSENT_HASH, CONSENT_VERSION, DIR, FACTS, FIRST_FACT, HEAD, STATE, TAG } from '../lines.js';
import { ENGLISH, CONSENT_HASH as ENGLISH_HASH } from './english.js';

/** The version of the package's consent, as in src/text. */
const VERSION = 'akiba-selfie/3';

/** Each failure with what helps: send again (R), another photo (T), a file (F), only the site (A). */
const FAILURES = `
config:A wasm-missing:A wasm-blocked:A wasm-unsupported:A photo-failed:F photo-altered:F file-not-image:F
file-too-large:F file-unreadable:F session:RA session-done:A session-limit:A verdict-unknown:A relay-forbidden:A
relay-unreachable:R relay-timeout:R relay-busy:R relay-refused:A relay-failed:R relay-reply:RA customer-unknown:A
link-unusable:A link-checksum:A link-headers:A upload-unreachable:R upload-stalled:R upload-expired:R
upload-clock-skew:R upload-refused:RA upload-too-large:T upload-damaged:R upload-busy:R
`;

/** What helps against each failure, by its code. @type {Record<string, string>} */
export const failures = Object.fromEntries(
  FAILURES.trim()
    .split(/\s+/)
    .map((failure) => failure.split(':')),
);

/** Codes that only this way has, with their English words and the key of words like them in a catalogue. */
export const OWN = {
  'wasm-missing': {
    key: 'CameraUnsupported',
    title: 'This browser can’t use the camera here',
    body: 'Its protection is set too high for this check, or it is too old.',
  },
  'wasm-blocked': { key: 'CameraBlocked', title: '', body: '' },
  'wasm-unsupported': {
    key: 'CameraUnsupported',
    title: 'This browser is too old for the camera check',
    body: 'Update your browser, or open the page in another one.',
  },
};

export const TIPS = ['TipLight', 'TipFace', 'TipHold'];
export const QUESTIONS = ['CheckFace', 'CheckSharp', 'CheckClear'];
export const STEPS = ['StepLink', 'StepUpload', 'StepVerify'];

/** Each term of the consent: its key, what the page says instead, the key of its text. */
export const TERMS = /** @type {const} */ ([
  ['ConsentWho', 'name', ''],
  ['ConsentWhat', '', 'ConsentWhatBody'],
  ['ConsentWhy', 'purpose', 'ConsentWhyBody'],
  ['ConsentWhere', '', 'ConsentWhereBody'],
  ['ConsentKept', 'retention', ''],
  ['ConsentController', 'controller', ''],
]);
export const LINKS = /** @type {const} */ ([
  ['ConsentPrivacy', 'privacy'],
  ['ConsentTerms', 'terms'],
]);

/** Why it was rejected. @type {Record<string, string>} */
export const REASONS = { 'not-matched': 'RejectedNotMatched', fraud: 'RejectedFraud', unclear: 'RejectedUnclear' };

/** The words of one language. */
export class Words {
  #lines;

  /** @param {string} [lines] as the element hands them over; see lines.js */
  constructor(lines = '') {
    this.lines = lines;
    this.#lines = lines.split('\n');
  }

  /** What they were made of. */
  lines;

  /** Whether these are the package's English words. */
  get #isEnglish() {
    return this.#lines.length <= HEAD;
  }

  get lang() {
    return this.#lines[TAG] || 'en';
  }

  get dir() {
    return this.#lines[DIR] || 'ltr';
  }

  /** Whether a person has reviewed them. The others stand beside the English consent. */
  get reviewed() {
    return this.#isEnglish || Boolean(this.#lines[STATE]);
  }

  /** The version and the hash of what a person agrees to. */
  get consent() {
    return { version: this.#lines[CONSENT_VERSION] || VERSION, hash: this.#lines[CONSENT_HASH] || ENGLISH_HASH };
  }

  /** Returns what the page says about the host, or nothing. @param {typeof FACTS[number] | ''} name */
  fact(name) {
    return (name && this.#lines[FIRST_FACT + FACTS.indexOf(name)]) || '';
  }

  /** Returns the text of a key, with the numbers in their places. @param {string} key @param {number} [n] @param {number} [m] */
  say(key, n, m) {
    const text = this.#lines[HEAD + KEYS.indexOf(key)] || ENGLISH[key];
    return text.replace('{n}', String(n)).replace('{m}', String(m));
  }

  /** Returns title and text of a failure. @param {string} code */
  failure(code) {
    const own = Reflect.get(OWN, code);
    if (own?.title && this.lang === 'en') return own;
    const key = own?.key ?? code.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
    return { title: this.say(`${key}.title`), body: this.say(`${key}.body`) };
  }
}
