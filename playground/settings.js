/* The element's attributes as controls. The page's URL keeps them, and the theme of theme.js. */

import { ATTRIBUTES } from '../akiba-selfie/registry.js';
import { find } from '../demo/dom.js';

import { installTheme, themeInUrl, themeSettings } from './theme.js';
import { words } from './words.js';

/** @import { AkibaSelfieElement } from '../www/index.js' */
/** @import { Settings } from './snippets.js' */

/** The attributes that the playground sets itself: its relay is in the page, and no phone reaches it. */
export const FIXED = ['relay', 'link-path', 'verify-path', 'device-id', 'handoff'];

/** The values of the attributes that have a list of them. The first one is the default, without the attribute. */
export const VALUES = {
  type: ['individual', 'business'],
  capture: ['auto', 'manual'],
  challenge: ['', 'turn', 'closer', 'random'],
  camera: ['front', 'back'],
};

const form = find('#settings', HTMLFormElement);

/**
 * Fills the form, follows it, and follows the element, whose attributes a walk changes.
 * @param {AkibaSelfieElement} selfie
 * @param {string[]} languages
 * @param {any} tokens the design tokens
 * @param {() => void} onChange called after each change
 * @returns {() => void} to be called when the words have changed
 */
export function installSettings(selfie, languages, tokens, onChange) {
  const names = Object.keys(ATTRIBUTES).filter((name) => !FIXED.includes(name));
  for (const name of names) form.append(ATTRIBUTES[name].boolean ? check(name) : field(name, languages));
  fromUrl(selfie, names);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', ({ target }) => {
    const { name, value, checked, type } = /** @type {HTMLInputElement} */ (target);
    if (type === 'checkbox') selfie.toggleAttribute(name, checked);
    else if (value) selfie.setAttribute(name, value);
    else selfie.removeAttribute(name);
    // No person has reviewed a translation yet, so none would be seen.
    if (name === 'lang' && value) selfie.allowUnreviewed = true;
    toUrl(selfie, names);
  });
  const changed = () => {
    show(selfie, names);
    onChange();
  };
  new MutationObserver(changed).observe(selfie, { attributeFilter: names });
  const keep = () => {
    toUrl(selfie, names);
    changed();
  };
  installTheme(selfie, tokens, keep);
  return keep;
}

/** Returns what the code of a page has to say. @param {AkibaSelfieElement} selfie @returns {Settings} */
export function settings(selfie) {
  const names = Object.keys(ATTRIBUTES).filter((name) => !FIXED.includes(name) && selfie.hasAttribute(name));
  return {
    attributes: Object.fromEntries(
      names.map((name) => [name, ATTRIBUTES[name].boolean ? true : String(selfie.getAttribute(name))]),
    ),
    theme: selfie.getAttribute('theme') ?? '',
    ...themeSettings(),
    objects: words(),
  };
}

/** @param {string} name */
function check(name) {
  const label = document.createElement('label');
  label.className = 'check';
  const input = Object.assign(document.createElement('input'), { type: 'checkbox', name });
  label.append(input, ` ${name}`);
  return label;
}

/** @param {string} name @param {string[]} languages */
function field(name, languages) {
  const label = document.createElement('label');
  label.className = 'field';
  const words = document.createElement('span');
  words.textContent = name;
  label.append(words, name in VALUES || name === 'lang' ? choice(name, languages) : text(name));
  return label;
}

/** @param {string} name @param {string[]} languages */
function choice(name, languages) {
  const select = Object.assign(document.createElement('select'), { name });
  if (name === 'lang') {
    const own = new Intl.DisplayNames(['en'], { type: 'language' });
    select.add(new Option('inherited', ''));
    for (const tag of languages) select.add(new Option(`${tag}  ${own.of(tag)}`, tag));
    return select;
  }
  const values = VALUES[/** @type {keyof typeof VALUES} */ (name)];
  for (const [index, value] of values.entries()) select.add(new Option(value || 'none', index ? value : ''));
  return select;
}

/** @param {string} name */
const text = (name) =>
  Object.assign(document.createElement('input'), { name, maxLength: 128, autocomplete: 'off', spellcheck: false });

/** Shows the element's attributes. @param {AkibaSelfieElement} selfie @param {string[]} names */
function show(selfie, names) {
  for (const name of names) {
    const control = /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));
    const value = selfie.getAttribute(name);
    if (control instanceof HTMLInputElement && control.type === 'checkbox') control.checked = value !== null;
    // A value that a walk has made wrong is not in the list.
    else if (control.value !== (value ?? '')) control.value = value ?? '';
  }
}

/** Takes the settings from the URL's fragment. @param {AkibaSelfieElement} selfie @param {string[]} names */
function fromUrl(selfie, names) {
  const kept = new URLSearchParams(location.hash.slice(1));
  for (const name of names) {
    const value = kept.get(name);
    if (value !== null) selfie.setAttribute(name, value);
  }
}

/** @param {AkibaSelfieElement} selfie @param {string[]} names */
function toUrl(selfie, names) {
  const kept = new URLSearchParams();
  for (const name of names) {
    const value = selfie.getAttribute(name);
    // An identifier is personal, and URLs are logged and shared.
    if (value !== null && name !== 'identifier') kept.set(name, value);
  }
  for (const [name, values] of Object.entries(words())) {
    if (Object.keys(values).length) kept.set(name, JSON.stringify(values));
  }
  for (const [name, value] of themeInUrl()) kept.set(name, value);
  const hash = kept.size ? `#${kept}` : '';
  if (location.hash !== hash) history.replaceState(history.state, '', location.pathname + location.search + hash);
}
