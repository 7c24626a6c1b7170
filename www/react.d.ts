import type { ForwardRefExoticComponent, HTMLAttributes, RefAttributes } from 'react';

import type { AkibaSelfieElement, SelfieEventMap } from './index.js';
import type { SelfieEventName, SelfieProperties, SelfieTheme } from './types/props.js';

/** Handlers of the events: `onVerified` for `selfie-verified`. */
export type SelfieReactHandlers = {
  [Name in keyof SelfieEventMap as `on${Capitalize<SelfieEventName<Name>>}`]?:
    | ((event: SelfieEventMap[Name]) => void)
    | undefined;
};

type Own = SelfieProperties & SelfieTheme & SelfieReactHandlers;

export type SelfieProps = Own & Omit<HTMLAttributes<AkibaSelfieElement>, keyof Own>;

/** `<akiba-selfie>` as a React component, for React 18 and 19. A ref is the element. */
export declare const Selfie: ForwardRefExoticComponent<SelfieProps & RefAttributes<AkibaSelfieElement>>;
