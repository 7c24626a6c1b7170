/* Defines <akiba-selfie>, unless it is already defined. */

import { AkibaSelfieElement, configure } from './akiba-selfie.js';
import { TAG } from './registry.js';

const registry = globalThis.customElements;
if (registry && !registry.get(TAG)) registry.define(TAG, AkibaSelfieElement);

export { AkibaSelfieElement, configure };
