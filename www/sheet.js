/* Styles a shadow root, also in browsers that can't construct a style sheet. */

/**
 * Adds a style sheet to a shadow root. Safari before 16.4 can't construct one, and a page's policy may forbid an inline one,
 * so then it is a file of the package. A bundler may leave that file behind; then it is an inline one.
 * @param {ShadowRoot} shadow
 * @param {string} css
 * @param {string} file the URL of the file with the same text; empty if there is none
 */
export function adopt(shadow, css, file) {
  const { ownerDocument: document } = shadow;
  if ('adoptedStyleSheets' in shadow) {
    const sheet = new (document.defaultView ?? globalThis).CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
    return;
  }
  const style = document.createElement('style');
  style.textContent = css;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = file;
  link.onerror = () => link.replaceWith(style);
  /** @type {ShadowRoot} */ (shadow).prepend(file ? link : style);
}

/**
 * Returns a function that adds a style sheet to a shadow root, once. Safari before 16.4 constructs no sheet, and the sheet of another
 * document can't be adopted: what has this style works without it.
 * @param {string} css
 * @returns {(shadow: ShadowRoot) => void}
 */
export function addition(css) {
  /** @type {CSSStyleSheet | undefined} */
  let sheet;
  return (shadow) => {
    try {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
      }
      if (!shadow.adoptedStyleSheets.includes(sheet)) shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
    } catch {
      // It works without.
    }
  };
}
