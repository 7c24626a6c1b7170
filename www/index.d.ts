/** Where the capture stands. */
export type SelfieState =
  | 'idle'
  | 'consent'
  | 'starting'
  | 'framing'
  | 'countdown'
  | 'grabbing'
  | 'review'
  | 'submitting'
  | 'done'
  | 'failed';

/** What a measure came to. */
export interface SelfieMeasure {
  /** In the measure's own unit. */
  value: number;
  unit: string;
  /** 0 bad to 100 good, where ISO/IEC 29794-5 maps the value to one. */
  score: number | null;
  /** The limits of the guidance, as they stand before they loosen; null where it has none. */
  threshold: { min: number | null; max: number | null } | null;
  /** Whether the value is within them. */
  pass: boolean | null;
}

/** What was seen of a challenge. A hurdle, not proof of life. */
export interface SelfieChallenge {
  kind: 'turn' | 'closer' | 'random';
  /** `unavailable`: frames could not be looked at, or the photo is a file. */
  outcome: 'done' | 'skipped' | 'timed-out' | 'unavailable';
  /** How often it was begun. */
  attempts: number;
  /** What was asked for the last time, in this order. */
  movements: {
    movement: 'turn-left' | 'turn-right' | 'closer';
    /** The furthest that was seen of it. */
    value: number;
    unit: string;
    /** Milliseconds until it was seen; null where it was not. */
    took: number | null;
  }[];
}

/** What is wrong with a photo, the worst first. */
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

/** What is known of a frame or a photo. What begins with `luminance` is of the whole picture. */
export interface SelfieQuality {
  /** Mean luminance (Rec. 709 luma of the sRGB values), 0 black to 1 white. */
  luminanceMean: number | null;
  /** Variance of the same, 0 to 0.25; 0 is one even colour. */
  luminanceVariance: number | null;
  /** The face detector; null where frames can't be looked at on this device. Then there are no measures. */
  model: string | null;
  /** How many faces there are. */
  faces?: number | null;
  /** What is wrong with the photo, if anything is. */
  flaw?: SelfieFlaw | null;
  /** What could be measured of the main face, by name, in the terms of ISO/IEC 29794-5. */
  measures?: Record<string, SelfieMeasure>;
  /** The version of the thresholds. */
  thresholds?: string;
  /** How many steps the thresholds had loosened, 0 to 3. */
  loosened?: number;
  /** How the capture went, in milliseconds from the first frame that was looked at; null for a file. */
  times?: { frames: number; firstFace: number | null; guided: number } | null;
  /** Null where the page asks for none, or it is not over. */
  challenge?: SelfieChallenge | null;
}

/** What must hold for a good photo. */
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

/** What the person can be told. */
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

/** Limits of the guidance by name, in place of the defaults; docs/guidance.md lists names, units and ranges. */
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

/** Detail of `selfie-guidance`. */
export interface SelfieGuidanceDetail {
  /** What the person is told. */
  hint: SelfieHint;
  quality: SelfieQuality;
  /** Which checks hold; null where frames can't be looked at. */
  checks: Record<SelfieCheck, boolean> | null;
}

/** Detail of `selfie-captured`. */
export interface SelfieCapturedDetail {
  /** The photo: a JPEG without metadata. */
  blob: Blob;
  /** Pixels across. */
  width: number;
  /** Pixels down. */
  height: number;
  /** Null where the browser lets nobody read pixels. */
  quality: SelfieQuality | null;
}

/** Detail of `selfie-progress`. */
export interface SelfieProgressDetail {
  phase: 'linking' | 'uploading' | 'verifying';
  /** Bytes sent; 0 in the other phases. */
  sent: number;
  /** Bytes in all; 0 in the other phases. */
  total: number;
}

/** Detail of `selfie-verified` and `selfie-rejected`. It comes through the browser: trust what the relay tells your server. */
export interface SelfieVerdictDetail {
  outcome: 'verified' | 'rejected';
  /** Why it was rejected; null when verified. */
  reason: 'not-matched' | 'fraud' | null;
  /** The vendor's sentence, in English. */
  message: string | null;
  /** The person on record, as the vendor names the fields. Personal data. */
  identity: Record<string, unknown> | null;
  scores: {
    /** How suspicious the vendor finds the selfie, 0 to 1. */
    fraud: number | null;
    /** How sure the vendor is that both photos show one person, 0 to 1. */
    match: number | null;
  };
  /** The vendor's whole reply. Personal data. */
  response: Record<string, unknown>;
  /** What is known of the photo; null where the browser lets nobody read pixels. */
  quality: SelfieQuality | null;
}

