/* Types of `<akiba-selfie>` in Solid's JSX: import 'akiba-selfie/types/solid'. */

import type { JSX } from 'solid-js';

import type { AkibaSelfieElement } from '../index.js';
import type { SelfieAttributes, SelfieHandlers, SelfieProperties } from './props.js';

type Own = SelfieProperties &
  SelfieAttributes &
  SelfieHandlers<'on:'> & {
    [Name in keyof SelfieProperties as `prop:${Name}`]?: SelfieProperties[Name];
  } & {
    [Name in keyof SelfieAttributes as `attr:${Name}`]?: string | boolean | undefined;
  };

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements {
      'akiba-selfie': Own & Omit<JSX.HTMLAttributes<AkibaSelfieElement>, keyof Own>;
    }
  }
}
