import type { ForwardRefExoticComponent, HTMLAttributes, RefAttributes } from 'react';
import type { AkibaSelfieElement, SelfieEventMap } from './index.js';

/** The handlers by event: `onVerified` for `selfie-verified`. */
type Handlers = {
  [Name in keyof SelfieEventMap as Name extends `selfie-${infer Rest}` ? `on${Capitalize<Rest>}` : never]?: (
    event: SelfieEventMap[Name],
  ) => void;
};

/** The element's own properties, without its methods and what it only reports. */
type Properties = Partial<
  Pick<
    AkibaSelfieElement,
    Exclude<
      {
        [Name in keyof AkibaSelfieElement]: AkibaSelfieElement[Name] extends (...args: never[]) => unknown
          ? never
          : Name;
      }[keyof AkibaSelfieElement],
      keyof HTMLElement | 'state' | 'photo' | 'verdict' | 'session'
    >
  > &
    Pick<AkibaSelfieElement, 'session'>
>;

export type SelfieProps = Properties & Handlers & Omit<HTMLAttributes<AkibaSelfieElement>, keyof Handlers | keyof Properties>;

/** `<akiba-selfie>` as a React component, for React 18 and 19. A ref is the element. */
export declare const Selfie: ForwardRefExoticComponent<SelfieProps & RefAttributes<AkibaSelfieElement>>;
