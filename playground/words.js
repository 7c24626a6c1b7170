/* The words of the page: the properties `text` and `host`. The page's URL keeps them. */

import { find } from '../demo/dom.js';

/** @import { AkibaSelfieElement } from '../www/index.js' */

const FACTS = {
  name: 'Example Bank',
  purpose: 'To open your account.',
  retention: '30 days',
  controller: 'Example Bank Ltd, 1 Main Road',
  privacy: '/privacy',
  terms: '/terms',
};

const key = find('#key', HTMLSelectElement);
const word = find('#word', HTMLInputElement);
const replaced = find('#replaced', HTMLElement);

const kept = new URLSearchParams(location.hash.slice(1));
/** What the page has set. */
const own = { text: parsed(kept.get('text')), host: parsed(kept.get('host')) };

/** Returns the properties that are set. */
export const words = () => own;

/**
 * Fills the form and follows it.
 * @param {AkibaSelfieElement} selfie
 * @param {Record<string, string>} texts the English texts by their keys
 * @param {() => void} onChange called after each change
 */
export function installWords(selfie, texts, onChange) {
  for (const name of Object.keys(texts)) key.add(new Option(name));
  const place = find('#host', HTMLElement);
  for (const [name, example] of Object.entries(FACTS)) place.append(field(name, example));
  const show = () => {
    word.value = own.text[key.value] ?? '';
    word.placeholder = texts[key.value];
    const names = Object.keys(own.text);
    replaced.textContent = names.length ? `Replaced: ${names.join(', ')}` : '';
  };
  const change = () => {
    // The element follows new objects.
    Object.assign(selfie, structuredClone(own));
    show();
    onChange();
  };
  key.addEventListener('change', show);
  word.addEventListener('change', () => {
    put(own.text, key.value, word.value);
    change();
  });
  place.addEventListener('change', ({ target }) => {
    const { name, value } = /** @type {HTMLInputElement} */ (target);
    put(own.host, name, value);
    change();
  });
  change();
}

/** @param {Record<string, string>} texts @param {string} name @param {string} value */
function put(texts, name, value) {
  if (value.trim()) texts[name] = value.trim();
  else delete texts[name];
}

/** @param {string} name @param {string} example */
function field(name, example) {
  const label = Object.assign(document.createElement('label'), { className: 'field' });
  const title = Object.assign(document.createElement('span'), { textContent: name });
  const value = own.host[name] ?? '';
  const input = Object.assign(document.createElement('input'), { name, value, placeholder: example, maxLength: 400 });
  label.append(title, input);
  return label;
}

/** Returns the texts that a URL keeps. @param {string | null} text @returns {Record<string, string>} */
function parsed(text) {
  try {
    const found = Object.entries(JSON.parse(text ?? '{}'));
    return Object.fromEntries(found.filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}
