// The element while only its first screen has come: what is behind it is a file of its own, which may be late.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suite } from './support/suite.mjs';

/** @import { Page } from 'playwright-core' */

const it = suite();

/** Opens the demo, where what is behind the first screen comes only when the returned function is called. */
async function openFirst() {
  /** @type {() => void} */
  let come = () => {};
  const time = new Promise((resolve) => {
    come = () => resolve(undefined);
  });
  const selfie = await it.open({
    prepare: (page) =>
      page.route('**/akiba-selfie_rest.wasm', async (route) => {
        await time;
        await route.continue();
      }),
  });
  await selfie.button('Start').waitFor();
  return { selfie, come };
}

/** The first screen has no failure, and only this state. @param {Page} page */
const seen = (page) =>
  page.evaluate(() => {
    const { state, shadowRoot } = document.querySelector('akiba-selfie');
    return {
      state,
      screen: shadowRoot.querySelector('.screen')?.className,
      busy: shadowRoot.querySelectorAll('[aria-busy=true]').length,
      errors: selfieEvents.filter(({ type }) => type === 'selfie-error').map(({ detail }) => detail.code),
    };
  });

test('a press on the first screen is kept until the rest is there, and it shows', async () => {
  const { selfie, come } = await openFirst();
  assert.equal((await seen(selfie.page)).busy, 0);
  await selfie.button('Start').click();
  await selfie.element.locator('[aria-busy=true]').waitFor();
  assert.equal((await seen(selfie.page)).state, 'idle');
  come();
  await selfie.state('consent');
  assert.deepEqual(await seen(selfie.page), { state: 'consent', screen: 'screen consent', busy: 0, errors: [] });
});

test('the first screen follows the page before the rest is there', async () => {
  const { selfie, come } = await openFirst();
  const { page } = selfie;
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  const set = (/** @type {Record<string, string | null>} */ values) =>
    page.evaluate((attributes) => {
      for (const [name, value] of Object.entries(attributes)) {
        const element = document.querySelector('akiba-selfie');
        if (value === null) element.removeAttribute(name);
        else element.setAttribute(name, value);
      }
    }, values);
  await set({ lang: 'sw', 'allow-unreviewed': '', alternative: '' });
  await selfie.button('Njia nyingine').waitFor();
  await set({ lang: 'en' });
  await selfie.button('Another way').waitFor();
  // Settings that are wrong for a while, and other ones that stay wrong.
  await set({ capture: 'never' });
  await page.waitForTimeout(300);
  await set({ capture: 'manual', challenge: 'wink' });
  await page.waitForTimeout(300);
  assert.deepEqual(await seen(page), { state: 'idle', screen: 'screen idle', busy: 0, errors: [] });
  await page.evaluate(async () => {
    const element = document.querySelector('akiba-selfie');
    const { parentElement } = element;
    element.remove();
    await new Promise((done) => setTimeout(done, 50));
    parentElement.append(element);
  });
  await selfie.button('Start').waitFor();
  come();
  const { detail } = await selfie.event('selfie-error');
  assert.equal(detail.code, 'config');
  assert.match(detail.cause, /challenge/);
  await set({ challenge: null });
  await selfie.button('Start').click();
  await selfie.state('consent');
});

test('the methods of the element wait for the rest', async () => {
  const { selfie, come } = await openFirst();
  await selfie.page.evaluate(() => {
    const element = /** @type {any} */ (document.querySelector('akiba-selfie'));
    for (const method of ['capture', 'retake', 'submit', 'cancel', 'reset', 'start', 'start']) element[method]();
    for (const property of ['state', 'photo', 'verdict', 'devices']) element[property];
  });
  await selfie.page.waitForTimeout(100);
  assert.equal((await seen(selfie.page)).state, 'idle');
  come();
  await selfie.state('consent');
});

test('what ends because the person leaves the page is loaded again when the page is shown', async () => {
  const selfie = await it.open({ prepare: (page) => page.addInitScript(leave) });
  await selfie.button('Start').click();
  await selfie.state('consent');
  assert.deepEqual((await seen(selfie.page)).errors, []);
  assert.deepEqual(await selfie.page.evaluate(() => /** @type {any} */ (globalThis).left), ['pagehide', 'pageshow']);
});

/** Runs in the page: it is left while the rest comes. WebKit ends the requests, tells the page 90 ms later, and keeps it. */
function leave() {
  const ask = fetch;
  const left = [];
  const tell = (/** @type {string} */ name) => {
    left.push(name);
    dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
  };
  const leaves = (/** @type {RequestInfo} */ what) => left.length === 0 && String(what).endsWith('_rest.wasm');
  Object.assign(globalThis, {
    left,
    fetch: (/** @type {[RequestInfo]} */ ...args) => {
      if (!leaves(args[0])) return ask(...args);
      setTimeout(tell, 90, 'pagehide');
      setTimeout(tell, 2_000, 'pageshow');
      return Promise.reject(new TypeError('Load failed'));
    },
  });
}
