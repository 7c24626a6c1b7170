/*
 * Analyses pictures in a worker: the WebAssembly beside this file finds the face and measures the picture. It is a
 * classic script, because Firefox before 114 has no module workers.
 *
 * One message is `{wasm}`, the URL of the WebAssembly or its bytes. Every other message has a picture, an ImageBitmap or a
 * VideoFrame, which waits for the WebAssembly. `{picture, side, at, across, down}` is a frame of the camera: the worker takes these shares of its width
 * and height, in its middle, and scales the longest side down to `side` pixels. `at` is the time of the frame in
 * milliseconds. `{picture}` is a photo, which is analysed whole and at full size.
 *
 * The worker answers the messages in order, the WebAssembly first: `{}` when it is ready, `{report, took}` with the numbers of
 * `Report::to_numbers` and the milliseconds that it worked, `{failed}` with the error of one picture, or `{blind}` with
 * the error that ends the analysis: the WebAssembly can't start, or several pictures in a row failed. After that it
 * answers every message with that error.
 */

/** @typedef {{ memory: WebAssembly.Memory, frame(width: number, height: number): number,
 *   analyse(width: number, height: number, at: number): number, analyse_still(width: number, height: number): number,
 *   report_length(): number }} Vision */

/** `(func (drop (v128.const i64x2 0 0)))`: valid only where there is SIMD. */
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 26, 11,
]);

/** @type {OffscreenCanvasRenderingContext2D | null} */
let context = null;
/** @type {WebAssembly.Module | undefined} */
let code;
/** @type {Vision | undefined} */
let vision;
/** The pictures in a row that failed, and how many end the analysis. */
let failures = 0;
const MOST_FAILURES = 3;
/** The error that ended the analysis. @type {unknown} */
let blind;

/** @param {string | BufferSource} wasm */
async function open(wasm) {
  if (typeof OffscreenCanvas === 'undefined') throw new Error('no OffscreenCanvas');
  if (!WebAssembly.validate(SIMD)) throw new Error('no SIMD');
  // Keeps the pixels out of the GPU, as reading them back from there is slow.
  context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas in a worker');
  code = await WebAssembly.compile(typeof wasm === 'string' ? await load(wasm) : wasm);
  await begin(code);
}

/** @param {string} url */
async function load(url) {
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return reply.arrayBuffer();
}

/** Starts the WebAssembly, also again after an error, which leaves its memory in an unknown state.
 * @param {WebAssembly.Module} module */
async function begin(module) {
  const { exports } = await WebAssembly.instantiate(module);
  vision = /** @type {Vision} */ (/** @type {unknown} */ (exports));
}

/** @param {{ picture: ImageBitmap | VideoFrame, side?: number, at?: number, across?: number, down?: number }} message */
function look({ picture, side, at = 0, across = 1, down = 1 }) {
  if (!context || !vision) throw new Error('not ready');
  const began = performance.now();
  const { canvas } = context;
  const wide = 'displayWidth' in picture ? picture.displayWidth : picture.width;
  const high = 'displayHeight' in picture ? picture.displayHeight : picture.height;
  const part = [wide * across, high * down];
  const scale = side ? Math.min(1, side / Math.max(...part)) : 1;
  const [width, height] = part.map((length) => Math.max(1, Math.round(length * scale)));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.imageSmoothingQuality = 'medium';
  context.drawImage(picture, (wide - part[0]) / 2, (high - part[1]) / 2, part[0], part[1], 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  // A view of the memory is valid until the next call, as the memory moves when it grows.
  const place = vision.frame(width, height);
  new Uint8Array(vision.memory.buffer, place, data.length).set(data);
  const numbers = side ? vision.analyse(width, height, at) : vision.analyse_still(width, height);
  if (!numbers) throw new Error('no report');
  const report = new Float32Array(vision.memory.buffer, numbers, vision.report_length()).slice();
  postMessage({ report, took: performance.now() - began }, { transfer: [report.buffer] });
}

/** @type {(first: Promise<void>) => void} */
let start;
/** Ends when every message so far has its answer. @type {Promise<void>} */
let turn = new Promise((resolve) => {
  start = resolve;
});

addEventListener('message', ({ data }) => {
  const answer = async () => {
    try {
      if (blind) throw blind;
      if (data.wasm) {
        await open(data.wasm);
        postMessage({});
      } else {
        look(data);
        failures = 0;
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failures += 1;
      if (!blind && code && vision && failures < MOST_FAILURES) {
        await begin(code).catch(() => {});
        postMessage({ failed: message });
      } else {
        blind = error;
        postMessage({ blind: message });
      }
    } finally {
      data.picture?.close();
    }
  };
  if (data.wasm) start(answer());
  else turn = turn.then(answer);
});
