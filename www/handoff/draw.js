/* Draws what the desktop shows of a hand-off, in the place that src/ui/handoff.rs leaves for it. */

import { generate } from 'lean-qr';
import { addition } from '../sheet.js';

/** The margin of a QR code, in modules (ISO/IEC 18004, 9.1). */
const MARGIN = 4;
const SVG = 'http://www.w3.org/2000/svg';

const STYLE = `.akiba-selfie .place { display: grid; gap: 16px; }
.akiba-selfie .place .actions { margin: 0; }
.akiba-selfie .qr {
  inline-size: min(100%, 14rem); block-size: auto; margin-inline: auto; border-radius: 12px; forced-color-adjust: none;
}
.akiba-selfie .number {
  font-size: 4.5em; font-weight: 700; line-height: 1.1; letter-spacing: .06em; text-align: center; font-variant-numeric: tabular-nums;
}
.akiba-selfie .link {
  inline-size: 100%; min-block-size: 44px; padding: 8px 12px; border: 1px solid var(--_border); border-radius: var(--_round);
  background: none; color: inherit; font: inherit;
}
.akiba-selfie .left { font-variant-numeric: tabular-nums; }`;

/** Adds the style sheet. */
export const style = addition(STYLE);

/** Draws a QR code, dark on light also in a dark theme, because scanners expect that. @param {string} text @param {string} label */
export function code(text, label) {
  const { size, get } = grid(text);
  const whole = String(size + 2 * MARGIN);
  let path = '';
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      let width = 0;
      while (get(x + width, y)) width += 1;
      if (width) path += `M${x + MARGIN} ${y + MARGIN}h${width}v1h-${width}z`;
      x += width;
    }
  }
  const shape = (/** @type {string} */ name, /** @type {Record<string, string>} */ attributes) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const box = { viewBox: `0 0 ${whole} ${whole}`, width: '224', height: '224', 'shape-rendering': 'crispEdges' };
  const svg = shape('svg', { ...box, class: 'qr', part: 'qr', role: 'img', 'aria-label': label });
  svg.append(shape('rect', { width: whole, height: whole, fill: '#fff' }), shape('path', { d: path, fill: '#000' }));
  return svg;
}

/** @param {string} text */
function grid(text) {
  const bitmap = generate(text);
  return { size: bitmap.size, get: (/** @type {number} */ x, /** @type {number} */ y) => bitmap.get(x, y) };
}
