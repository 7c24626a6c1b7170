/* The browser's camera as the playground has it: the sample face or the person's own camera, and their faults. */

import { HEIGHT, stage, WIDTH } from './scenes.js';
import { world } from './world.js';

/** Frames a second. */
const RATE = 30;
const SAMPLE = { kind: 'videoinput', deviceId: 'sample-face', label: 'Sample face', groupId: '' };

/**
 * @typedef {object} CameraFault
 * @property {string} label
 * @property {string} [error] the exception's name
 * @property {'granted' | 'denied' | 'prompt'} [permission] what the browser then says about the permission
 * @property {'no answer' | 'no API' | 'no https'} [instead]
 */

export const CAMERA_FAULTS = {
  /** @type {CameraFault} */
  none: { label: 'No fault' },
  /** @type {CameraFault} */
  denied: { label: 'Refused', error: 'NotAllowedError', permission: 'denied' },
  /** @type {CameraFault} */
  missing: { label: 'No camera', error: 'NotFoundError' },
  /** @type {CameraFault} */
  busy: { label: 'Busy', error: 'NotReadableError' },
  /** @type {CameraFault} */
  frozen: { label: 'Frozen' },
  /** @type {CameraFault} */
  unanswered: { label: 'Question not answered', instead: 'no answer' },
  /** @type {CameraFault} */
  dismissed: { label: 'Question closed', error: 'NotAllowedError', permission: 'prompt' },
  /** @type {CameraFault} */
  system: { label: 'Forbidden by the system', error: 'NotAllowedError', permission: 'granted' },
  /** @type {CameraFault} */
  blocked: { label: 'Forbidden by the page', error: 'SecurityError' },
  /** @type {CameraFault} */
  failed: { label: 'Failing', error: 'InvalidStateError' },
  /** @type {CameraFault} */
  unsupported: { label: 'Not known to the browser', instead: 'no API' },
  /** @type {CameraFault} */
  insecure: { label: 'Page without https', instead: 'no https' },
};

/** @returns {CameraFault} */
const fault = () => CAMERA_FAULTS[world.camera];

/** The tracks of the cameras that are on. @type {Set<MediaStreamTrack>} */
const tracks = new Set();

/** Replaces the browser's camera with the playground's. */
export function installCamera() {
  const devices = navigator.mediaDevices ?? new EventTarget();
  const ask = devices.getUserMedia?.bind(devices);
  const list = devices.enumerateDevices?.bind(devices);
  devices.getUserMedia = async (/** @type {MediaStreamConstraints} */ constraints) => {
    const { error, instead } = fault();
    if (instead === 'no answer') return new Promise(() => {});
    if (error) throw new DOMException('The playground answers so.', error);
    if (world.source === 'sample') return sample();
    if (!ask) throw new DOMException('This page has no camera.', 'NotFoundError');
    const stream = await ask(constraints);
    for (const track of stream.getTracks()) keep(track);
    return stream;
  };
  devices.enumerateDevices = async () => {
    if (world.camera === 'missing') return [];
    return world.source === 'sample' || !list ? [/** @type {any} */ (SAMPLE)] : list();
  };
  const hidden = () => ['no API', 'no https'].includes(fault().instead ?? '');
  define(navigator, 'mediaDevices', () => (hidden() ? undefined : devices));
  const { isSecureContext } = globalThis;
  define(globalThis, 'isSecureContext', () => isSecureContext && fault().instead !== 'no https');
  installPermission();
  installPixels();
}

/** Stops the camera, as if it were unplugged. */
export function unplug() {
  for (const track of tracks) {
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
}

/** Freezes the picture, or lets it go on, as during a phone call. */
export function follow() {
  const name = world.camera === 'frozen' ? 'mute' : 'unmute';
  for (const track of tracks) track.dispatchEvent(new Event(name));
}

async function sample() {
  const { canvas, draw } = await stage();
  const stream = canvas.captureStream(RATE);
  const [track] = stream.getVideoTracks();
  const settings = { deviceId: SAMPLE.deviceId, facingMode: 'user', width: WIDTH, height: HEIGHT, frameRate: RATE };
  track.getSettings = () => settings;
  define(track, 'label', () => SAMPLE.label);
  keep(track);
  const timer = setInterval(() => {
    if (track.readyState === 'ended') clearInterval(timer);
    else if (world.camera !== 'frozen') draw();
  }, 1000 / RATE);
  return stream;
}

/** @param {MediaStreamTrack} track */
function keep(track) {
  for (const one of tracks) if (one.readyState === 'ended') tracks.delete(one);
  tracks.add(track);
  define(track, 'muted', () => world.camera === 'frozen');
}

function installPermission() {
  const { permissions } = navigator;
  const query = permissions?.query.bind(permissions);
  if (!query) return;
  permissions.query = async (descriptor) => {
    const status = await query(descriptor);
    const { permission = world.source === 'sample' ? 'granted' : undefined } = fault();
    if (/** @type {string} */ (descriptor.name) === 'camera' && permission) define(status, 'state', () => permission);
    return status;
  };
}

/** Lets the page's canvases fail where a button asks for it. */
function installPixels() {
  const { prototype } = CanvasRenderingContext2D;
  const { getImageData } = prototype;
  prototype.getImageData = function (...args) {
    const pixels = getImageData.apply(this, args);
    if (world.spoiled) crypto.getRandomValues(pixels.data.subarray(0, 65_536));
    return pixels;
  };
  const { toBlob } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.toBlob = function (...args) {
    if (world.unencoded) setTimeout(() => args[0](null));
    else toBlob.apply(this, args);
  };
  // A browser that spoils pixels has a way around it if the camera itself takes photos.
  Reflect.deleteProperty(globalThis, 'ImageCapture');
}

/** @param {object} object @param {string} name @param {() => unknown} get */
const define = (object, name, get) => Object.defineProperty(object, name, { configurable: true, get });
