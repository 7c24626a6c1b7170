/* What the page's own network and camera do at the moment. Each button of the playground changes it. */

/**
 * How the next calls of one kind are answered: the last one stays.
 * @typedef {object} Answer
 * @property {number} [status]
 * @property {string} [code] the code of a problem of the relay, or of the storage's error
 * @property {string} [text] more text of the storage's error
 * @property {boolean} [silent] whether no answer ever comes
 * @property {boolean} [cut] whether the connection breaks
 * @property {number} [after] seconds before the answer
 * @property {number} [retryAfter] seconds of `Retry-After`
 * @property {Record<string, string | undefined>} [body] members of the answer that replace the usual ones
 */

/**
 * @typedef {object} World
 * @property {'none' | 'offline' | 'slow' | 'broken' | 'cut'} network
 * @property {'put' | 'post'} upload how the storage takes the photo
 * @property {import('./verdicts.js').VerdictName} verdict
 * @property {Partial<Record<'link' | 'store' | 'verify' | 'handoff', Answer[]>>} answers what a button asks for, before `network`
 * @property {'sample' | 'own'} source whose face the camera shows
 * @property {keyof typeof import('./scenes.js').SCENES} scene
 * @property {keyof typeof import('./camera.js').CAMERA_FAULTS} camera
 * @property {boolean} spoiled whether what a page draws reads back as noise
 * @property {boolean} unencoded whether a canvas can't be encoded
 * @property {boolean} hurried whether long pauses are short
 */

/** @returns {World} */
const calmWorld = () => ({
  network: 'none',
  upload: 'put',
  verdict: 'verified',
  answers: {},
  source: 'sample',
  scene: 'good',
  camera: 'none',
  spoiled: false,
  unencoded: false,
  hurried: false,
});

/** What people hear of changes by. */
const changes = new EventTarget();

/** The world as it is. @type {World} */
export const world = new Proxy(calmWorld(), {
  set(target, name, value) {
    const changed = Reflect.get(target, name) !== value;
    Reflect.set(target, name, value);
    if (changed) changes.dispatchEvent(new Event('change'));
    return true;
  },
});

/** Calls a listener after each change. @param {() => void} listener */
export const onChange = (listener) => changes.addEventListener('change', listener);

/** Ends every fault, before a button makes its own. What the person has chosen for good stays. */
export function calm() {
  const { source, upload, verdict } = world;
  Object.assign(world, calmWorld(), { source, upload, verdict });
}

/**
 * Returns how a call is answered.
 * @param {'link' | 'store' | 'verify' | 'handoff'} call
 * @returns {Answer}
 */
export function answer(call) {
  const asked = world.answers[call];
  if (asked?.length) return asked.length > 1 ? /** @type {Answer} */ (asked.shift()) : asked[0];
  switch (world.network) {
    case 'offline':
      return { cut: true };
    case 'slow':
      return { after: call === 'store' ? 0.5 : 3 };
    case 'broken':
      return call === 'store' ? { status: 503, code: 'SlowDown' } : { status: 500, code: 'vendor-unavailable' };
    default:
      return {};
  }
}

/** Resolves after this time, as the page's clock shows it. @param {number} seconds @param {AbortSignal} [signal] */
export const pause = (seconds, signal) =>
  /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, 1000 * seconds);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    })
  );
