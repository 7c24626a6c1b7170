// What no page with the element in it may do: break its content security policy, throw, or write an error to the
// console.
//
// Exports: `watch()`.

import assert from 'node:assert/strict';

/**
 * Watches a page from before its first script. Call `settle()` before the page is closed, and then `clean()`, which fails
 * if anything was amiss.
 * @param {import('playwright-core').Page} page
 * @param {RegExp[]} [expected] page errors and console errors that the test itself brings about, such as the browser's own line for a
 *   reply that is refused on purpose
 */
export async function watch(page, expected = []) {
  const wrong = [];
  page.on('pageerror', (error) => {
    if (!expected.some((pattern) => pattern.test(String(error)))) wrong.push(`page error: ${error.stack ?? error}`);
  });
  page.on('crash', () => wrong.push('the page crashed'));
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    if (expected.some((pattern) => pattern.test(message.text()))) return;
    wrong.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  await page.exposeFunction('reportViolation', (violation) => wrong.push(`policy violation: ${violation}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      reportViolation(`${event.violatedDirective} refused ${event.blockedURI} (${event.sourceFile})`);
    });
  });
  return {
    wrong,
    /** Waits until what the page reports last is here: to be called before the page is closed. */
    async settle() {
      // A page that crashed or was closed has nothing more to say.
      await page.evaluate(() => new Promise((wake) => setTimeout(wake))).catch(() => {});
    },
    clean() {
      assert.deepEqual(wrong, []);
    },
  };
}
