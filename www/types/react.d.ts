/*
 * Types of `<akiba-selfie>` in JSX of React 18 and 19: import 'akiba-selfie/types/react'. React 18 passes on attributes
 * only. The component of 'akiba-selfie/react' needs none of this.
 */

import type { ClassAttributes, HTMLAttributes } from 'react';

import type { AkibaSelfieElement } from '../index.js';
import type { SelfieAttributes, SelfieHandlers, SelfieProperties } from './props.js';

type Own = SelfieProperties & SelfieAttributes & SelfieHandlers<'on'>;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'akiba-selfie': Own &
        Omit<HTMLAttributes<AkibaSelfieElement>, keyof Own> &
        ClassAttributes<AkibaSelfieElement> & { class?: string | undefined };
    }
  }
}
