/*
 * The browser's calls for the worker that analyses pictures, and for the camera's frames that it gets. No function throws.
 */

/**
 * When a frame was taken, which share of its width and height in the middle is analysed, and at how many pixels.
 * @typedef {{ at: number, across: number, down: number, side: number }} Frame
 */

/** The interval between frames if the browser does not report them. */
const BLIND_FRAME_MS = 33;

/**
 * Whether a `VideoFrame` reports its rotation. Phones send frames as the sensor is mounted and rotate them for display.
 * Browsers whose frames do not report it (<https://github.com/w3c/webcodecs/issues/351>) would have them analysed on their
 * side.
 */
const framesKnowTheirRotation = () => 'rotation' in (globalThis.VideoFrame?.prototype ?? {});

/**
 * Resolves to a picture that can be transferred to another thread, if the browser can make one: the camera's own frame
 * without a copy, or a copy.
 * @param {any} source
 * @param {boolean} isVideo
 * @param {number | undefined} resizeWidth the width of a copy. The browser keeps the ratio of the sides. A browser that does
 *   not know this option makes a larger copy, which the worker scales.
 * @returns {Promise<VideoFrame | ImageBitmap | undefined>}
 */
export async function picture(source, isVideo, resizeWidth) {
  try {
    if (isVideo && framesKnowTheirRotation()) return new VideoFrame(source);
  } catch {
    // There is no frame, or not of this video: a copy says which.
  }
  try {
    return await createImageBitmap(source, resizeWidth ? { resizeWidth, resizeQuality: 'medium' } : {});
  } catch {
    return undefined;
  }
}

/** Resolves when the video shows another frame. A hidden page shows none. @param {HTMLVideoElement} video */
export const nextFrame = (video) =>
  new Promise((resolve) => {
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(resolve);
    else setTimeout(resolve, BLIND_FRAME_MS);
  });

/**
 * Sends a picture to the worker, which owns it from then on. Returns whether the browser could.
 * @param {Worker} worker
 * @param {VideoFrame | ImageBitmap} picture
 * @param {Frame | undefined} frame for a frame of the camera
 */
export function send(worker, picture, frame) {
  try {
    worker.postMessage({ picture, ...frame }, [picture]);
    return true;
  } catch {
    return false;
  }
}

/** Listens to a worker. */
export class Listening {
  #over = new AbortController();

  /**
   * @param {Worker} worker
   * @param {(answer: unknown) => void} tell called with each answer, and with nothing if the worker's script fails
   */
  constructor(worker, tell) {
    worker.addEventListener('message', ({ data }) => tell(data), this.#over);
    const fail = (/** @type {Event} */ event) => {
      // Otherwise the page would receive the error, too.
      event.preventDefault();
      tell(undefined);
    };
    worker.addEventListener('error', fail, this.#over);
  }

  stop() {
    this.#over.abort();
  }
}
