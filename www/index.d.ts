/** The state of the capture. */
export type SelfieState =
  | 'idle'
  | 'consent'
  | 'handoff'
  | 'starting'
  | 'framing'
  | 'countdown'
  | 'grabbing'
  | 'review'
  | 'submitting'
  | 'done'
  | 'failed';

import type { SelfieText } from './types/text.js';

export type { SelfieText } from './types/text.js';

/** The result of a measure. */
export interface SelfieMeasure {
  /** In the measure's own unit. */
  value: number;
  unit: string;
  /** From 0 (bad) to 100 (good), if ISO/IEC 29794-5 maps the value to a score. */
  score: number | null;
  /** The limits of the guidance before they loosen; null if the measure has no limit. */
  threshold: { min: number | null; max: number | null } | null;
  /** Whether the value is within the limits. */
  pass: boolean | null;
}

/** The result of a challenge. A hurdle, not proof of liveness. */
export interface SelfieChallenge {
  kind: 'turn' | 'closer' | 'random';
  /** `unavailable`: frames could not be analysed, or the photo is a file. */
  outcome: 'done' | 'skipped' | 'timed-out' | 'unavailable';
  /** How often it was started. */
  attempts: number;
  /** The movements of the last attempt, in order. */
  movements: {
    movement: 'turn-left' | 'turn-right' | 'closer';
    /** The largest movement that was seen. */
    value: number;
    unit: string;
    /** Milliseconds until it was seen; null if it was not. */
    took: number | null;
  }[];
}

/** The flaws of a photo, the worst first. */
export type SelfieFlaw =
  | 'no-face'
  | 'several-faces'
  | 'too-dark'
  | 'too-bright'
  | 'too-small'
  | 'turned'
  | 'leaning'
  | 'side-light'
  | 'blurred';

/** The measured quality of a frame or a photo. Fields that begin with `luminance` describe the whole picture. */
export interface SelfieQuality {
  /** Mean luminance (Rec. 709 luma of the sRGB values), 0 black to 1 white. */
  luminanceMean: number | null;
  /** Variance of the same, 0 to 0.25; 0 is one even colour. */
  luminanceVariance: number | null;
  /** The face detector; null if this device can't analyse frames. Then there are no measures. */
  model: string | null;
  /** The number of faces. */
  faces?: number | null;
  /** The worst flaw of the photo; null if it has none of them. */
  flaw?: SelfieFlaw | null;
  /** The measures of the main face by name, in the terms of ISO/IEC 29794-5. */
  measures?: Record<string, SelfieMeasure>;
  /** The version of the thresholds. */
  thresholds?: string;
  /** How many steps the thresholds had loosened, 0 to 3. */
  loosened?: number;
  /** Times of the capture in milliseconds from the first analysed frame; null for a file. */
  times?: { frames: number; firstFace: number | null; guided: number } | null;
  /** Null if the page does not ask for a challenge, or it is not over. */
  challenge?: SelfieChallenge | null;
}

/** The conditions of a good photo. */
export type SelfieCheck =
  | 'single-face'
  | 'light'
  | 'size'
  | 'centred'
  | 'upright'
  | 'frontal'
  | 'even-light'
  | 'still'
  | 'sharp';

/** The hints to the person. */
export type SelfieHint =
  | 'position'
  | 'no-picture'
  | 'no-face'
  | 'several-faces'
  | 'too-dark'
  | 'too-bright'
  | 'come-closer'
  | 'move-back'
  | 'move-left'
  | 'move-right'
  | 'move-up'
  | 'move-down'
  | 'straighten'
  | 'look-straight'
  | 'side-light'
  | 'hold-still'
  | 'blurred'
  | 'hold'
  | 'turn-left'
  | 'turn-right'
  | 'lean-in'
  | 'face-forward';

