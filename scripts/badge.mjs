// Writes the badge in README.md: how many bytes a page loads before the first screen. scripts/size.mjs fails if it is off by
// more than 1 %.
//
//   node scripts/size.mjs --json | node scripts/badge.mjs

import { readFileSync, writeFileSync } from 'node:fs';

/** @type {{ name: string, total: number }[]} */
const parts = JSON.parse(readFileSync(0, 'utf8'));
const widget = parts.find(({ name }) => name === 'widget');
if (!widget) throw new Error('badge: there is no size of the widget');

const label = 'first screen';
const value = `${(widget.total / 1000).toFixed(1)} kB`;
/** The width of a text in pixels, with space at both sides. @param {string} text */
const width = (text) => Math.round(text.length * 6.4) + 14;
const [left, right] = [width(label), width(value)];

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${value}">
  <title>${label}: ${value}, compressed</title>
  <clipPath id="round"><rect width="${left + right}" height="20" rx="4"/></clipPath>
  <g clip-path="url(#round)">
    <rect width="${left}" height="20" fill="#3b4548"/>
    <rect x="${left}" width="${right}" height="20" fill="#0a6b5c"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="system-ui,sans-serif" font-size="11">
    <text x="${left / 2}" y="14">${label}</text>
    <text x="${left + right / 2}" y="14">${value}</text>
  </g>
</svg>
`;
writeFileSync(new URL('../docs/pictures/size.svg', import.meta.url), svg);
