/*
 * The element's public names, listed once. The class derives its attributes, properties and methods from them.
 * Tests compare the manifest (custom-elements.json), the types (index.d.ts) and the docs with them.
 */

/** The element's tag name. */
export const TAG = 'akiba-selfie';

/**
 * Each attribute with the property that reflects it. Every HTML element has `lang`. The widget does not
 * get an attribute of the element's `own`.
 * @type {Record<string, { property: string, boolean?: boolean, own?: boolean }>}
 */
export const ATTRIBUTES = {
  relay: { property: 'relay' },
  identifier: { property: 'identifier' },
  type: { property: 'type' },
  lang: { property: 'lang', own: true },
  languages: { property: 'languages', own: true },
  'consent-version': { property: 'consentVersion', own: true },
  'allow-unreviewed': { property: 'allowUnreviewed', boolean: true, own: true },
  capture: { property: 'captureMode' },
  countdown: { property: 'countdown', boolean: true },
  challenge: { property: 'challenge' },
  strict: { property: 'strict', boolean: true },
  camera: { property: 'camera' },
  'device-id': { property: 'deviceId' },
  'no-review': { property: 'noReview', boolean: true },
  'no-consent': { property: 'noConsent', boolean: true },
  alternative: { property: 'alternative', boolean: true },
  'no-file': { property: 'noFile', boolean: true },
  handoff: { property: 'handoff' },
  'in-app': { property: 'inApp', own: true },
  'link-path': { property: 'linkPath' },
  'verify-path': { property: 'verifyPath' },
  history: { property: 'history', boolean: true, own: true },
  fullscreen: { property: 'fullscreen', boolean: true, own: true },
  debug: { property: 'debug', boolean: true, own: true },
};

/** Properties without an attribute. */
export const PROPERTIES = ['session', 'thresholds', 'text', 'host', 'state', 'photo', 'verdict', 'devices'];

/** The methods that the page can call. */
export const METHODS = /** @type {const} */ (['start', 'capture', 'retake', 'submit', 'cancel', 'reset']);

/** The static methods. */
export const STATICS = ['supports'];

/** The values of `state`, and the element's custom states in CSS. */
export const STATES = /** @type {const} */ ([
  'idle',
  'consent',
  'handoff',
  'starting',
  'framing',
  'countdown',
  'grabbing',
  'review',
  'submitting',
  'done',
  'failed',
]);

/** The error codes that only a hand-off has. */
export const HANDOFF_ERRORS = [
  'handoff-refused',
  'handoff-wrong-number',
  'handoff-expired',
  'handoff-ended',
  'handoff-disowned',
];

/** Every event; all of them bubble and are composed. */
export const EVENTS = /** @type {const} */ ([
  'selfie-statechange',
  'selfie-step',
  'selfie-consented',
  'selfie-devices',
  'selfie-guidance',
  'selfie-capture',
  'selfie-captured',
  'selfie-progress',
  'selfie-verified',
  'selfie-rejected',
  'selfie-alternative',
  'selfie-cancelled',
  'selfie-unsupported',
  'selfie-error',
]);