/** The stable code of a failure. */
export type SelfieErrorCode =
  | 'config'
  | 'load'
  | 'crash'
  | 'camera-denied'
  | 'camera-dismissed'
  | 'camera-not-found'
  | 'camera-in-use'
  | 'camera-insecure-page'
  | 'camera-blocked'
  | 'camera-unsupported'
  | 'camera-ended'
  | 'camera-failed'
  | 'photo-failed'
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
  | 'upload-unreachable'
  | 'upload-stalled'
  | 'upload-expired'
  | 'upload-clock-skew'
  | 'upload-refused'
  | 'upload-too-large'
  | 'upload-damaged'
  | 'upload-busy';

/** Detail of `selfie-error`. */
export interface SelfieErrorDetail {
  code: SelfieErrorCode;
  /** The sentence that the person reads. */
  message: string;
  /** Whether the person can do something about it here and now. */
  retryable: boolean;
  /** For the page's developer: what exactly is wrong, where more is known than the code says. */
  cause: string | null;
}

/** Every event of the element. All of them bubble and are composed. */
export interface SelfieEventMap {
  'selfie-statechange': CustomEvent<SelfieStateChangeDetail>;
  'selfie-guidance': CustomEvent<SelfieGuidanceDetail>;
  /** A photo is about to be made; the one event that can be cancelled, by `preventDefault()`. */
  'selfie-capture': CustomEvent<null>;
  'selfie-captured': CustomEvent<SelfieCapturedDetail>;
  'selfie-progress': CustomEvent<SelfieProgressDetail>;
  'selfie-verified': CustomEvent<SelfieVerdictDetail>;
  'selfie-rejected': CustomEvent<SelfieVerdictDetail>;
  /** The person gave up. */
  'selfie-cancelled': CustomEvent<null>;
  'selfie-error': CustomEvent<SelfieErrorDetail>;
}

/** Why a session is asked for: an attempt begins, or the relay says that the last one is over. */
export interface SelfieSessionRequest {
  reason: 'start' | 'expired';
}

/** The page's session: a string, or a function that gives one when it is needed. */
export type SelfieSession = string | ((request: SelfieSessionRequest) => string | Promise<string>);

/** Takes a selfie, sends it and tells the page the verdict by `selfie-*` events. */
export declare class AkibaSelfieElement extends HTMLElement {
  /** Attribute `relay`: the relay's base URL; absolute, or a path of the page's own origin. Required. */
  relay: string;
  /** Attribute `identifier`: national id or company registration. May be missing where `session` knows it. */
  identifier: string;
  /** Attribute `type`: whom the identifier names; `individual` if missing. */
  type: 'individual' | 'business' | '1' | '2' | '';
  /**
   * Attribute `capture`: who takes the photo, the widget at the best moment or the person; `auto` if missing. The property
   * `capture` is the method.
   */
  captureMode: 'auto' | 'manual' | '';
  /** Attribute `countdown`: count three seconds before a photo that is taken by itself. */
  countdown: boolean;
  /** Attribute `challenge`: a movement that the person is asked for. A hurdle, not proof of life. */
  challenge: 'turn' | 'closer' | 'random' | '';
  /** Attribute `strict`: a photo with no face, several faces or too little light is not sent. */
  strict: boolean;
  /** Attribute `camera`: the camera to begin with; `front` if missing. */
  camera: 'front' | 'back' | '';
  /** Attribute `no-review`: send the photo without asking. */
  noReview: boolean;
  /** Attribute `no-consent`: the page has asked for consent itself. */
  noConsent: boolean;
  /** Attribute `link-path`: path of the relay's first call; `/v1/customer` if missing. */
  linkPath: string;
  /** Attribute `verify-path`: path of the relay's second call; `/v1/customer/verify` if missing. */
  verifyPath: string;
  /** Sent to the relay as `Authorization: Bearer`. Never an attribute. */
  session: SelfieSession | null | undefined;
  /** Limits of the guidance by name, in place of the defaults. To change one, set it anew. */
  thresholds: SelfieThresholds | null | undefined;
  /** Where the capture stands. */
  readonly state: SelfieState;

  /** Begins, as the person's own «Start» does. */
  start(): void;
  /** Takes the photo now. */
  capture(): void;
  /** Takes another photo. */
  retake(): void;
  /** Sends the photo. */
  submit(): void;
  /** Gives up, and turns the camera off. */
  cancel(): void;
  /** Makes the element as it was at first. */
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

declare global {
  interface HTMLElementTagNameMap {
    'akiba-selfie': AkibaSelfieElement;
  }
}
