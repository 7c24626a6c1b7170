/*
 * Keeps the element out of session replays: recordings of the page for its owner, which would show the person's face
 * and number. Each tool has its own mark.
 */

/** For rrweb and tools built on it, PostHog, FullStory, Sentry, New Relic, Amplitude and Highlight. */
const CLASSES = ['rr-block', 'ph-no-capture', 'fs-exclude', 'sentry-block', 'nr-block', 'amp-block', 'highlight-block'];

/** For LogRocket, Hotjar, Datadog, Sentry, Clarity, Contentsquare and OpenReplay. */
const ATTRIBUTES = {
  'data-private': '',
  'data-hj-suppress': '',
  'data-dd-privacy': 'hidden',
  'data-sentry-block': '',
  'data-clarity-mask': 'true',
  'data-cs-mask': '',
  'data-openreplay-hidden': '',
};

/** Adds every mark that an element does not have. @param {Element} element */
export function mark(element) {
  // Adding a class that is there would count as a change.
  if (!CLASSES.every((name) => element.classList.contains(name))) element.classList.add(...CLASSES);
  for (const [name, value] of Object.entries(ATTRIBUTES)) {
    if (!element.hasAttribute(name)) element.setAttribute(name, value);
  }
}
