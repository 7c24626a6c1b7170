/*
 * The browser's calls for pictures: canvases, and everything that can be drawn on one. What is drawn and how it is encoded
 * is decided in Rust. No function throws.
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
  context(canvas).imageSmoothingQuality = 'high';
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
