// Helpers for the pages of tests.

/** Waits until a condition is true. @param {() => boolean} done */
export async function until(done) {
  for (const end = performance.now() + 5000; !done(); ) {
    if (performance.now() > end) throw new Error(`timed out: ${done}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until pending tasks have run. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

/** Defines the element, writes the markup into the page and waits for its first widget. */
export async function added(html = '<akiba-selfie relay="/"></akiba-selfie>') {
  await import('/akiba-selfie/define.js');
  document.body.innerHTML = html;
  await until(() => globalThis.widgets?.length > 0);
  return document.querySelector('akiba-selfie');
}
