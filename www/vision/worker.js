/*
 * Looks at pictures in a thread of its own: the WebAssembly beside this file finds the face and measures the picture. A
 * classic script, as Firefox before 114 has no module workers.
 *
 * It is sent `{wasm}` once, the URL of the WebAssembly, and then pictures, each an ImageBitmap or a VideoFrame:
 * `{picture, side, at}` for a frame of the camera, with the pixels that its longest side is scaled down to and the time
 * when it was taken in milliseconds, or `{picture}` for a photo, which is looked at as it is. It answers each message in
 * order: `{}` when it is ready, `{report, took}` with the numbers of `Report::to_numbers` and the
 * milliseconds that it worked, or `{blind}` with what is amiss. Blind, it stays so.
 */

/** `(func (drop (v128.const i64x2 0 0)))`: valid only where there is SIMD. */
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 26, 11,
]);

let context;
let vision;
let blind;

async function open(wasm) {
  if (typeof OffscreenCanvas === 'undefined') throw new Error('no OffscreenCanvas');
  if (!WebAssembly.validate(SIMD)) throw new Error('no SIMD');
  // Keeps the pixels out of the GPU: reading them back from there stalls.
  context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas in a worker');
  const reply = await fetch(wasm);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const { instance } = await WebAssembly.instantiate(await reply.arrayBuffer());
  vision = instance.exports;
}

function look({ picture, side, at }) {
  const began = performance.now();
  const { canvas } = context;
  const across = picture.displayWidth ?? picture.width;
  const down = picture.displayHeight ?? picture.height;
  const scale = side ? Math.min(1, side / Math.max(across, down)) : 1;
  const width = Math.max(1, Math.round(across * scale));
  const height = Math.max(1, Math.round(down * scale));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.imageSmoothingQuality = 'medium';
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  // The memory may move when it grows: a view is good until the next call.
  const place = vision.frame(width, height);
  new Uint8Array(vision.memory.buffer, place, data.length).set(data);
  const numbers = side ? vision.analyse(width, height, at) : vision.analyse_still(width, height);
  if (!numbers) throw new Error('no report');
  const report = new Float32Array(vision.memory.buffer, numbers, vision.report_length()).slice();
  postMessage({ report, took: performance.now() - began }, [report.buffer]);
}

let turn = Promise.resolve();

addEventListener('message', ({ data }) => {
  turn = turn.then(async () => {
    try {
      if (blind) throw blind;
      if (data.wasm) {
        await open(data.wasm);
        postMessage({});
      } else {
        look(data);
      }
    } catch (error) {
      blind = error;
      postMessage({ blind: String(error?.message ?? error) });
    } finally {
      data.picture?.close();
    }
  });
});