/** Limits of the guidance by name, instead of the defaults; docs/guidance.md lists names, units and ranges. */
export interface SelfieThresholds {
  faceWidthMin?: number;
  faceWidthMax?: number;
  offsetX?: number;
  offsetY?: number;
  roll?: number;
  yaw?: number;
  luminanceMin?: number;
  luminanceMax?: number;
  uniformityMin?: number;
  motionMax?: number;
  sharpnessMin?: number;
  eyeDistanceMin?: number;
}

/** Detail of `selfie-statechange`. */
export interface SelfieStateChangeDetail {
  state: SelfieState;
  previous: SelfieState;
}

/** A step of the person's way: a state, with `countdown` and `grabbing` counted to `framing`. */
export type SelfieStep = Exclude<SelfieState, 'countdown' | 'grabbing'>;

/** Detail of `selfie-step`: for your funnel. It holds no personal data. */
export interface SelfieStepDetail {
  /** The step that begins. */
  step: SelfieStep;
  /** The step that ended. */
  previous: SelfieStep;
  /** How long the ended step took, in milliseconds. */
  duration: number;
}

/** Detail of `selfie-consented`: for your record of the consent. */
export interface SelfieConsentedDetail {
  /** The page's `consent-version`; without it, the version of the package's words. */
  version: string;
  /** The language of these words. */
  lang: string;
  /** The SHA-256 of these words in hex, with words of `text` and `host`; `none` on a page without https. */
  hash: string;
  /** The language of an unreviewed translation that stood beside these words; null if there was none. */
  translation: string | null;
  /** When, by the device's clock, in ISO 8601. */
  at: string;
}

/** A camera. */
export interface SelfieDevice {
  /** The browser's id: another one for each site, and for each visit where the browser says so. */
  deviceId: string;
  /** The name that the system gives it; empty until the person allows the camera. */
  label: string;
  /** Whether it is on. */
  active: boolean;
}

/** Detail of `selfie-guidance`. */
export interface SelfieGuidanceDetail {
  /** The hint that the person sees. */
  hint: SelfieHint;
  /** Null in the event with a `cause`, which comes without a frame. */
  quality: SelfieQuality | null;
  /** Which checks pass; null if frames can't be analysed. */
  checks: Record<SelfieCheck, boolean> | null;
  /** Why frames are not analysed, in the event with which that begins; null in all others. For logs, not for people. */
  cause: string | null;
}

/** Detail of `selfie-unsupported`. */
export interface SelfieUnsupported {
  /** A known app has opened the page in its own browser, or the browser has no API for cameras. */
  reason: 'in-app-browser' | 'no-camera-api';
  /** The app, by its user agent; null if it is not a known one. */
  app: 'facebook' | 'instagram' | 'whatsapp' | 'line' | 'tiktok' | 'wechat' | 'snapchat' | 'linkedin' | null;
}

/** Detail of `selfie-captured`. The photo itself is the element's `photo`. */
export interface SelfieCapturedDetail {
  /** Whether it comes from the camera or from a file. */
  source: 'camera' | 'file';
  /** Pixels across. */
  width: number;
  /** Pixels down. */
  height: number;
  /** Null if the browser blocks reading pixels. */
  quality: SelfieQuality | null;
}

/** Detail of `selfie-progress`. */
export interface SelfieProgressDetail {
  phase: 'linking' | 'uploading' | 'verifying';
  /** Bytes sent; 0 in the other phases. */
  sent: number;
  /** Bytes in total; 0 in the other phases. */
  total: number;
}

/**
 * Detail of `selfie-verified` and `selfie-rejected`. A browser can forge it: trust only the relay's answer to your
 * server, or a `proof` that your server has checked. The rest of the verdict is the element's `verdict`.
 */
export interface SelfieVerdictDetail {
  outcome: 'verified' | 'rejected';
  /** Why it was rejected; null when verified. `unclear`: the vendor's answer was not understood. */
  reason: 'not-matched' | 'fraud' | 'unclear' | null;
}

