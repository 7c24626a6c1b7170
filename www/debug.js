/*
 * With the attribute `debug`: warns in the console about colours of the page that are hard to read. It is loaded only
 * then.
 */

/** The least contrast of text (WCAG 1.4.3). */
const LEAST = 4.5;
/** Each text with the element that is its ground. */
const PAIRS = { '.primary': '.primary', '.secondary': '.secondary', '.title': '.card', '.text': '.card' };

/**
 * Warns about texts of the current screen with too little contrast.
 * @param {ShadowRoot} shadow
 */
export function checkContrast(shadow) {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!context) return;
  /** Returns the luminance (WCAG 2.2) of a colour; `null` if it is not opaque. @param {string} colour */
  const luminance = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, alpha] = context.getImageData(0, 0, 1, 1).data;
    const linear = [r, g, b].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return alpha === 255 ? 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] : null;
  };
  for (const [text, ground] of Object.entries(PAIRS)) {
    const [front, back] = [shadow.querySelector(text), shadow.querySelector(ground)];
    if (!front || !back) continue;
    const colours = [getComputedStyle(front).color, getComputedStyle(back).backgroundColor];
    const [one, other] = colours.map(luminance);
    if (one === null || other === null) continue;
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < LEAST) {
      const part = front.getAttribute('part')?.split(' ').pop();
      console.warn(
        `akiba-selfie: ${colours[0]} on ${colours[1]} (${part}) has a contrast of ${contrast.toFixed(1)}, and needs ${LEAST}`,
      );
    }
  }
}
