/*
 * What a page sets and hears, derived from the element's class, for the frameworks' types beside this file. Nothing has
 * to be added here when the element changes.
 */

import type { AkibaSelfieElement, SelfieEventMap } from '../index.js';

/** Read-only properties, which a page can't set. */
type Reported = 'state' | 'photo' | 'verdict' | 'devices';

type Methods = keyof {
  [Name in keyof AkibaSelfieElement as AkibaSelfieElement[Name] extends () => void ? Name : never]: unknown;
};

/** The properties that a page sets, apart from the ones of every HTML element. */
export type SelfieProperties = {
  [Name in Exclude<keyof AkibaSelfieElement, keyof HTMLElement | Reported | Methods>]?:
    | AkibaSelfieElement[Name]
    | undefined;
};

/** `no-review` for `noReview`. */
type Hyphenated<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Hyphenated<Rest>}`
  : '';

/** The name of a property's attribute. */
type AttributeOf<Name extends string> = Name extends 'session' | 'thresholds' | 'text' | 'host'
  ? never
  : Name extends 'captureMode'
    ? 'capture'
    : Hyphenated<Name>;

/** The attribute that only the style sheet reads. */
export interface SelfieTheme {
  /** The theme, instead of the system's. */
  theme?: 'light' | 'dark' | undefined;
}

/** The attributes, apart from the ones of every HTML element. `false` turns a setting off. */
export type SelfieAttributes = {
  [Name in keyof SelfieProperties as AttributeOf<Name>]?: SelfieProperties[Name];
} & SelfieTheme;

/** Handlers of the events under another name. */
export type SelfieHandlers<Prefix extends string> = {
  [Name in keyof SelfieEventMap as `${Prefix}${Name}`]?: ((event: SelfieEventMap[Name]) => void) | undefined;
};

/** The part of an event's name that is not in all of them, such as `verified`. */
export type SelfieEventName<Name extends string> = Name extends `selfie-${infer Rest}` ? Rest : never;
