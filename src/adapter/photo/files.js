/* The browser's calls for files and photos. A promise is rejected if the browser can't. */

/** Resolves to a part of a file. @param {Blob} file @param {number} from from the end if negative @param {number} to */
export const read = async (file, from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer());

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
