// For the tests' pages.

/** Waits until something is the case. */
export async function until(done) {
  for (const end = performance.now() + 5000; !done(); ) {
    if (performance.now() > end) throw new Error(`waited in vain for ${done}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Waits until whatever was begun has had its turn. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

/** Defines the element, writes the markup into the page and waits for its first widget. */
export async function added(html = '<akiba-selfie relay="/"></akiba-selfie>') {
  await import('/akiba-selfie/define.js');
  document.body.innerHTML = html;
  await until(() => globalThis.widgets?.length > 0);
  return document.querySelector('akiba-selfie');
}
