/*
 * The browser's calls for pictures: canvases, files, and frames for the worker. What is drawn, encoded and analysed is
 * decided in Rust. Only the promises of a file are rejected; no function throws.
 */

/** @typedef {HTMLVideoElement | HTMLCanvasElement | HTMLImageElement | ImageBitmap} Picture */

/** Returns the width in pixels, after rotation. @param {any} picture @returns {number} */
export const width = ({ videoWidth, naturalWidth, width }) => videoWidth ?? naturalWidth ?? width;

/** Returns the height. @param {any} picture @returns {number} */
export const height = ({ videoHeight, naturalHeight, height }) => videoHeight ?? naturalHeight ?? height;

/** Returns the aspect ratio (width by height) of a video as it is shown; not a number outside a document. @param {HTMLVideoElement} video */
export const aspect = ({ clientWidth, clientHeight }) => clientWidth / clientHeight;

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [settings] */
const context = (canvas, settings) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', settings));

/**
 * Returns a white canvas outside every document, or nothing if the browser has no memory for it.
 * @param {number} across
 * @param {number} down
 * @param {boolean} read whether its pixels are read: they then stay out of the GPU, because reading them back stalls the page
 */
export function create(across, down, read) {
  const canvas = document.createElement('canvas');
  canvas.width = across;
  canvas.height = down;
  if (!context(canvas, { willReadFrequently: read })) return undefined;
  // Each pixel of a large picture counts in a photo. Where only the mean counts, it would be a fifth of the time of a draw.
  context(canvas).imageSmoothingQuality = read ? 'low' : 'high';
  fill(canvas, '#fff', across);
  return canvas;
}

/** Fills the left part of a canvas. @param {HTMLCanvasElement} canvas @param {string} colour @param {number} across */
export function fill(canvas, colour, across) {
  context(canvas).fillStyle = colour;
  context(canvas).fillRect(0, 0, across, canvas.height);
}

/**
 * Draws the middle of a picture over the whole canvas. Returns whether the browser could.
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {number} across the share of the picture's width
 * @param {number} down the share of its height
 */
export function draw(canvas, picture, across, down) {
  const { width, height } = canvas;
  const [whole, high] = [width / across, height / down];
  try {
    context(canvas).drawImage(picture, (width - whole) / 2, (height - high) / 2, whole, high);
    return true;
  } catch {
    return false;
  }
}

/** Returns the pixels row by row, four bytes each. @param {HTMLCanvasElement} canvas */
export function pixels(canvas) {
  try {
    return context(canvas).getImageData(0, 0, canvas.width, canvas.height).data;
  } catch {
    return undefined;
  }
}

/**
 * Resolves to some pixels of the middle of a video's current frame, four bytes each, as many as the canvas has.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLVideoElement} video
 * @param {number} across the share of its width
 * @param {number} down the share of its height
 */
export const sample = async (canvas, video, across, down) =>
  (await luma(video, across, down, canvas.width * canvas.height)) ??
  (draw(canvas, video, across, down) ? pixels(canvas) : undefined);

/**
 * Resolves to grey pixels in no order, if the frame has a plane of luma. Drawing the frame would convert all its colours
 * first: a tenth of a second on a cheap phone.
 * @param {HTMLVideoElement} video
 * @param {number} across
 * @param {number} down
 * @param {number} count about how many
 */
async function luma(video, across, down, count) {
  /** @type {VideoFrame | undefined} */
  let frame;
  try {
    frame = new VideoFrame(video);
    const { format, visibleRect, displayWidth, displayHeight, colorSpace } = frame;
    // «I420», «I422», «I444» and «NV12»: 8 bits, and the luma first.
    if (!visibleRect || !/^(I4..|NV12)$/.test(/** @type {string} */ (format))) return undefined;
    const bytes = new Uint8Array(frame.allocationSize());
    const [{ offset, stride }] = await frame.copyTo(bytes);
    const { width, height } = visibleRect;
    // A frame that lies on its side is cut above and below.
    const isUpright = width > height === displayWidth > displayHeight;
    const [wide, high] = isUpright ? [width * across, height * down] : [width * down, height * across];
    const step = Math.max(1, Math.sqrt((wide * high) / count));
    const grey = [];
    for (let y = (height - high + step) / 2; y < (height + high) / 2; y += step)
      for (let x = (width - wide + step) / 2; x < (width + wide) / 2; x += step) {
        const luma = bytes[offset + Math.trunc(y) * stride + Math.trunc(x)];
        // In most videos black is 16 and white 235.
        const value = colorSpace.fullRange ? luma : (luma - 16) * (255 / 219);
        grey.push(value, value, value, value);
      }
    return Uint8ClampedArray.from(grey);
  } catch {
    // This browser has no frames, or none of this video.
    return undefined;
  } finally {
    frame?.close();
  }
}

