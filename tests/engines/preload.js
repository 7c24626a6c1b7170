/*
 * The first script of every page in the engines' tests. It records events, camera tracks, errors, policy reports and the
 * worker's messages in `probe`. The page's query says more:
 *
 *   camera=face   a canvas with a face replaces the camera; `probe.scene` changes what it shows
 *
 * The driver declares `PORTRAIT`, in base64.
 */
(() => {
  const query = new URLSearchParams(location.search);
  const probe = {
    events: [],
    tracks: [],
    errors: [],
    reports: [],
    asked: 0,
    scene: 'good',
    shown: [],
    worker: { started: 0, ended: 0, ready: 0, reports: 0, blind: [], pictures: {} },
    changed: new WeakMap(),
    sighted: new WeakMap(),
    presses: [],
    /** The widget's memory. @type {WebAssembly.Memory | undefined} */
    memory: undefined,
  };
  Object.defineProperty(globalThis, 'probe', { value: probe });

  for (const name of /** @type {const} */ (['instantiate', 'instantiateStreaming'])) {
    const start = globalThis.WebAssembly?.[name]?.bind(WebAssembly);
    if (!start) continue;
    WebAssembly[name] = /** @type {any} */ (
      async (file, imports) => {
        const started = await start(file, imports);
        const exported = Object.values((started.instance ?? started).exports);
        probe.memory ??= exported.find((one) => one instanceof WebAssembly.Memory);
        return started;
      }
    );
  }

  const EVENTS = [
    'statechange',
    'guidance',
    'capture',
    'captured',
    'progress',
    'verified',
    'rejected',
    'cancelled',
    'error',
  ];
  for (const name of EVENTS) {
    document.addEventListener(`selfie-${name}`, (event) => {
      const { type, target, detail } = /** @type {any} */ (event);
      probe.events.push({
        type,
        from: target.id,
        detail: detail && JSON.parse(JSON.stringify(detail)),
        at: performance.now(),
      });
      if (target.photo) probe.photo = target.photo;
      if (name !== 'statechange') return;
      const note = () => probe.changed.set(target, performance.now());
      note();
      // On a busy machine the screen is drawn later than that.
      requestAnimationFrame(() => requestAnimationFrame(note));
    });
  }
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    probe.reports.push(`${violatedDirective} refused ${blockedURI}`),
  );
  addEventListener('error', ({ message, filename, lineno }) => {
    if (message) probe.errors.push(`${message} (${filename}:${lineno})`);
  });
  addEventListener('unhandledrejection', ({ reason }) => probe.errors.push(`unhandled: ${reason}`));
  for (const level of ['warn', 'error']) {
    const own = console[level].bind(console);
    console[level] = (...words) => {
      probe.errors.push(`console ${level}: ${words.join(' ')}`);
      own(...words);
    };
  }
  addEventListener('pageshow', ({ persisted }) => probe.shown.push(persisted));

  if (globalThis.Worker) {
    globalThis.Worker = class extends Worker {
      constructor(url, options) {
        super(url, options);
        probe.worker.started += 1;
        this.addEventListener('message', ({ data }) => {
          if (data.blind !== undefined) probe.worker.blind.push(data.blind);
          else if (data.report) probe.worker.reports += 1;
          else probe.worker.ready += 1;
        });
      }

      postMessage(message, ...rest) {
        if (message.picture) {
          const kind = message.picture.constructor.name;
          probe.worker.pictures[kind] = (probe.worker.pictures[kind] ?? 0) + 1;
        }
        super.postMessage(message, ...rest);
      }

      terminate() {
        probe.worker.ended += 1;
        super.terminate();
      }
    };
  }

  // WebKit collects a wrapper that nobody holds, with the property that is set on it here.
  const devices = navigator.mediaDevices;
  probe.devices = devices;
  const camera = query.get('camera');
  if (devices) {
    const own = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      probe.asked += 1;
      const stream = await (camera ? canvasCamera() : own(constraints));
      probe.tracks.push(...stream.getTracks());
      return stream;
    };
  }
  /** The part of the portrait that fills the frame: left, top and width, as in tests/fixtures/face/film.mjs. */
  const SCENES = {
    good: [44, -34, 368],
    far: [-160, -150, 760],
    close: [132, 30, 180],
    left: [110, -34, 368],
    right: [-22, -34, 368],
    dark: [44, -34, 368],
    empty: null,
  };
  const WIDTH = 1280;
  const HEIGHT = 960;
  let portrait;

  /** Returns a stream of a canvas that shows the portrait, slightly swaying, like a webcam. */
  async function canvasCamera() {
    // No URL, because the page's policy allows none.
    portrait ??= await createImageBitmap(
      new Blob([Uint8Array.from(atob(PORTRAIT), (char) => char.charCodeAt(0))], { type: 'image/jpeg' }),
    );
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const context = canvas.getContext('2d');
    const draw = () => {
      const turn = (performance.now() / 1600) * 2 * Math.PI;
      context.fillStyle = '#a39e97';
      context.fillRect(0, 0, WIDTH, HEIGHT);
      const part = SCENES[probe.scene];
      if (part) {
        const scale = WIDTH / part[2];
        const x = -(part[0] + 5 * Math.sin(turn)) * scale;
        const y = -(part[1] + 2 * Math.sin(2 * turn)) * scale;
        context.drawImage(portrait, x, y, portrait.width * scale, portrait.height * scale);
      }
      if (probe.scene === 'dark') {
        context.fillStyle = 'rgb(0 0 0 / .93)';
        context.fillRect(0, 0, WIDTH, HEIGHT);
      }
      // At the upper left of the part that is sent, so that a mirrored or turned photo is recognised.
      context.fillStyle = '#00d000';
      context.fillRect(0.25 * WIDTH, 0.02 * HEIGHT, 40, 40);
    };
    draw();
    const stream = canvas.captureStream(30);
    const timer = setInterval(() => {
      if (stream.getTracks().every(({ readyState }) => readyState === 'ended')) clearInterval(timer);
      else draw();
    }, 33);
    return stream;
  }

  // What tests ask of the page.
  probe.host = (selector) => document.querySelector(selector ?? 'akiba-selfie');
  probe.root = (selector) => probe.host(selector)?.shadowRoot;
  probe.state = (selector) => probe.host(selector)?.state;
  const nameOf = (node) => (node.getAttribute('aria-label') ?? node.textContent).trim().replace(/\s+/g, ' ');
  const visible = (node) => getComputedStyle(node).visibility !== 'hidden' && !node.getAttribute('aria-disabled');
  /** Returns the button whose whole name matches. */
  probe.button = (pattern, selector) => {
    const buttons = [...(probe.root(selector)?.querySelectorAll('button') ?? [])];
    return buttons.find((node) => visible(node) && new RegExp(`^(${pattern})$`).test(nameOf(node))) ?? null;
  };
  /** Returns the button once the person has had time to see the screen. The element ignores taps before that. */
  probe.seenButton = ([pattern, selector]) => {
    const host = probe.host(selector);
    const button = probe.button(pattern, selector);
    if (!button) return null;
    // The first screen comes without an event, also when the element is added again.
    if (!probe.sighted.has(button)) probe.sighted.set(button, performance.now());
    const since = Math.max(probe.changed.get(host) ?? 0, probe.sighted.get(button));
    return performance.now() - since > 650 ? button : null;
  };
  /** Watches whether the next press hits an element, which it returns. @param {Element | null} wanted */
  probe.aim = (wanted) => {
    probe.hit = null;
    if (!wanted) return null;
    const pressed = (event) => {
      probe.hit = event.composedPath().includes(wanted);
      probe.presses.push(`${Math.round(event.timeStamp)} ${probe.hit ? 'hit' : 'missed'} ${nameOf(wanted)}`);
    };
    addEventListener('click', pressed, { capture: true, once: true });
    return wanted;
  };
  probe.file = (selector) => probe.root(selector)?.querySelector('input[type=file]') ?? null;
  probe.hint = (selector) => probe.root(selector)?.querySelector('[part=hint]')?.textContent.trim() ?? null;
  probe.live = () => probe.tracks.filter(({ readyState }) => readyState === 'live').length;
  probe.last = (type) => probe.events.filter((event) => event.type === type).at(-1) ?? null;
  probe.focus = () => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node && `${node.localName} ${nameOf(node.matches('[type=file]') ? node.parentElement : node).slice(0, 60)}`;
  };
  probe.story = () =>
    probe.events
      .filter(({ type }) => !/guidance|progress/.test(type))
      .map(({ type, detail }) => `${type.slice(7)} ${detail?.state ?? detail?.code ?? ''}`.trim());
  /** Returns the bytes of the last photo, in base64. */
  probe.bytes = async () => {
    const bytes = new Uint8Array(await probe.photo.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  };
  /** Returns the middle of the green mark in the last photo, as shares of its width and height, and its size. */
  probe.mark = async () => {
    const bitmap = await createImageBitmap(probe.photo);
    const { width, height } = bitmap;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    let [count, x, y] = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] < 90 && data[at + 1] > 150 && data[at + 2] < 90) {
        count += 1;
        x += (at / 4) % width;
        y += Math.floor(at / 4 / width);
      }
    }
    return { width, height, count, x: x / count / width, y: y / count / height };
  };
})();
