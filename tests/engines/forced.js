/*
 * Takes from a page, before its first script, what its query says. So the ways of other browsers run in this one.
 *
 *   old=NAME        everything that this old browser does not have, from `OLD`
 *   without=A,B     these features: VideoFrame, Worker, frames (`requestVideoFrameCallback`)
 *   frames=silent   `requestVideoFrameCallback` is there, and never calls
 *   copies=large    `createImageBitmap` does not know its options
 *   blank=N         the first N frames for a photo draw nothing
 *   detector=late   the detector's WebAssembly is asked for seven seconds later
 *   detector=lost   the first worker does not find it
 */
(() => {
  const query = new URLSearchParams(location.search);
  const LATER_MS = 7_000;
  const of = (name) => name.split('.').reduce((owner, key) => owner?.[key], /** @type {any} */ (globalThis));

  const FEATURES = {
    VideoFrame: { globalThis: ['VideoFrame'] },
    Worker: { globalThis: ['Worker'] },
    frames: { 'HTMLVideoElement.prototype': ['requestVideoFrameCallback', 'cancelVideoFrameCallback'] },
  };
  const SINCE_2022 = {
    globalThis: ['scheduler', 'CloseWatcher', 'Iterator', 'navigation', 'documentPictureInPicture'],
    Object: ['groupBy'],
    Map: ['groupBy'],
    Promise: ['withResolvers', 'try'],
    URL: ['canParse', 'parse'],
    Array: ['fromAsync'],
    RegExp: ['escape'],
    AbortSignal: ['any'],
    Uint8Array: ['fromBase64', 'fromHex'],
    'Uint8Array.prototype': ['toBase64', 'toHex'],
    'Set.prototype': ['union', 'intersection', 'difference'],
    'Blob.prototype': ['bytes'],
    'Response.prototype': ['bytes'],
    'Element.prototype': ['checkVisibility', 'setHTMLUnsafe', 'moveBefore'],
    'HTMLElement.prototype': ['popover', 'showPopover', 'hidePopover', 'togglePopover'],
    'ShadowRoot.prototype': ['getHTML', 'setHTMLUnsafe'],
    'Document.prototype': ['startViewTransition'],
  };
  const ARRAYS = ['toSorted', 'toReversed', 'toSpliced', 'with'];
  /** What is missing in each of the oldest browsers with guidance or a camera, by owner. */
  const OLD = {
    'chrome-96': [
      SINCE_2022,
      {
        globalThis: ['structuredClone'],
        AbortSignal: ['timeout'],
        'AbortSignal.prototype': ['throwIfAborted', 'reason'],
        'Array.prototype': ['findLast', 'findLastIndex', ...ARRAYS],
        'Uint8Array.prototype.__proto__': ['findLast', 'findLastIndex', ...ARRAYS],
        'String.prototype': ['isWellFormed', 'toWellFormed'],
        'HTMLElement.prototype': ['inert'],
        'VideoFrame.prototype': ['rotation', 'flip'],
      },
    ],
    'firefox-101': [
      SINCE_2022,
      FEATURES.VideoFrame,
      FEATURES.frames,
      {
        globalThis: ['OffscreenCanvas', 'CompressionStream', 'TextDecoderStream', 'CustomStateSet', 'ImageCapture'],
        'Array.prototype': ['findLast', 'findLastIndex', ...ARRAYS],
        'Uint8Array.prototype.__proto__': ['findLast', 'findLastIndex', ...ARRAYS],
        'String.prototype': ['isWellFormed', 'toWellFormed'],
        'HTMLElement.prototype': ['inert'],
        'ElementInternals.prototype': ['states'],
        'Navigator.prototype': ['wakeLock', 'userActivation'],
      },
    ],
    'safari-16.4': [
      SINCE_2022,
      {
        globalThis: ['CustomStateSet', 'requestIdleCallback', 'ImageCapture', 'BarcodeDetector'],
        'ElementInternals.prototype': ['states'],
      },
    ],
  };

  const forget = (owners) => {
    for (const [owner, names] of Object.entries(owners)) {
      const from = of(owner);
      if (from) for (const name of names) Reflect.deleteProperty(from, name);
    }
  };
  for (const name of query.get('without')?.split(',') ?? []) forget(FEATURES[name]);
  for (const owners of OLD[query.get('old')] ?? []) forget(owners);
  if (query.get('old') === 'chrome-96' && globalThis.CustomStateSet) {
    // Before Chrome 125, the names of states begin with two hyphens.
    const { add } = CustomStateSet.prototype;
    CustomStateSet.prototype.add = function (name) {
      if (!name.startsWith('--')) throw new SyntaxError(name);
      return add.call(this, name);
    };
  }
  if (query.get('frames') === 'silent') HTMLVideoElement.prototype.requestVideoFrameCallback = () => 1;
  if (query.get('copies') === 'large') {
    const copy = createImageBitmap.bind(globalThis);
    globalThis.createImageBitmap = (/** @type {any} */ source) => copy(source);
  }

  let blank = Number(query.get('blank'));
  if (blank) {
    const { drawImage } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.drawImage = function (.../** @type {any} */ drawn) {
      // A canvas for brightness is smaller.
      const isPhoto = drawn[0] instanceof HTMLVideoElement && this.canvas.width > 100;
      if (isPhoto && blank > 0) blank -= 1;
      else drawImage.apply(this, drawn);
    };
  }

  // Without OffscreenCanvas in its workers, Firefox before 105 has no guidance.
  const detector = query.get('old') === 'firefox-101' ? 'none' : query.get('detector');
  if (detector) {
    let started = 0;
    globalThis.Worker = class extends Worker {
      #number = ++started;

      postMessage(message, ...rest) {
        const post = (/** @type {any} */ sent) => super.postMessage(sent, ...rest);
        if (!message.wasm) post(message);
        else if (detector === 'late') setTimeout(post, LATER_MS, message);
        else post(detector === 'lost' && this.#number > 1 ? message : { wasm: '/not-there.wasm' });
      }
    };
  }
})();
