/*
 * The theme panel: a preset of the package, a brand of the demo page, and a control for each custom property with its
 * default, from the package's design tokens. It shows the CSS to copy.
 */

import { BRANDS } from '../demo/brands.js';
import { find } from '../demo/dom.js';
import { PRESETS, sheetOf } from './snippets.js';

/** @import { AkibaSelfieElement } from '../www/index.js' */

/** What the groups of the design tokens are called; `dark` has the names of `light`. */
const GROUPS = { light: 'Colours', camera: 'Camera', shape: 'Shapes', type: 'Type' };
/** The style that shows what a property that is not a colour does. */
const SAMPLES = /** @type {const} */ ({
  radius: 'borderRadius',
  shadow: 'boxShadow',
  font: 'fontFamily',
  size: 'fontSize',
});
/** Returns black or white, whichever has more contrast with a colour. @param {string} colour */
const on = (colour) => `lab(from color(from ${colour} xyz y y y) calc((49.44 - l) * 999) 0 0)`;
/**
 * What the element derives from other properties, as its style sheet does.
 * @type {Record<string, (of: (name: string) => string, dark: boolean) => string>}
 */
const DERIVED = {
  '--selfie-on-accent': (of) => on(of('--selfie-accent')),
  '--selfie-on-success': (of) => on(of('--selfie-success')),
  '--selfie-icon': (of, dark) => `oklch(from ${of('--selfie-accent')} clamp(${dark ? '.7, l, 1' : '0, l, .55'}) c h)`,
  '--selfie-focus': (of) => of('--selfie-icon'),
};

const theme = find('#theme', HTMLSelectElement);
const preset = find('#preset', HTMLSelectElement);
const brand = find('#brand', HTMLSelectElement);
const place = find('#tokens', HTMLElement);
const shown = find('#sheet', HTMLElement);
const link = find('#preset-sheet', HTMLLinkElement);
const brush = /** @type {CanvasRenderingContext2D} */ (
  document.createElement('canvas').getContext('2d', { willReadFrequently: true })
);

const probe = document.body.appendChild(Object.assign(document.createElement('i'), { hidden: true }));

/** The properties that are set. @type {Record<string, string>} */
let own = {};

/**
 * Fills the panel from the URL's fragment, and follows it.
 * @param {AkibaSelfieElement} selfie
 * @param {any} tokens
 * @param {() => void} onChange called after each change
 */
export function installTheme(selfie, tokens, onChange) {
  preset.add(new Option('none', ''));
  for (const name of PRESETS) preset.add(new Option(name));
  for (const { name } of BRANDS) brand.add(new Option(name));
  for (const [group, label] of Object.entries(GROUPS)) place.append(fieldset(label, group, tokens[group]));
  fromUrl();
  const changed = () => {
    const chosen = BRANDS[brand.selectedIndex];
    document.documentElement.dataset.theme = theme.value;
    const wanted = chosen.theme ?? theme.value;
    if (wanted) selfie.setAttribute('theme', wanted);
    else selfie.removeAttribute('theme');
    for (const { name } of inputs()) {
      if (own[name]) selfie.style.setProperty(name, own[name]);
      else selfie.style.removeProperty(name);
    }
    shown.textContent =
      sheetOf({ preset: preset.value, brand: own }) || '/* Nothing: the element looks as it comes. */';
    show(selfie);
    onChange();
  };
  place.addEventListener('input', ({ target }) => {
    const { name, value, dataset } = /** @type {HTMLInputElement} */ (target);
    const property = dataset.of ?? name;
    if (dataset.of) own[property] = value + opacity(current(selfie, property));
    else if (value.trim()) own[property] = value.trim();
    else delete own[property];
    changed();
  });
  place.addEventListener('submit', (event) => event.preventDefault());
  theme.addEventListener('change', changed);
  brand.addEventListener('change', () => {
    own = { ...BRANDS[brand.selectedIndex].properties };
    changed();
  });
  preset.addEventListener('change', () => wear());
  find('#reset', HTMLButtonElement).addEventListener('click', () => {
    own = {};
    brand.selectedIndex = 0;
    preset.value = '';
    wear();
  });
  /** Loads the chosen preset; its rules apply once it is there. */
  const wear = () => {
    if (preset.value) link.href = `akiba-selfie/themes/${preset.value}.css`;
    else link.removeAttribute('href');
    changed();
  };
  link.addEventListener('load', () => show(selfie));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => show(selfie));
  wear();

  /** @param {string} label @param {string} group @param {Record<string, any>} members */
  function fieldset(label, group, { $type, ...members }) {
    const made = document.createElement('fieldset');
    made.append(Object.assign(document.createElement('legend'), { textContent: label }));
    for (const [name, token] of Object.entries(members)) {
      const type = token.$type ?? $type;
      const dark = group === 'light' ? tokens.dark[name].$value : token.$value;
      const values = [token.$value, dark].map((value) => css(type, resolved(value)));
      made.append(field(`--selfie-${name}`, type === 'color', token.$description, values));
    }
    return made;
  }

  /** Follows references such as `{light.accent}`. @param {any} value @returns {any} */
  function resolved(value) {
    if (typeof value !== 'string') return value;
    const [group, name] = value.slice(1, -1).split('.');
    return resolved(tokens[group][name].$value);
  }
}