/** The whole verdict. */
export interface SelfieVerdict extends SelfieVerdictDetail {
  /** The vendor's message, in English. */
  message: string | null;
  /** The person on record, as the vendor names the fields. Personal data. */
  identity: Record<string, unknown> | null;
  scores: {
    /** How likely a fraud is, by the vendor, 0 to 1. */
    fraud: number | null;
    /** How sure the vendor is that both photos show the same person, 0 to 1. */
    match: number | null;
  };
  /** The vendor's whole reply. Personal data. */
  response: Record<string, unknown>;
  /** Proves the verdict to your server: a JWT. Null without a session, or if the relay signs no proofs. */
  proof: string | null;
  /** The quality of the photo; null if the browser blocks reading pixels. */
  quality: SelfieQuality | null;
}

/** The stable code of a failure. */
export type SelfieErrorCode =
  | 'config'
  | 'load'
  | 'wasm-missing'
  | 'wasm-blocked'
  | 'wasm-unsupported'
  | 'crash'
  | 'camera-denied'
  | 'camera-dismissed'
  | 'camera-denied-by-system'
  | 'camera-not-found'
  | 'camera-in-use'
  | 'camera-insecure-page'
  | 'camera-blocked'
  | 'camera-unsupported'
  | 'camera-ended'
  | 'camera-failed'
  | 'photo-failed'
  | 'photo-altered'
  | 'photo-unusable'
  | 'file-not-image'
  | 'file-too-large'
  | 'file-unreadable'
  | 'session'
  | 'session-done'
  | 'session-limit'
  | 'verdict-unknown'
  | 'relay-forbidden'
  | 'relay-unreachable'
  | 'relay-timeout'
  | 'relay-busy'
  | 'relay-refused'
  | 'relay-failed'
  | 'relay-reply'
  | 'customer-unknown'
  | 'link-unusable'
  | 'link-checksum'
  | 'link-headers'
  | 'upload-unreachable'
  | 'upload-stalled'
  | 'upload-expired'
  | 'upload-clock-skew'
  | 'upload-refused'
  | 'upload-too-large'
  | 'upload-damaged'
  | 'upload-busy'
  | 'handoff-refused'
  | 'handoff-wrong-number'
  | 'handoff-expired'
  | 'handoff-ended'
  | 'handoff-disowned';

/** Detail of `selfie-error`. */
export interface SelfieErrorDetail {
  code: SelfieErrorCode;
  /** The sentence that the person reads. */
  message: string;
  /** Whether the person can fix it and try again now. */
  retryable: boolean;
  /** For the page's developer: details beyond the code, if there are any. */
  cause: string | null;
}

/** Detail of `selfie-alternative`. */
export interface SelfieAlternativeDetail {
  /** The state that the person left: `idle`, `starting`, `framing`, `countdown`, `done` or `failed`. */
  state: SelfieState;
}

/** Every event of the element. All of them bubble and are composed. */
export interface SelfieEventMap {
  'selfie-statechange': CustomEvent<SelfieStateChangeDetail>;
  /** A step begins, and says how long the one before took. */
  'selfie-step': CustomEvent<SelfieStepDetail>;
  /** The person agreed on the consent screen. */
  'selfie-consented': CustomEvent<SelfieConsentedDetail>;
  /** The browser listed its cameras: see the element's `devices`. */
  'selfie-devices': CustomEvent<null>;
  'selfie-guidance': CustomEvent<SelfieGuidanceDetail>;
  /** The widget is about to take a photo. The only cancelable event: `preventDefault()` stops it. */
  'selfie-capture': CustomEvent<null>;
  'selfie-captured': CustomEvent<SelfieCapturedDetail>;
  'selfie-progress': CustomEvent<SelfieProgressDetail>;
  'selfie-verified': CustomEvent<SelfieVerdictDetail>;
  'selfie-rejected': CustomEvent<SelfieVerdictDetail>;
  /** The person can't take a selfie, and asks for the page's other way. The attempt has ended. */
  'selfie-alternative': CustomEvent<SelfieAlternativeDetail>;
  /** The person cancelled. */
  'selfie-cancelled': CustomEvent<null>;
  /** This browser may open no camera, as in another app. The element shows ways to another one first, or offers a phone. */
  'selfie-unsupported': CustomEvent<SelfieUnsupported>;
  'selfie-error': CustomEvent<SelfieErrorDetail>;
}

