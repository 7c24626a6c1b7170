/*
 * A React component, for React 18 and 19. React 18 writes every value as text and hears no custom event; React 19 adds no
 * listener to an element that a server rendered. So this sets properties and listens itself.
 */

import { createElement, forwardRef, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';

import { define } from './hydrate.js';
import { ATTRIBUTES, EVENTS } from './registry.js';

/** The properties that the component passes on. HTML's own, such as `lang`, are React's. */
const PROPERTIES = [
  'session',
  'thresholds',
  ...Object.values(ATTRIBUTES)
    .map(({ property }) => property)
    .filter((property) => property !== 'lang'),
];

/** `onVerified` for `selfie-verified`. @param {string} event */
const handlerOf = (event) => event.replace(/^selfie-(.)/, (_, first) => `on${first.toUpperCase()}`);

const HANDLERS = EVENTS.map((event) => [event, handlerOf(event)]);
const OWN = new Set([...PROPERTIES, ...HANDLERS.map(([, handler]) => handler)]);

// On a server React warns about the other.
const useBeforePaint = globalThis.document ? useLayoutEffect : useEffect;

export const Selfie = forwardRef((/** @type {Record<string, unknown>} */ props, ref) => {
  const element = useRef(/** @type {any} */ (null));
  const latest = useRef(props);
  const set = useRef(/** @type {Record<string, unknown>} */ ({}));
  useImperativeHandle(ref, () => element.current, []);
  useBeforePaint(() => {
    latest.current = props;
    for (const name of PROPERTIES) {
      if (Object.is(props[name], set.current[name])) continue;
      set.current[name] = props[name];
      element.current[name] = props[name] ?? null;
    }
    define();
  });
  useBeforePaint(() => {
    const target = element.current;
    const stop = new AbortController();
    for (const [event, handler] of HANDLERS) {
      const listener = (/** @type {Event} */ happened) => {
        const listen = latest.current[handler];
        if (typeof listen === 'function') listen(happened);
      };
      target.addEventListener(event, listener, { signal: stop.signal });
    }
    return () => stop.abort();
  }, []);
  const rest = Object.fromEntries(Object.entries(props).filter(([name]) => !OWN.has(name)));
  return createElement('akiba-selfie', {
    // The element marks itself for session-replay tools, possibly before React compares it with the server's page.
    suppressHydrationWarning: true,
    ...rest,
    // React 18 passes both on as they are: as an attribute `classname`, and as the text "false", which hides.
    class: props.className,
    className: undefined,
    hidden: props.hidden || undefined,
    ref: element,
  });
});
Selfie.displayName = 'Selfie';
