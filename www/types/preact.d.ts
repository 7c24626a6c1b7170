/* Types of `<akiba-selfie>` in Preact's JSX: import 'akiba-selfie/types/preact'. */

import type { ClassAttributes, JSX } from 'preact';

import type { AkibaSelfieElement } from '../index.js';
import type { SelfieAttributes, SelfieHandlers, SelfieProperties } from './props.js';

type Own = SelfieProperties & SelfieAttributes & SelfieHandlers<'on'>;

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'akiba-selfie': Own &
        Omit<JSX.HTMLAttributes<AkibaSelfieElement>, keyof Own> &
        ClassAttributes<AkibaSelfieElement>;
    }
  }
}
