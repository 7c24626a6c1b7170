// A person who uses a case's page: from the first screen to a verdict, with the detector on.
//
// Exports: `reachVerdict()`.

import { startDemo } from '../../e2e/support/demo.mjs';
import { Selfie } from '../../e2e/support/selfie.mjs';

/** The sandbox verifies this person. */
const IDENTIFIER = '0000000000001';
/** How long the detector may take to take a photo on a busy machine, in milliseconds. */
const PATIENCE = 45_000;

/**
 * Goes from a page's first screen to its verdict. The photo is taken automatically, which needs the detector. The
 * consent must be asked: the page sets `no-consent` to false in the way of its framework.
 * @param {import('playwright-core').Browser} browser
 * @param {string} origin of the page
 */
export async function reachVerdict(browser, origin) {
  const demo = await startDemo({ args: ['--origin', origin] });
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${message.text()} (${message.location().url})`);
  });
  try {
    const asked = new URLSearchParams({ relay: new URL(demo.page).origin, identifier: IDENTIFIER });
    const selfie = await Selfie.open(page, `${origin}/?${asked}`);
    await selfie.button('Start').click();
    await selfie.state('consent');
    await selfie.button('I agree, open the camera').click();
    await selfie.state('framing');
    await selfie.state('review', PATIENCE).catch(async (error) => {
      // The last one says why the detector is missing.
      const [guidance] = (await selfie.events('selfie-guidance')).slice(-1);
      throw new Error(`${error.message}; ${JSON.stringify(guidance?.detail)}`, { cause: error });
    });
    await selfie.send();
    // The examples show it.
    const heard = () => globalThis.verdict ?? document.querySelector('#outcome')?.textContent?.trim();
    await page.waitForFunction(heard, undefined, { timeout: PATIENCE });
    const verdict = await page.evaluate(heard);
    const errors = await selfie.events('selfie-error');
    if (errors.length > 0) throw new Error(`the page heard ${JSON.stringify(errors[0].detail)}`);
    if (verdict !== 'verified') throw new Error(`the page heard «${verdict}»`);
    if (faults.length > 0) throw new Error('errors in the page');
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${faults.join('\n')}`, { cause: error });
  } finally {
    await context.close();
    await demo.stop();
  }
}
