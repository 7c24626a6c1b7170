// A desktop with the element and the attribute `handoff`, and the phone to which its link leads.
//
// Exports: `openDesk()`, `openPhone()`, `link()`, `copied()`, `press()`, `number()`, `withoutCameras()`, `LOST`.

import { REFUSED } from './handoff.mjs';
import { Selfie } from './selfie.mjs';
import { watch } from './watch.mjs';

/** @typedef {Awaited<ReturnType<typeof import('./handoff.mjs').startHandoffs>>} Handoffs */
/** @typedef {Awaited<ReturnType<typeof openDesk>>} Desk */

/** What Chromium's console says while the relay is away. */
export const LOST = [...REFUSED, /net::ERR_/, /has been blocked by CORS policy/];

/**
 * Opens the bank's page at a desktop.
 * @param {Handoffs} it
 * @param {import('playwright-core').BrowserContextOptions & { handoff?: string, expected?: RegExp[], clock?: boolean, prepare?: (page: import('playwright-core').Page) => Promise<unknown> }} settings
 */
export async function openDesk(it, { handoff = 'offer', expected = [], clock = false, prepare, ...settings } = {}) {
  const permissions = ['camera', 'clipboard-read', 'clipboard-write'];
  const context = await it.browser.newContext({ permissions, ...settings });
  const page = await context.newPage();
  const watched = await watch(page, expected);
  if (clock) await page.clock.install();
  await prepare?.(page);
  const selfie = await Selfie.open(page, `${it.origin}/?handoff=${handoff}`);
  await selfie.button('Start').waitFor();
  const close = async () => {
    await watched.settle();
    await context.close();
    watched.clean();
  };
  return { page, selfie, close, context };
}

/** Takes the API for cameras away: before the page's own script, and after the test's. @param {import('playwright-core').Page} page */
export const withoutCameras = (page) =>
  page.addInitScript(() => {
    document.addEventListener('readystatechange', () => {
      for (const it of [navigator.mediaDevices, MediaDevices.prototype]) Reflect.deleteProperty(it, 'getUserMedia');
    });
  });

/** Presses a button of the hand-off, which counts no press that is too soon after it was drawn. @param {Desk} desk @param {string} name */
export async function press({ page, selfie }, name) {
  await selfie.button(name).waitFor();
  await page.waitForTimeout(600);
  await selfie.button(name).click();
}

/** Copies the link that is shown. @param {Desk} desk */
export async function copied(desk) {
  await press(desk, 'Copy link');
  await desk.selfie.element.getByText('Copied.').first().waitFor();
  return desk.page.evaluate(() => navigator.clipboard.readText());
}

/** Chooses the phone, and returns the link. @param {Desk} desk */
export async function link(desk) {
  await desk.selfie.button('Use your phone instead').click();
  return copied(desk);
}

/** Reads the number that the desktop shows. @param {Desk} desk */
export async function number({ selfie }) {
  const place = selfie.element.locator('[part=number]');
  await place.waitFor();
  return place.textContent();
}

/** Opens a link on a phone. @param {Handoffs} it @param {string} url @param {RegExp[]} [expected] */
export async function openPhone(it, url, expected = []) {
  const { page, selfie, watched, context } = await it.phone(url, { expected });
  await page.getByRole('button', { name: 'I did not start this' }).waitFor();
  const choose = (/** @type {string} */ number) => page.getByRole('button', { name: number, exact: true }).click();
  const numbers = () => page.getByRole('listitem').getByRole('button').allTextContents();
  /** Takes the selfie, and returns the phone's event. */
  const take = async () => {
    await selfie.element.waitFor();
    await selfie.element.evaluate((element) => element.setAttribute('capture', 'manual'));
    await selfie.takeAndSend();
    return selfie.event('selfie-verified', 'selfie-rejected', 'selfie-error');
  };
  const close = async () => {
    await watched.settle();
    await context.close();
    watched.clean();
  };
  return { page, selfie, choose, numbers, take, close };
}
