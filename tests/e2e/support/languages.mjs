// Other languages in a page of the demo: `speak()`, `speakPseudo()`, and `cut()`, which finds what a long word breaks.

import { english } from '../../../scripts/catalogues.mjs';

/** @import { Selfie } from './selfie.mjs' */

/** English as a language whose words are 40 % longer. */
export const PSEUDO = {
  tag: 'en-XA',
  name: 'Pseudo',
  dir: /** @type {const} */ ('ltr'),
  state: /** @type {const} */ ('reviewed'),
  texts: Object.fromEntries(Object.entries(english.texts).map(([key, text]) => [key, longer(text)])),
};

/** @param {string} text */
function longer(text) {
  const parts = text.split(/(\{\w+\}|\s+)/);
  const grown = parts.map((part) =>
    /^(\{|\s|$)/.test(part) ? part : part + part.slice(0, Math.ceil(part.length * 0.4)),
  );
  return grown.join('').normalize('NFC');
}

/** Changes the language of the screen that is shown, and waits until it is drawn. @param {Selfie} selfie @param {string} lang */
export async function speak({ element }, lang) {
  await element.evaluate((/** @type {any} */ selfie, tag) => {
    selfie.allowUnreviewed = true;
    selfie.lang = tag;
  }, lang);
  await element.locator(`:is(.akiba-selfie, .plain)[lang="${lang}"]`).waitFor({ state: 'attached' });
}

/** The same with the longer English. @param {Selfie} selfie */
export async function speakPseudo(selfie) {
  await selfie.page.evaluate(async (catalogue) => {
    const { registerLanguage } = await import('/akiba-selfie/akiba-selfie.js');
    registerLanguage(catalogue);
  }, PSEUDO);
  await speak(selfie, PSEUDO.tag);
}

/**
 * Returns what is wider than its place, with its words. The mark of a step turns, and a picture without words has a badge that
 * overhangs it.
 * @param {Selfie} selfie
 */
export function cut({ element }) {
  return element.evaluate(({ shadowRoot }) => {
    const shown = [...shadowRoot.querySelectorAll('.card *')].filter(
      (one) => one.getClientRects().length > 0 && !one.closest('.unseen, svg, video, .overlay, .mark, [popover]'),
    );
    return shown
      .filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        const words = /** @type {HTMLElement} */ (one).innerText?.trim();
        const clips = words && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1;
        return clips || left < -0.5 || right > innerWidth + 0.5;
      })
      .map((one) => `${one.localName}.${one.className}: ${/** @type {HTMLElement} */ (one).innerText}`);
  });
}