/** Returns the theme's part of the settings. */
export const themeSettings = () => ({ preset: preset.value, brand: own });

/** Returns what the URL keeps of the panel. @returns {[string, string][]} */
export function themeInUrl() {
  const chosen = BRANDS[Math.max(brand.selectedIndex, 0)];
  const different = Object.entries(own).filter(([name, value]) => chosen.properties[name] !== value);
  const kept = { theme: theme.value, preset: preset.value, brand: brand.selectedIndex > 0 ? brand.value : '' };
  return [...Object.entries(kept).filter(([, value]) => value), ...different];
}

function fromUrl() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const choose = (/** @type {HTMLSelectElement} */ select, /** @type {string} */ name) => {
    select.value = kept.get(name) ?? '';
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  };
  choose(theme, 'theme');
  choose(preset, 'preset');
  choose(brand, 'brand');
  own = { ...BRANDS[brand.selectedIndex].properties };
  for (const { name } of inputs()) own[name] = kept.get(name) ?? own[name];
  own = Object.fromEntries(Object.entries(own).filter(([, value]) => value));
}

/** The text fields of the properties. */
const inputs = () => /** @type {HTMLInputElement[]} */ ([...place.querySelectorAll('input[name]')]);

/** @param {string} name */
const sampleOf = (name) => SAMPLES[/** @type {keyof typeof SAMPLES} */ (name.split('-').at(-1))];

/** @param {string} name @param {boolean} colour @param {string} meaning @param {string[]} values the defaults, light and dark */
function field(name, colour, meaning, values) {
  const label = Object.assign(document.createElement('label'), { className: 'field token', title: meaning });
  const words = Object.assign(document.createElement('span'), { textContent: name.replace('--selfie-', '') });
  const text = Object.assign(document.createElement('input'), { name, autocomplete: 'off', spellcheck: false });
  [text.dataset.light, text.dataset.dark] = values;
  const sample = document.createElement(colour ? 'input' : 'i');
  if (sample instanceof HTMLInputElement) {
    sample.type = 'color';
    sample.ariaLabel = `${name}, a colour`;
    sample.dataset.of = name;
  } else {
    sample.ariaHidden = 'true';
    sample.hidden = !sampleOf(name);
    sample.textContent = /font/.test(name) ? 'Aa' : '';
  }
  label.append(words, text, sample);
  return label;
}

/**
 * Returns the value that counts: the page's, the preset's, or the default.
 * @param {Element} selfie
 * @param {string} name
 * @returns {string}
 */
function current(selfie, name) {
  const set = getComputedStyle(selfie).getPropertyValue(name).trim();
  if (set) return set;
  const scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const wanted = selfie.getAttribute('theme') || scheme;
  if (DERIVED[name]) return pixel(DERIVED[name]((other) => current(selfie, other), wanted === 'dark')).hex;
  return inputs().find((input) => input.name === name)?.dataset[wanted] ?? '';
}

/** Shows the values. @param {Element} selfie */
function show(selfie) {
  for (const input of inputs()) {
    const { name, nextElementSibling: sample } = input;
    const value = current(selfie, name);
    if (input.value.trim() !== (own[name] ?? '')) input.value = own[name] ?? '';
    input.placeholder = value;
    if (sample instanceof HTMLInputElement) sample.value = pixel(value).hex;
    else if (sample instanceof HTMLElement) {
      const style = sampleOf(name);
      if (style) sample.style[style] = value;
    }
  }
}

/** Returns a colour as the browser paints it. @param {string} colour */
function pixel(colour) {
  // An element resolves every colour that CSS knows.
  probe.style.color = '';
  probe.style.color = colour;
  brush.clearRect(0, 0, 1, 1);
  brush.fillStyle = getComputedStyle(probe).color;
  // An opaque copy: the picture's own bytes lose precision where it is transparent.
  const digits = /^#[\da-f]{6}/i.exec(String(brush.fillStyle))?.[0];
  brush.fillRect(0, 0, 1, 1);
  const [r, g, b, alpha] = brush.getImageData(0, 0, 1, 1).data;
  const byte = (/** @type {number} */ value) => value.toString(16).padStart(2, '0');
  return { hex: digits ?? `#${[r, g, b].map(byte).join('')}`, alpha: alpha === 255 ? '' : byte(alpha) };
}

/** Returns the last two digits of a colour that is not opaque. @param {string} colour */
const opacity = (colour) => pixel(colour).alpha;

/** Returns a design token's value as CSS. @param {string} type @param {any} value @returns {string} */
function css(type, value) {
  const length = (/** @type {any} */ { value: number, unit }) => `${number}${unit}`;
  switch (type) {
    case 'color':
      return (
        value.hex +
        (value.alpha === undefined
          ? ''
          : Math.round(value.alpha * 255)
              .toString(16)
              .padStart(2, '0'))
      );
    case 'dimension':
      return length(value);
    case 'fontFamily':
      return value.map((/** @type {string} */ name) => (name.includes(' ') ? `"${name}"` : name)).join(', ');
    case 'shadow':
      return value
        .map(
          (/** @type {any} */ { color, offsetX, offsetY, blur, spread }) =>
            `${[offsetX, offsetY, blur, spread].map(length).join(' ')} ${css('color', color)}`,
        )
        .join(', ');
    default:
      throw new Error(`unknown type ${type}`);
  }
}
