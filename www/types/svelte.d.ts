/* Types of `<akiba-selfie>` in Svelte 4 and 5: import 'akiba-selfie/types/svelte'. */

import type { HTMLAttributes } from 'svelte/elements';

import type { AkibaSelfieElement } from '../index.js';
import type { SelfieAttributes, SelfieHandlers, SelfieProperties } from './props.js';

type Own = SelfieProperties & SelfieAttributes & SelfieHandlers<'on'> & SelfieHandlers<'on:'>;

declare module 'svelte/elements' {
  export interface SvelteHTMLElements {
    'akiba-selfie': Own & Omit<HTMLAttributes<AkibaSelfieElement>, keyof Own>;
  }
}
