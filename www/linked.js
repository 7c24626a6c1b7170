/*
 * Styles the widget in Safari before 16.4, which can't construct a style sheet. It is loaded only there. Its text is
 * src/ui/style.css, which scripts/bundle.mjs puts in.
 */

/** @import { Widget } from './pkg/akiba-selfie.js' */

import { adopt } from './sheet.js';

const STYLE = /** @type {any} */ (globalThis).WIDGET_STYLE ?? '';

/**
 * Returns the widget's class with a style sheet of its own.
 * @param {typeof Widget} widget
 * @param {string} file the URL of the style sheet
 * @returns {typeof Widget}
 */
export const linked = (widget, file) =>
  /** @type {any} */ ({
    mount(/** @type {HTMLElement} */ host, /** @type {unknown[]} */ ...rest) {
      adopt(/** @type {ShadowRoot} */ (host.shadowRoot), STYLE, file);
      return Reflect.apply(widget.mount, widget, [host, ...rest]);
    },
  });
