/*
 * What the browser is asked for a camera: permission, list of devices, the stream, and its first frame. Which camera is
 * asked for, and what a failure means, is decided in Rust, in this folder. No function throws.
 */

/** The preferred size: enough for the vendor, and supported by nearly every camera. */
const WIDTH = { ideal: 1280 };
const HEIGHT = { ideal: 960 };
/** The limit for questions whose answer only helps. Some browsers never answer them. */
const HELPFUL_MS = 1000;
/** The time after which a refusal has reached the permissions API. */
const SETTLED_MS = 100;
/** The interval for checking whether the video has a frame and a size. Browsers differ in which event comes with both. */
const POLL_MS = 30;
/** A camera without a frame after this time counts as broken. */
const FIRST_FRAME_MS = 10_000;

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves to the answer to a question; to nothing if it fails or takes too long. @template T @param {() => Promise<T>} ask */
const helpful = (ask) => Promise.race([ask().catch(() => undefined), pause(HELPFUL_MS)]);

/** Returns a `<video>` element that shows a camera. */
export function preview() {
  const video = document.createElement('video');
  // Safari on iOS reads only the attributes, and plays in full screen without `playsinline`. The video has no controls of its
  // own, and nobody should cast a selfie to a television.
  for (const name of ['playsinline', 'muted', 'autoplay', 'disablepictureinpicture', 'disableremoteplayback']) {
    video.setAttribute(name, '');
  }
  // The attribute `muted` works only in parsed documents, and browsers refuse to autoplay a video that is not muted.
  video.muted = true;
  video.defaultMuted = true;
  // Firefox would stop there with the Tab key, although there is nothing to do.
  video.tabIndex = -1;
  return video;
}

/** Whether the browser has no API for cameras. */
export const isAbsent = () => typeof navigator.mediaDevices?.getUserMedia !== 'function';

/** Whether the page's Permissions-Policy forbids the camera, if the browser (Chromium) reports it. */
export function isBlocked() {
  const { permissionsPolicy, featurePolicy } = /** @type {any} */ (document);
  return (permissionsPolicy ?? featurePolicy)?.allowsFeature?.('camera') === false;
}

/**
 * Resolves to the id and the name of each camera, which are empty until the person allows the camera; to nothing if the
 * browser does not list devices.
 */
export const cameras = () =>
  helpful(async () => {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.flatMap(({ kind, deviceId, label }) => (kind === 'videoinput' ? [[deviceId, label]] : []));
  });

/** Resolves to the state of the camera's permission after a refusal, if the browser has a permissions API that knows cameras. */
export const permission = () =>
  helpful(async () => {
    // Firefox answers `prompt` for some milliseconds more.
    await pause(SETTLED_MS);
    return (await navigator.permissions.query({ name: /** @type {any} */ ('camera') })).state;
  });

/** Plays a video. Resolves to the name of the browser's exception. @param {HTMLVideoElement} video */
export const play = (video) =>
  video.play().then(
    () => '',
    ({ name }) => name || 'Error',
  );

/** A camera, from the question until it is off. */
export class Media {
  #video;
  #tell;
  /** @type {MediaStream | undefined} */
  #stream;
  #over = new AbortController();

  /**
   * @param {HTMLVideoElement} video
   * @param {(ended: boolean) => void} tell called once with true if the camera stops by itself, and once with false if the
   *   browser shows it only after a tap
   */
  constructor(video, tell) {
    this.#video = video;
    this.#tell = tell;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  get ended() {
    return this.#track?.readyState !== 'live';
  }

  get label() {
    return this.#track?.label ?? '';
  }

  /** The device's id, if the browser reports one. */
  get device() {
    return this.#track?.getSettings().deviceId ?? '';
  }

  get facing() {
    return this.#track?.getSettings().facingMode ?? '';
  }

