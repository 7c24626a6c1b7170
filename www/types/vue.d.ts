/* Types of `<akiba-selfie>` in Vue's templates: import 'akiba-selfie/types/vue'. */

import type { HTMLAttributes, PublicProps } from 'vue';

import type { AkibaSelfieElement, SelfieEventMap } from '../index.js';
import type { SelfieAttributes, SelfieProperties } from './props.js';

type Emit<Map> = {
  [Name in keyof Map]: (event: Name, detail: Map[Name]) => void;
}[keyof Map];
type All<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer Both) => void
  ? Both
  : never;

declare module 'vue' {
  interface GlobalComponents {
    'akiba-selfie': new () => AkibaSelfieElement & {
      $props: SelfieProperties & SelfieAttributes & Omit<HTMLAttributes, keyof SelfieAttributes> & PublicProps;
      $emit: All<Emit<SelfieEventMap>>;
    };
  }
}
