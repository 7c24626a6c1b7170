/* The thread that looks at the camera's pictures. The widget asks for it when the camera opens, and ends it itself. */

/**
 * Begins the thread, which loads what it needs.
 * @returns {Worker}
 * @throws {DOMException} where the page may not begin it, as when this file is of another origin
 */
export function openVision() {
  const worker = new Worker(new URL('./vision/worker.js', import.meta.url));
  worker.postMessage({ wasm: new URL('./vision/akiba-vision.wasm', import.meta.url).href });
  return worker;
}
