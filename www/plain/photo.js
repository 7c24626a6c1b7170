/*
 * Makes the photo from a file: drawn on a canvas and encoded again, so that neither place nor time nor device leaves the
 * browser with it. A browser that forbids this sends nothing.
 */

import { Failure } from './failure.js';

const FILE_BYTES = 20_000_000;
const FILE_PIXELS = 50_000_000;
const LONGEST_SIDE = 1600;
const MOST_BYTES = 400_000;

/** A colour to draw and read back, and how far its channels may differ in the mean; src/adapter/pattern.rs has the reason. */
const DRAWN = [0xc0, 0x60, 0x20];
const TOLERANCE = 8;

/** The first bytes of JPEG, PNG, GIF, BMP and WebP, which every browser reads. */
const COMMON = /^(\xff\xd8\xff|\x89PNG|GIF8|BM|RIFF)/;

/**
 * Returns a JPEG without metadata, of up to 1600 pixels.
 * @param {Blob} file
 * @param {number} [most] how many bytes it may have
 */
export async function makePhoto(file, most = MOST_BYTES) {
  if (isAltered()) throw new Failure('photo-altered');
  if (file.size > FILE_BYTES) throw new Failure('file-too-large');
  let head;
  try {
    head = String.fromCharCode(...new Uint8Array(await file.slice(0, 4).arrayBuffer()));
  } catch {
    throw new Failure('file-unreadable');
  }
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode().catch(() => {
      throw new Failure(COMMON.test(head) ? 'file-unreadable' : 'file-not-image');
    });
    const { naturalWidth, naturalHeight } = image;
    if (naturalWidth * naturalHeight > FILE_PIXELS) throw new Failure('file-too-large');
    return await encode(image, naturalWidth, naturalHeight, most);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Whether the browser changes what a page reads of its own drawings, as protection against fingerprinting. */
function isAltered() {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) return false;
  context.fillStyle = `rgb(${DRAWN})`;
  context.fillRect(0, 0, 16, 16);
  const { data } = context.getImageData(0, 0, 16, 16);
  const differences = data.map((value, at) => (at % 4 === 3 ? 0 : Math.abs(value - DRAWN[at % 4])));
  return differences.reduce((sum, value) => sum + value, 0) > TOLERANCE * 3 * 256;
}

/**
 * @param {HTMLImageElement} image drawn upright by the browser
 * @param {number} imageWidth
 * @param {number} imageHeight
 * @param {number} most
 */
async function encode(image, imageWidth, imageHeight, most) {
  const longest = Math.max(imageWidth, imageHeight);
  let side = Math.min(LONGEST_SIDE, longest);
  for (let quality = 0.85; ; quality -= 0.125) {
    // Fewer pixels look better than visible blocks.
    if (quality < 0.6) {
      quality = 0.6;
      side = Math.round(side * 0.8);
    }
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round((imageWidth * side) / longest));
    canvas.height = Math.max(1, Math.round((imageHeight * side) / longest));
    const context = canvas.getContext('2d');
    if (context) context.imageSmoothingQuality = 'high';
    context?.drawImage(image, 0, 0, canvas.width, canvas.height);
    /** @type {Blob | null} */
    const blob = context && (await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality)));
    if (blob?.type !== 'image/jpeg') throw new Failure('photo-failed');
    if (blob.size <= most || side < 200) {
      const clean = strip(new Uint8Array(await blob.arrayBuffer()));
      return { blob: new Blob(clean, { type: 'image/jpeg' }), width: canvas.width, height: canvas.height };
    }
  }
}

/**
 * Returns the parts of a JPEG that belong to the picture (ITU-T T.81, annex B): no colour profile of the device, no
 * comment. The bare JFIF header stays.
 * @param {Uint8Array<ArrayBuffer>} jpeg
 */
function strip(jpeg) {
  const parts = [jpeg.subarray(0, 2)];
  for (let at = 2; jpeg[at] === 0xff; ) {
    const marker = jpeg[at + 1];
    const end = at + 2 + 256 * jpeg[at + 2] + jpeg[at + 3];
    // The coded picture follows, up to the end.
    if (marker === 0xda) return [...parts, jpeg.subarray(at)];
    const isExtra = marker === 0xfe || (marker >= 0xe1 && marker <= 0xef) || (marker === 0xe0 && end - at !== 18);
    if (!isExtra) parts.push(jpeg.subarray(at, end));
    at = end;
  }
  throw new Failure('photo-failed');
}
