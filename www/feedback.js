/*
 * What the person hears and feels while the camera is on: tones, spoken hints and a buzz. Also keeps the screen on.
 * Loaded when the camera opens. There are no sound files: the browser makes the tones, and reads the hints in its own
 * voice.
 */

/** The states in which the screen stays on. */
const AWAKE = ['starting', 'framing', 'countdown', 'grabbing', 'submitting'];

/** Each sound as tones: frequency in hertz, begin and length in seconds. */
const TICK = [[880, 0, 0.05]];
const SHUTTER = [
  [1760, 0, 0.03],
  [1320, 0.06, 0.05],
];

/** Follows one element. */
export class Feedback {
  #host;
  #root;
  /** Plays the tones, while the person wants sound. @type {AudioContext | undefined} */
  #audio;
  /** How many checks passed at the last hint. */
  #passed = 0;
  /** @type {WakeLockSentinel | undefined} */
  #lock;
  #speech = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) this.#say(node.textContent ?? '');
  });
  #listening = new AbortController();

  /**
   * @param {import('./index.js').AkibaSelfieElement} host
   * @param {Element} root the root of its widget
   */
  constructor(host, root) {
    this.#host = host;
    this.#root = root;
    const { signal } = this.#listening;
    host.addEventListener('selfie-statechange', ({ detail }) => this.#moved(detail.state), { signal });
    host.addEventListener('selfie-guidance', ({ detail }) => this.#guided(detail.checks), { signal });
    document.addEventListener('visibilitychange', () => this.#stayAwake(), { signal });
    this.#stayAwake();
  }

  /** Turns sound and spoken hints on or off. @param {AudioContext | undefined} audio */
  sound(audio) {
    // The page may speak too.
    if (this.#audio) globalThis.speechSynthesis?.cancel();
    this.#audio = audio;
    this.#speech.disconnect();
    if (!audio) return;
    const regions = this.#root.querySelectorAll('[aria-live]');
    for (const region of regions) this.#speech.observe(region, { childList: true });
    this.#play(TICK);
  }

  end() {
    this.#listening.abort();
    this.sound(undefined);
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** @param {string} state */
  #moved(state) {
    this.#passed = 0;
    // The camera is off when a file is read.
    if (state === 'grabbing' && this.#root.querySelector('video')?.srcObject) {
      navigator.vibrate?.(50);
      this.#play(SHUTTER);
    }
    this.#stayAwake();
  }

  /** @param {Record<string, boolean> | null} checks */
  #guided(checks) {
    const passed = Object.values(checks ?? {}).filter(Boolean).length;
    if (passed > this.#passed) this.#play(TICK);
    this.#passed = passed;
  }

  /** The browser ends the lock when the page is hidden. */
  async #stayAwake() {
    const awake = AWAKE.includes(this.#host.state) && !document.hidden && !this.#listening.signal.aborted;
    if (!awake) {
      this.#lock?.release();
      this.#lock = undefined;
    } else if (!this.#lock || this.#lock.released) {
      // A low battery may refuse it.
      // A browser complains in the console of a frame that may not.
      const { featurePolicy } = /** @type {any} */ (document);
      if (featurePolicy?.allowsFeature('screen-wake-lock') === false) return;
      const lock = await navigator.wakeLock?.request('screen').catch(() => undefined);
      this.#lock?.release();
      this.#lock = lock;
      if (!AWAKE.includes(this.#host.state) || this.#listening.signal.aborted) lock?.release();
    }
  }

  /** @param {number[][]} tones */
  #play(tones) {
    const audio = this.#audio;
    if (!audio) return;
    for (const [frequency, begin, length] of tones) {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      const start = audio.currentTime + begin;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.15, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + length);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + length);
    }
  }

  /** Reads out what a screen reader announces. @param {string} text */
  #say(text) {
    const { speechSynthesis } = globalThis;
    if (!speechSynthesis || !text) return;
    // An old hint is wrong by the time it is read.
    if (speechSynthesis.pending) speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(text);
    words.lang = this.#root.querySelector('[lang]')?.getAttribute('lang') ?? '';
    speechSynthesis.speak(words);
  }
}