/** Why the widget needs a session: an attempt starts, or the relay says that the last session is over. */
export interface SelfieSessionRequest {
  reason: 'start' | 'expired';
}

/** The page's session: a string, or a function that returns one when the widget needs it. */
export type SelfieSession = string | ((request: SelfieSessionRequest) => string | Promise<string>);

/** What the element can do in a page. */
export interface SelfieSupport {
  /** Whether the page is https, which the camera needs. */
  secureContext: boolean;
  /** Whether the page can use a camera: there is one, and the page may ask for it. The person may still refuse. */
  camera: boolean;
  /** Whether WebAssembly runs. If not, the photo comes from a file or from the phone's camera app. */
  wasm: boolean;
  /** Whether the face can be analysed while the person frames. */
  guidance: boolean;
  /** Why WebAssembly does not run. */
  code: 'wasm-missing' | 'wasm-blocked' | 'wasm-unsupported' | null;
}

/** What the consent screen says about the host, in plain words. Each may be left out. */
export interface SelfieHost {
  /** The name that people know, such as `Example Bank`. */
  name?: string;
  /** Why the photo is compared, instead of the package's words. */
  purpose?: string;
  /** How long the result is kept. */
  retention?: string;
  /** The name of the controller, and how to reach them. */
  controller?: string;
  /** The URL of the privacy notice. */
  privacy?: string;
  /** The URL of the terms. */
  terms?: string;
}

/** A catalogue: the texts of one language. English stands where a text is missing. */
export interface SelfieCatalogue {
  /** A BCP 47 tag, such as `zu` or `pt-BR`. */
  tag: string;
  /** The language's own name, for the switch. */
  name: string;
  /** The direction of its script. */
  dir: 'ltr' | 'rtl';
  /** Whether a person has reviewed the texts. An unreviewed one is used only with `allow-unreviewed`. */
  state: 'reviewed' | 'unreviewed';
  texts: SelfieText;
}

/** Adds a language, or replaces texts of one, for all elements of the page. */
export declare function registerLanguage(catalogue: SelfieCatalogue): void;

