/*
 * The screen in a browser that may open no camera, such as the one of another app: the ways to the person's own browser, or to another
 * one. It stands before everything else, so that a person who leaves has loaded nothing else. It is loaded only there.
 */

/** @import { AkibaSelfieElement, SelfieCatalogue, SelfieUnsupported } from './index.js' */

import { speak } from './handoff/words.js';
import { offersPhone, unsupported, wayOut } from './in-app/ways.js';
import { DIR, TAG } from './lines.js';
import { make } from './make.js';
import { STYLE } from './plain/style.js';
import { addition, adopt } from './sheet.js';

/** A press this soon after the screen was drawn was meant for what stood there before. */
const SETTLE = 500;

const style = addition(`.card > svg { justify-self: center; max-inline-size: 100%; block-size: auto; }
.link { inline-size: 100%; min-block-size: 44px; padding: 8px 12px; border: 1px solid var(--b); border-radius: var(--r); background: none; color: inherit; font: inherit; }
a.button { text-decoration: none; }`);

/** Whether the person wants to try it here: one page asks once. */
let stays = false;

/**
 * Resolves when the element may load: at once in a browser of its own, or when the person wants to try it here.
 * @param {AkibaSelfieElement} host
 * @param {ShadowRoot} shadow
 * @param {string} file the URL of the style sheet, for browsers that can't construct one
 * @param {string | undefined} lines the words of the widget
 * @param {ReadonlyMap<string, SelfieCatalogue>} registered
 */
export async function leave(host, shadow, file, lines, registered) {
  const { userAgent, mediaDevices } = navigator;
  const why = unsupported(userAgent, Boolean(mediaDevices?.getUserMedia) || !isSecureContext);
  if (!why || stays) return;
  const tell = () =>
    host.dispatchEvent(new CustomEvent('selfie-unsupported', { detail: why, bubbles: true, composed: true }));
  if (offersPhone(why, host.getAttribute('handoff'), matchMedia('(pointer: coarse)').matches)) {
    stays = true;
    tell();
    return;
  }
  const say = await speak(lines, host.text, registered, () => import('./handoff-words.js'));
  await new Promise((resolve) => {
    draw(shadow, file, lines?.split('\n') ?? [], why, say, () => resolve(undefined));
    tell();
  });
  stays = true;
}

/**
 * @param {ShadowRoot} shadow
 * @param {string} file
 * @param {string[]} lines
 * @param {SelfieUnsupported} why
 * @param {(key: string) => string} say
 * @param {() => void} stay
 */
function draw(shadow, file, lines, why, say, stay) {
  const drawn = performance.now();
  const { href } = location;
  const text = make('p.text', { part: 'text' }, say(why.app ? 'OpenInBrowser' : 'CameraUnsupported.body'));
  const status = make('div.unseen', { role: 'status' });
  const button = (/** @type {string} */ weight, /** @type {string} */ key, /** @type {() => unknown} */ press) =>
    make(
      `button.button.${weight}`,
      {
        type: 'button',
        part: `button ${weight}-button`,
        click: () => performance.now() - drawn >= SETTLE && press(),
      },
      say(key),
    );
  const tell = (/** @type {string} */ key) => {
    text.textContent = say(key);
    status.textContent = say(key);
  };
  const out = wayOut(navigator.userAgent, href);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(href);
      tell('InApp.Copied');
    } catch {
      // Without the permission, the person copies it.
      const input = /** @type {HTMLInputElement} */ (make('input.link', { readonly: '', value: href }));
      input.setAttribute('aria-label', say('Handoff.CopyLink'));
      text.after(input);
      input.select();
      input.focus();
    }
  };
  // The person may close the list of apps.
  const share = () => navigator.share({ url: href }).catch(() => {});
  const actions = make(
    'div.actions',
    {},
    out && make('a.button.primary', { href: out, part: 'button primary-button' }, say('InApp.Open')),
    button(out ? 'secondary' : 'primary', 'Handoff.CopyLink', copy),
    'share' in navigator && button('secondary', 'InApp.Share', share),
    button('quiet', 'InApp.Here', stay),
  );
  const title = make('h2', { part: 'title' }, say(why.app ? 'InApp.Title' : 'CameraUnsupported.title'));
  const card = make('div.card', { part: 'card' }, title, text, actions);
  const root = make('div.plain', { lang: lines[TAG] ?? 'en', dir: lines[DIR] ?? 'ltr' }, card, status);
  shadow.replaceChildren(root);
  adopt(shadow, STYLE, file);
  style(shadow);
  // A phone can read a code from the screen of a computer.
  if (matchMedia('(pointer: fine)').matches) scan(text, href, say);
}

/** Adds the code of a link. Everything works without it. @param {Element} place @param {string} link @param {(key: string) => string} say */
async function scan(place, link, say) {
  const drawing = await import('./handoff.js').catch(() => undefined);
  if (drawing) place.after(drawing.code(link, say('Handoff.Code')));
}
