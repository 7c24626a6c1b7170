// Watches a page for errors: a violation of its content security policy, an exception, or an error on the console.
//
// Exports: `watch()`.

import assert from 'node:assert/strict';

/**
 * Watches a page from before its first script. Call `settle()` before you close the page, and `clean()` after it, which
 * fails if the page had an error.
 * @param {import('playwright-core').Page} page
 * @param {RegExp[]} [expected] page errors and console errors that the test causes, such as the browser's own message
 *   about a refused request
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
    /** Waits for the page's last reports. Call it before you close the page. */
    async settle() {
      // A crashed or closed page reports nothing more.
      await page.evaluate(() => new Promise((wake) => setTimeout(wake))).catch(() => {});
    },
    clean() {
      assert.deepEqual(wrong, []);
    },
  };
}