/** Takes a selfie, sends it and reports the verdict to the page in `selfie-*` events. */
export declare class AkibaSelfieElement extends HTMLElement {
  /** Attribute `relay`: the relay's base URL; absolute, or a path of the page's own origin. Required. */
  relay: string;
  /** Attribute `identifier`: national id or company registration. Optional if `session` identifies the person. */
  identifier: string;
  /** Attribute `type`: whether the identifier names a person or a business; `individual` by default. */
  type: 'individual' | 'business' | '1' | '2' | '';
  /** Attribute `languages`: the languages between which the person can choose, as BCP 47 tags separated by spaces. */
  languages: string;
  /** Attribute `consent-version`: the version of the page's consent, 1 to 64 printable ASCII characters without spaces. */
  consentVersion: string;
  /** Attribute `allow-unreviewed`: uses translations that no person has reviewed, beside the English consent. */
  allowUnreviewed: boolean;
  /**
   * Attribute `capture`: whether the widget takes the photo at the best moment, or the person does; `auto` by default.
   * The property `capture` is the method.
   */
  captureMode: 'auto' | 'manual' | '';
  /** Attribute `countdown`: counts down three seconds before the widget takes the photo. */
  countdown: boolean;
  /** Attribute `challenge`: a movement that the person has to make. A hurdle, not proof of liveness. */
  challenge: 'turn' | 'closer' | 'random' | '';
  /** Attribute `strict`: does not send a photo without a face, with several faces or with too little light. */
  strict: boolean;
  /** Attribute `camera`: the camera to open first; `front` by default. */
  camera: 'front' | 'back' | '';
  /** Attribute `device-id`: the `deviceId` of the camera to open, if the device has it. */
  deviceId: string;
  /** Attribute `no-review`: sends the photo without a review. */
  noReview: boolean;
  /** Attribute `no-consent`: skips the consent screen, because the page asks for consent itself. */
  noConsent: boolean;
  /** Attribute `no-file`: the photo comes from the camera, not from a file. */
  noFile: boolean;
  /** Attribute `handoff`: whether the person may take the selfie on a phone instead; `off` by default. Needs a session. */
  handoff: 'off' | 'offer' | 'prefer' | '';
  /** Attribute `in-app`: whether the element asks the person to leave the browser of another app; `ask` by default. */
  inApp: 'ask' | 'allow' | '';
  /** Attribute `link-path`: path of the relay's first call; `/v1/customer` by default. */
  linkPath: string;
  /** Attribute `verify-path`: path of the relay's second call; `/v1/customer/verify` by default. */
  verifyPath: string;
  /** Attribute `history`: the browser's button Back leads from the photo to the camera, or cancels. */
  history: boolean;
  /** Attribute `alternative`: shows a button for the page's other way, where a person may need it. */
  alternative: boolean;
  /** Attribute `fullscreen`: on phones, the camera fills the whole window. */
  fullscreen: boolean;
  /** Attribute `debug`: tells the page's developer in the console what happens, what is missing and why. */
  debug: boolean;
  /** Sent to the relay as `Authorization: Bearer`. Never an attribute. */
  session: SelfieSession | null | undefined;
  /** Limits of the guidance by name, instead of the defaults. To change one, set a new object. */
  thresholds: SelfieThresholds | null | undefined;
  /** Words of the page by their keys, instead of the language's. To change one, set a new object. */
  text: SelfieText | null | undefined;
  /** What the consent screen says about the host. To change one, set a new object. */
  host: SelfieHost | null | undefined;
  /** The state of the capture. */
  readonly state: SelfieState;
  /** The photo that the person reviews or that is being sent: a JPEG without metadata. Null in all other states. */
  readonly photo: Blob | null;
  /** The whole verdict, with personal data, in the state `done`; otherwise null. */
  readonly verdict: SelfieVerdict | null;
  /** The cameras that the browser listed when the widget last opened one. */
  readonly devices: SelfieDevice[];

  /** Resolves to what the element can do in this page. It asks the person nothing. */
  static supports(): Promise<SelfieSupport>;

  /** Starts, like the person's own «Start». */
  start(): void;
  /** Takes the photo now. */
  capture(): void;
  /** Takes another photo, if the person has a button for that. */
  retake(): void;
  /** Sends the photo, if the person has a button for that. */
  submit(): void;
  /** Cancels, and turns the camera off. */
  cancel(): void;
  /** Returns the element to its first state. */
  reset(): void;

  addEventListener<K extends keyof SelfieEventMap>(
    type: K,
    listener: (this: AkibaSelfieElement, event: SelfieEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: AkibaSelfieElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof SelfieEventMap>(
    type: K,
    listener: (this: AkibaSelfieElement, event: SelfieEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: AkibaSelfieElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Sets where the package's files are, for a page whose bundler does not find them. Call it before the first element is
 * in the document.
 */
export declare function configure(settings: {
  /** The URL of a folder with the package's folders `pkg` and `vision`. */
  assets?: string | URL;
  /**
   * Whether the detector's worker may start through a blob, which a package on another origin than the page's needs.
   * The page's policy must allow `worker-src blob:`.
   */
  blobWorker?: boolean;
}): void;

declare global {
  interface HTMLElementTagNameMap {
    'akiba-selfie': AkibaSelfieElement;
  }
}