/** Resolves to the canvas as a JPEG, if the browser can. @param {HTMLCanvasElement} canvas @param {number} quality 0 to 1 */
export const jpeg = (canvas, quality) =>
  new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality)).catch(() => undefined);

/**
 * Frees the pixels. Safari on iOS would keep them until the garbage collector runs, and refuses new canvases above 384 MB.
 * @param {HTMLCanvasElement} canvas
 */
export function release(canvas) {
  canvas.width = 0;
  canvas.height = 0;
}

/**
 * Resolves to a part of a file. WebKit returns nothing of `slice(0, Infinity)`.
 * @param {Blob} file
 * @param {number} from from the end if negative
 * @param {number} to
 */
export const read = async (file, from, to) =>
  new Uint8Array(await file.slice(from, Math.min(to, file.size)).arrayBuffer());

/**
 * Resolves to a decoded image, with its rotation applied.
 * @param {Blob} file
 * @returns {Promise<ImageBitmap | HTMLImageElement>}
 */
export async function decode(file) {
  try {
    // As most browsers decode, off the main thread.
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    // For older Safari, which does not rotate bitmaps and does not decode HEIF into them.
    const image = new Image();
    image.src = URL.createObjectURL(file);
    try {
      await image.decode();
      return image;
    } catch (error) {
      close(image);
      throw error;
    }
  }
}

/**
 * Frees a decoded image. An element keeps its URL until it is drawn, because browsers may decode it again then.
 * @param {any} image
 */
export function close(image) {
  if (image.close) image.close();
  else URL.revokeObjectURL(image.src);
}

/** Makes a photo of its bytes. @param {Uint8Array<ArrayBuffer>} bytes */
export const jpegBlob = (bytes) => new Blob([bytes], { type: 'image/jpeg' });

/** Whether the camera itself can take a photo in this browser. */
export const hasStillCamera = () => 'ImageCapture' in globalThis;

/** Lets the camera of a video take a photo. @param {HTMLVideoElement} video */
export async function takePhoto(video) {
  const { ImageCapture } = /** @type {any} */ (globalThis);
  const stream = /** @type {MediaStream} */ (video.srcObject);
  return new ImageCapture(stream.getVideoTracks()[0]).takePhoto();
}

/**
 * When a frame was taken, which share of its width and height in the middle is analysed, and at how many pixels.
 * @typedef {{ at: number, across: number, down: number, side: number }} Frame
 */

/** The interval between frames if the browser does not report them. */
const BLIND_FRAME_MS = 33;
/** A browser that reports no frame for this long, although the video plays, never does. Slow cameras send a few a second. */
const SILENT_MS = 1000;
let isSilent = false;

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
    // This browser has no frames, or none of this video. Copying the video shows which.
  }
  try {
    return await createImageBitmap(source, resizeWidth ? { resizeWidth, resizeQuality: 'medium' } : {});
  } catch {
    return undefined;
  }
}

/**
 * Resolves when the video shows another frame, or is emptied. A hidden page shows none. WebKit has
 * `requestVideoFrameCallback` and never calls it where it renders in some ways.
 * @param {HTMLVideoElement} video
 * @returns {Promise<void>}
 */
export const nextFrame = (video) =>
  new Promise((resolve) => {
    const { srcObject, currentTime } = video;
    const reports = !isSilent && 'requestVideoFrameCallback' in video;
    const done = () => {
      clearInterval(timer);
      resolve();
    };
    const look = () => {
      const isOn = video.srcObject === srcObject;
      isSilent = isOn && video.currentTime !== currentTime;
      if (isSilent || !isOn) done();
    };
    const timer = reports ? setInterval(look, SILENT_MS) : setInterval(done, BLIND_FRAME_MS);
    if (reports) video.requestVideoFrameCallback(done);
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
