/*
 * The browser's own button for the camera (`<usermedia>`, Chrome 151) on the screen that says that the camera is blocked. After a
 * refusal a page may not ask again. This button may, because a press on it is certainly the person's wish. Loaded only there.
 */

import { addition } from './sheet.js';

/** The browser refuses a button whose colours, size or spacing could deceive. */
const style = addition(`.akiba-selfie usermedia {
  inline-size: 100%; max-inline-size: none; min-block-size: 44px; border-radius: 14px; font: inherit; font-weight: 600;
}`);

/** How often to look for the screen, which the widget draws a moment after it has said so, and how long. */
const [EVERY, TRIES] = [20, 50];

/**
 * Draws the button above the others.
 * @param {HTMLElement} root the root of the widget
 * @param {() => void} again opens the camera again
 */
export async function offer(root, again) {
  let place = null;
  for (let tries = 0; !place && tries < TRIES; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    place = root.querySelector('.failed .actions');
  }
  if (!place || place.querySelector('usermedia')) return;
  const button = /** @type {HTMLElement & { stream?: MediaStream | null, setConstraints?: (wish: object) => void }} */ (
    document.createElement('usermedia')
  );
  button.setConstraints?.({ video: {} });
  button.addEventListener('stream', () => {
    // The widget opens the camera itself, in the size and the direction that it needs.
    for (const track of button.stream?.getTracks() ?? []) track.stop();
    again();
  });
  style(/** @type {ShadowRoot} */ (root.getRootNode()));
  place.prepend(button);
}
