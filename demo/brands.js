/* Brands: how a page changes the look of the element, in its CSS custom properties. */

/**
 * A brand.
 * @typedef {object} Brand
 * @property {string} name
 * @property {'light' | 'dark'} [theme] the theme that its colours are made for; without one they suit both
 * @property {Record<string, string>} properties
 */

/** @type {Brand[]} */
export const BRANDS = [
  { name: 'Akiba', properties: {} },
  {
    name: 'Violet',
    properties: {
      '--selfie-accent': '#6b2fd9',
      '--selfie-ring': '#c9a9ff',
      '--selfie-radius': '8px',
      '--selfie-button-radius': '8px',
      '--selfie-picture-radius': '4px',
    },
  },
  {
    name: 'Sunrise',
    properties: {
      '--selfie-accent': '#b8480e',
      '--selfie-radius': '32px',
      '--selfie-button-radius': '99px',
      '--selfie-picture-radius': '28px',
      '--selfie-font': 'ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, Nunito, system-ui, sans-serif',
    },
  },
  {
    name: 'Midnight',
    theme: 'dark',
    properties: {
      '--selfie-accent': '#ffd166',
      '--selfie-surface': '#101a3a',
      '--selfie-tint': '#1c2950',
      '--selfie-text': '#f3f5ff',
      '--selfie-muted': '#b3bdde',
      '--selfie-border': '#34406e',
      '--selfie-danger': '#ffa977',
      '--selfie-success': '#7ee2b8',
      '--selfie-focus': '#f3f5ff',
      '--selfie-ring': '#ffd166',
      '--selfie-veil': '#0a122b99',
      '--selfie-chip': '#101a3ae6',
    },
  },
];

/** Every property that a brand sets. */
const NAMES = new Set(BRANDS.flatMap(({ properties }) => Object.keys(properties)));

/**
 * Gives an element a brand, and takes the last one away.
 * @param {HTMLElement} element
 * @param {Brand} brand
 */
export function paint({ style }, { properties }) {
  for (const name of NAMES) style.removeProperty(name);
  for (const [name, value] of Object.entries(properties)) style.setProperty(name, value);
}
