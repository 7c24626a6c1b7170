import type { AllowedComponentProps, HTMLAttributes, VNodeProps } from 'vue';

import type { AkibaSelfieElement, SelfieEventMap } from './index.js';
import type { SelfieEventName, SelfieProperties, SelfieTheme } from './types/props.js';

/** Handlers of the events: `@verified` for `selfie-verified`. */
export type SelfieVueHandlers = {
  [Name in keyof SelfieEventMap as `on${Capitalize<SelfieEventName<Name>>}`]?:
    | ((event: SelfieEventMap[Name]) => void)
    | undefined;
};

type Own = SelfieProperties & SelfieTheme & SelfieVueHandlers;

export type SelfieProps = Own & Omit<HTMLAttributes, keyof Own> & VNodeProps & AllowedComponentProps;

/** `<akiba-selfie>` as a component of Vue 3. A template ref has the element as its `element`. */
export declare const Selfie: new () => {
  $props: SelfieProps;
  $slots: { default?(): unknown };
  element: AkibaSelfieElement;
};