  /**
   * Asks for a camera. Resolves to the name of the browser's exception, and to nothing if there is a camera.
   * @param {string | undefined} device exactly this one
   * @param {string | undefined} facing preferably in this direction
   * @param {boolean} sized whether to prefer a size
   */
  async ask(device, facing, sized) {
    const video = {
      deviceId: device && { exact: device },
      facingMode: facing && { ideal: facing },
      ...(sized && { width: WIDTH, height: HEIGHT }),
    };
    try {
      const bare = !(device || facing || sized);
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: bare || video });
    } catch (error) {
      // Not every browser makes an OverconstrainedError a DOMException.
      return `${/** @type {any} */ (error)?.name ?? ''}`;
    }
    // The question can't be withdrawn.
    if (this.#over.signal.aborted) this.stop();
    return undefined;
  }

  /** Shows the camera in the video until there is a frame. Resolves to the reason if no frame comes. */
  async show() {
    const [video, track, { signal }] = [this.#video, this.#track, this.#over];
    if (!track) return 'failed';
    video.srcObject = this.#stream ?? null;
    const shown = new AbortController();
    let refusal = '';
    const start = async () => {
      refusal = await play(video);
    };
    try {
      let tapped = false;
      start();
      // Measured by the clock, because timers of a hidden page run a second apart.
      for (let begun = Date.now(); Date.now() - begun < FIRST_FRAME_MS; await pause(POLL_MS)) {
        if (signal.aborted) return 'ended';
        if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth && !video.paused)
          return undefined;
        if (track.readyState === 'ended') return 'ended';
        if (refusal === 'NotAllowedError') {
          // Only a call within the tap's own event counts for Safari.
          if (!tapped) document.addEventListener('click', start, shown);
          if (!tapped) this.#tell(false);
          tapped = true;
          // The person has as much time as for the browser's question. The flow ends it.
          begun = Date.now();
        } else if (refusal && refusal !== 'AbortError') return 'failed';
        else if (video.paused) start();
      }
      return track.muted ? 'muted' : 'failed';
    } finally {
      shown.abort();
    }
  }

  /**
   * Listens for the camera's end, and keeps the video playing: browsers pause it when it is moved in the document and when
   * a call comes in.
   */
  watch() {
    const [{ signal }, device] = [this.#over, this.device];
    let ended = false;
    const end = () => {
      if (!ended && !signal.aborted) this.#tell(true);
      ended = true;
    };
    this.#track?.addEventListener('ended', end, { signal });
    // With some drivers the track stays live, without frames, after the device is unplugged.
    navigator.mediaDevices.addEventListener(
      'devicechange',
      async () => {
        const known = await cameras();
        if (device && known?.every(([id]) => id && id !== device)) end();
      },
      { signal },
    );
    this.#video.addEventListener('pause', () => play(this.#video), { signal });
  }

  /** Turns the camera off, now or when it comes, and empties the video unless another camera is shown there. */
  stop() {
    this.#over.abort();
    const stream = this.#stream;
    // Never a clone, which would keep the device on.
    for (const track of stream?.getTracks() ?? []) track.stop();
    if (stream && this.#video.srcObject === stream) this.#video.srcObject = null;
  }
}

/** Watches the frames of a video's camera. */
export class Frames {
  #over = new AbortController();
  #timer;

  /**
   * @param {HTMLVideoElement} video
   * @param {(muted: boolean, time?: number, frames?: number) => void} tell called each second with the video's time and its
   *   number of frames, and without them when the browser mutes or unmutes the camera, as while a call has it
   */
  constructor(video, tell) {
    const { signal } = this.#over;
    const [track] = /** @type {MediaStream | null} */ (video.srcObject)?.getVideoTracks() ?? [];
    for (const name of ['mute', 'unmute']) track?.addEventListener(name, () => tell(name === 'mute'), { signal });
    // Without a camera, nothing can freeze.
    if (!track) return;
    this.#timer = setInterval(() => {
      // The browser refused to play it. It may allow that later.
      if (video.paused) play(video);
      tell(track.muted, video.currentTime, video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0);
    }, 1000);
  }

  stop() {
    this.#over.abort();
    clearInterval(this.#timer);
  }
}
