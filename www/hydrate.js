/* Defines <akiba-selfie> for a component, once the component has set the element's properties. */

import { AkibaSelfieElement } from './akiba-selfie.js';
import { TAG } from './registry.js';

/**
 * Defines the element, unless it is already defined. A page that a server rendered has the element before its component
 * runs. Defined earlier, the element would report that its settings are missing.
 */
export function define() {
  if (!customElements.get(TAG)) customElements.define(TAG, AkibaSelfieElement);
}
