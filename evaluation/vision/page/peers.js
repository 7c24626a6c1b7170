// The compared detectors. Each starts with a frame's size, and then takes frames as a canvas's RGBA.

/** The shipped module, with everything that it does with a frame. */
async function module_(width, height) {
  const { instance } = await WebAssembly.instantiateStreaming(fetch('/module.wasm'), {});
  const { memory, frame, analyse, report_length } = /** @type {any} */ (instance.exports);
  const look = ({ data }) => {
    // A call may grow the memory, which replaces its buffer.
    const place = frame(width, height);
    new Uint8Array(memory.buffer, place, data.length).set(data);
    const report = analyse(width, height, performance.now());
    const numbers = new Float32Array(memory.buffer, report, report_length());
    const [, , , , , faces, score, left, top, wide, high, ...rest] = numbers;
    const keypoints = [0, 1, 2, 3, 4, 5].map((at) => [rest[2 * at], rest[2 * at + 1]]);
    return faces ? [{ score, box: [left, top, wide, high], keypoints }] : [];
  };
  return { look };
}

/**
 * Imports a package, whose types are not installed for the lint.
 * @param {string} path
 * @returns {Promise<any>}
 */
const load = (path) => import(path);

/** MediaPipe's detector, with the same model. */
async function tasks(width, height) {
  const { FaceDetector } = await load('/npm/@mediapipe/tasks-vision/vision_bundle.mjs');
  const root = '/npm/@mediapipe/tasks-vision/wasm/vision_wasm_internal';
  const detector = await FaceDetector.createFromOptions(
    { wasmLoaderPath: `${root}.js`, wasmBinaryPath: `${root}.wasm` },
    {
      baseOptions: { modelAssetPath: '/model.tflite', delegate: 'CPU' },
      runningMode: 'VIDEO',
      minDetectionConfidence: 0.5,
    },
  );
  let at = 0;
  const look = (image) => {
    at += 33;
    const { detections } = detector.detectForVideo(image, at);
    return detections.map(({ boundingBox: box, categories, keypoints }) => ({
      score: categories[0].score,
      box: [box.originX, box.originY, box.width, box.height],
      keypoints: keypoints.map(({ x, y }) => [x * width, y * height]),
    }));
  };
  return { look };
}

/** LiteRT.js: only the network, on a tensor that exists already. */
async function litert() {
  const { loadLiteRt, loadAndCompile, Tensor } = await load('/npm/@litertjs/core/dist/index.js');
  await loadLiteRt('/npm/@litertjs/core/wasm/');
  const model = await loadAndCompile('/model.tflite', { accelerator: 'wasm' });
  const input = new Tensor(
    new Float32Array(128 * 128 * 3).map((_, at) => Math.sin(at)),
    [1, 128, 128, 3],
  );
  const look = async () => {
    for (const output of Object.values(await model.run([input]))) {
      output.toTypedArray();
      output.delete();
    }
  };
  return { look };
}

/** Returns a function that draws a frame with the portrait: its size, place, roll, light and blur. */
async function painter(width, height) {
  const image = await createImageBitmap(await (await fetch('/portrait.jpg')).blob());
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return ({ size, x, y, roll, light, blur, ground }) => {
    context.resetTransform();
    context.filter = 'none';
    context.fillStyle = ground;
    context.fillRect(0, 0, width, height);
    // The middle of the face is at 223, 128 of the portrait's 512 pixels; it is 96 wide.
    context.translate(x * width, y * height);
    context.rotate(roll);
    context.scale((size * width) / 96, (size * width) / 96);
    context.filter = `brightness(${light}) blur(${blur}px)`;
    context.drawImage(image, -223, -128);
    return context.getImageData(0, 0, width, height);
  };
}

globalThis.peers = { module: module_, tasks, litert, painter };
