// Accessibility violations that axe-core finds in a page.
//
// Exports: `violations()`.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Returns the violations of all rules, including the size of targets.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>}
 */
export async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { setTimeout: pages } = globalThis;
    // axe needs timers that run while the page's clock is stopped.
    Object.assign(globalThis, globalThis.realTimers);
    const { violations: found } = await axe.run(document, { rules: { 'target-size': { enabled: true } } });
    globalThis.setTimeout = pages;
    // The widget may have set a timer meanwhile, which only the real function clears. A stopped clock counts from 1e12.
    const { clearReal, clearTimeout: clearPages } = globalThis;
    if (clearReal) {
      globalThis.clearTimeout = (/** @type {number} */ id) => (id < 1e12 ? clearReal(id) : clearPages(id));
      globalThis.clearReal = undefined;
    }
    return found.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, any }) => `${target.flat()} ${any[0]?.message ?? ''}`).join('; ')}`,
    );
  });
}
