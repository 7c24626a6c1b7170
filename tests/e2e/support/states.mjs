// Every state of the widget that a person can meet (`STATES`), each with the way there through the real demo, and the
// place where they are walked (`Studio`). The tour takes their pictures; the accessibility tests look into them.

import { readFileSync } from 'node:fs';
import { IDENTITIES } from '../../../demo/identities.js';
import { blackFilm } from '../../fixtures/black/film.mjs';
import { film } from '../../fixtures/face/film.mjs';
import { sceneFilm } from '../../fixtures/face/scenes.mjs';
import { launch } from './browser.mjs';
import { startDemo } from './demo.mjs';
import { Selfie } from './selfie.mjs';
import { watch } from './watch.mjs';

/** Bytes a second of a bad mobile network: the photo takes long enough to be looked at. */
const SLOW = 12_000;

/** What Chromium itself writes of a request that came to nothing, or to an answer that is an error. */
const NO_ANSWER = /Failed to load resource: net::ERR_/;
const BAD_ANSWER = /Failed to load resource: the server responded with a status of/;

const identity = (name) => IDENTITIES.find((one) => one.name === name).id;

/** A request that is never answered, as far as the person can wait. */
const hold = (page, url) => page.route(url, () => {});
const cut = (page, url) => page.route(url, (route) => route.abort('connectionfailed'));

/** A problem of the relay in place of its answer. */
const refuse = (page, url, status, code) =>
  page.route(url, (route) => {
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
    const body = JSON.stringify({ code, title: 'Refused.', status });
    const preflight = route.request().method() === 'OPTIONS';
    return route.fulfill(
      preflight ? { status: 204, headers } : { status, headers, body, contentType: 'application/problem+json' },
    );
  });

const LINK = '**/v1/customer';
const VERIFY = '**/v1/customer/verify';

/**
 * Stops the page's clock, so that nothing in it times out and no countdown goes on. It takes a moment to come, and on a busy
 * machine that is over by then: another one is named.
 */
async function stopClock({ page }) {
  for (let left = 10; ; left -= 1) {
    try {
      return await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 300);
    } catch (error) {
      if (left === 0 || !/to the past/.test(error.message)) throw error;
    }
  }
}

/** Lets the page's clock run ahead, over every pause that the widget makes, until it is in a state. */
async function hurryTo(selfie, state) {
  for (
    const end = Date.now() + 15_000;
    (await selfie.page.evaluate(() => document.querySelector('akiba-selfie').state)) !== state;
  ) {
    if (Date.now() > end) throw new Error(`never «${state}»`);
    await selfie.page.clock.fastForward(20_000);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/** Nobody answers the browser's question; a headless Chromium would say no by itself. */
function unanswered(page) {
  return page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
  });
}

async function agree(selfie) {
  await selfie.button('Start').click();
  await selfie.button('I agree, open the camera').click();
}

async function verdict(selfie, name) {
  await selfie.identity(identity(name));
  await selfie.takeAndSend();
  await selfie.state('done');
}

/** A slow network, and the photo on its way. */
async function uploading(selfie) {
  const session = await selfie.page.context().newCDPSession(selfie.page);
  await session.send('Network.enable');
  await selfie.frame();
  await selfie.shoot();
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: SLOW,
  });
  await selfie.send();
  await selfie.page.waitForFunction(() => {
    const { phase, sent, total } = selfieEvents.findLast(({ type }) => type === 'selfie-progress')?.detail ?? {};
    return phase === 'uploading' && sent > 0.4 * total && sent < 0.9 * total;
  });
}

/** Ends the browser's own process that runs the camera: to the page, the camera is gone. */
export async function killCamera(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const camera = processInfo.find(({ id }) =>
    readFileSync(`/proc/${id}/cmdline`, 'latin1').includes('video_capture.mojom.VideoCaptureService'),
  );
  if (!camera) throw new Error('the browser has no process for its camera');
  process.kill(camera.id, 'SIGKILL');
}

/**
 * One state.
 * @typedef {object} State
 * @property {string} name
 * @property {string} title the heading of the screen
 * @property {string | null} main the button that goes on from here, if there is one
 * @property {RegExp} [says] what a screen reader is told there by a live region
 * @property {keyof typeof CAMERAS} [camera] what is before the browser; `face` if it is not said
 * @property {[scene: string, seconds: number][]} [scenes] a film of these is before a browser of its own, in place of `camera`
 * @property {boolean} [clock] whether the page's clock is the test's to stop and to hurry
 * @property {RegExp[]} [expected] console errors that belong to it
 * @property {(page: import('playwright-core').Page, studio: Studio) => Promise<void>} [prepare] before the page is opened
 * @property {(selfie: Selfie, studio: Studio) => Promise<void>} walk the way there
 */

/** @type {State[]} */
export const STATES = [
  { name: 'idle', title: 'Confirm it’s you', main: 'Start', walk: (selfie) => selfie.button('Start').waitFor() },
  {
    name: 'consent',
    title: 'Your photo, your choice',
    main: 'I agree, open the camera',
    walk: (selfie) => selfie.button('Start').click(),
  },
  { name: 'starting', title: 'Opening your camera', main: null, prepare: unanswered, walk: agree },
  {
    name: 'starting-slow',
    title: 'Opening your camera',
    main: null,
    clock: true,
    prepare: unanswered,
    async walk(selfie) {
      await agree(selfie);
      await selfie.state('starting');
      await selfie.page.clock.fastForward(6000);
      await selfie.element.getByText('Still waiting.').waitFor();
    },
  },
  {
    name: 'framing',
    title: 'Take your selfie',
    main: 'Take the photo',
    says: /The camera is on/,
    walk: (selfie) => selfie.frame(),
  },
  {
    name: 'framing-no-picture',
    title: 'Take your selfie',
    main: 'Take the photo',
    says: /No picture/,
    camera: 'black',
    async walk(selfie) {
      await selfie.frame();
      await selfie.element.locator('[part=hint]', { hasText: 'No picture' }).waitFor();
    },
  },
  {
    name: 'countdown',
    title: 'Get ready',
    main: 'Take it now',
    says: /^[123]$/,
    clock: true,
    async walk(selfie) {
      await selfie.byHand(false);
      await selfie.page.getByLabel('Count down before it').check();
      await selfie.frame();
      await selfie.state('countdown');
      await stopClock(selfie);
    },
  },
  {
    name: 'grabbing',
    title: 'Taking the photo',
    main: null,
    // A phone that takes its time to encode.
    prepare: (page) => page.addInitScript(() => (HTMLCanvasElement.prototype.toBlob = () => {})),
    async walk(selfie) {
      await selfie.frame();
      await selfie.button('Take the photo').click();
      await selfie.state('grabbing');
    },
  },
  {
    name: 'review',
    title: 'Happy with this photo?',
    main: 'Use this photo',
    async walk(selfie) {
      await selfie.frame();
      await selfie.shoot();
    },
  },
  {
    name: 'submitting-linking',
    title: 'Checking your photo',
    main: null,
    prepare: (page) => hold(page, LINK),
    walk: (selfie) => selfie.takeAndSend(),
  },
  {
    name: 'submitting-uploading',
    title: 'Checking your photo',
    main: null,
    says: /per cent sent/,
    walk: uploading,
  },
  {
    name: 'submitting-offline',
    title: 'Checking your photo',
    main: null,
    says: /No connection/,
    expected: [NO_ANSWER],
    async walk(selfie, { demo }) {
      const { page } = selfie;
      await selfie.frame();
      await selfie.shoot();
      // Chromium lets an upload that is under way pass when it plays offline: this one is held, and then cut.
      const upload = new Promise((under) => page.route(`${demo.s3}/**`, under));
      await selfie.send();
      const route = await upload;
      await page.context().setOffline(true);
      await route.abort('internetdisconnected');
      await selfie.element.getByText('You are offline.').waitFor();
    },
  },
  {
    name: 'submitting-again',
    title: 'Checking your photo',
    main: null,
    clock: true,
    expected: [NO_ANSWER],
    prepare: (page, { demo }) => cut(page, `${demo.s3}/**`),
    async walk(selfie) {
      await selfie.frame();
      await selfie.shoot();
      await stopClock(selfie);
      await selfie.send();
      await selfie.element.getByText('Trying again').waitFor();
    },
  },
  {
    name: 'submitting-verifying',
    title: 'Checking your photo',
    main: null,
    says: /being compared/,
    prepare: (page) => hold(page, VERIFY),
    async walk(selfie) {
      await selfie.takeAndSend();
      await selfie.page.waitForFunction(() => selfieEvents.some(({ detail }) => detail?.phase === 'verifying'));
    },
  },
  { name: 'done-verified', title: 'It’s you. Thank you!', main: null, walk: (selfie) => verdict(selfie, 'verified') },
  {
    name: 'done-not-matched',
    title: 'We couldn’t confirm it’s you',
    main: 'Try again',
    walk: (selfie) => verdict(selfie, 'not-matched'),
  },
  {
    name: 'done-fraud',
    title: 'We couldn’t confirm it’s you',
    main: 'Try again',
    walk: (selfie) => verdict(selfie, 'high-fraud'),
  },
  failure('camera-denied', 'The camera is blocked', 'Try the camera again', { camera: 'refused', walk: agree }),
  failure('camera-not-found', 'No camera found', 'Choose a photo', { camera: 'none', walk: agree }),
  failure('camera-in-use', 'The camera is busy', 'Try the camera again', {
    // Chromium's fake camera is never busy: what a real one answers then.
    prepare: (page) =>
      page.addInitScript(() => {
        const busy = () => Promise.reject(new DOMException('Could not start video source', 'NotReadableError'));
        navigator.mediaDevices.getUserMedia = busy;
      }),
    walk: agree,
  }),
  failure('camera-ended', 'The camera stopped', 'Try the camera again', {
    async walk(selfie) {
      await selfie.frame();
      await killCamera(selfie.page.context().browser());
    },
  }),
  failure('camera-blocked', 'This page can’t use the camera', 'Choose a photo', {
    expected: [/Permissions policy violation/],
    prepare: (page, { demo }) =>
      page.route(`${demo.page}/`, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, headers: { ...response.headers(), 'permissions-policy': 'camera=()' } });
      }),
    walk: agree,
  }),
  failure('file-not-image', 'That file isn’t a photo we can read', 'Choose another photo', {
    async walk(selfie) {
      await selfie.frame();
      const letter = { name: 'letter.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('%PDF-1.7 no picture') };
      await selfie.element.locator('input[type=file]').first().setInputFiles(letter);
    },
  }),
  failure('session', 'Your session has ended', 'Send again', {
    async walk(selfie) {
      await selfie.element.evaluate((element) => {
        element.session = () => Promise.reject(new Error('over'));
      });
      await selfie.takeAndSend();
    },
  }),
  failure('session-done', 'This check is finished', null, {
    expected: [BAD_ANSWER],
    prepare: (page) => refuse(page, LINK, 409, 'session-state'),
    walk: (selfie) => selfie.takeAndSend(),
  }),
  failure('session-limit', 'No more tries are left', null, {
    expected: [BAD_ANSWER],
    prepare: (page) => refuse(page, LINK, 409, 'session-limit'),
    walk: (selfie) => selfie.takeAndSend(),
  }),
  failure('verdict-unknown', 'The result isn’t here yet', null, {
    expected: [BAD_ANSWER],
    prepare: (page) => refuse(page, VERIFY, 409, 'verdict-unknown'),
    walk: (selfie) => selfie.takeAndSend(),
  }),
  failure('relay-unreachable', 'We can’t reach the site', 'Send again', {
    clock: true,
    expected: [NO_ANSWER],
    prepare: (page) => cut(page, LINK),
    async walk(selfie) {
      await selfie.takeAndSend();
      await hurryTo(selfie, 'failed');
    },
  }),
  failure('relay-failed', 'The service has a problem', 'Send again', {
    clock: true,
    expected: [BAD_ANSWER],
    async walk(selfie) {
      await selfie.identity(identity('link-down'));
      await selfie.takeAndSend();
      await hurryTo(selfie, 'failed');
    },
  }),
  failure('customer-unknown', 'We couldn’t find your record', null, {
    expected: [BAD_ANSWER],
    async walk(selfie) {
      await selfie.identity(identity('unknown-customer'));
      await selfie.takeAndSend();
    },
  }),
  failure('upload-unreachable', 'The photo didn’t get through', 'Send again', {
    clock: true,
    expected: [NO_ANSWER],
    prepare: (page, { demo }) => cut(page, `${demo.s3}/**`),
    async walk(selfie) {
      await selfie.takeAndSend();
      await hurryTo(selfie, 'failed');
    },
  }),
  {
    name: 'config',
    title: 'The selfie check isn’t set up yet',
    main: null,
    async walk(selfie) {
      await selfie.element.evaluate((element) => element.removeAttribute('relay'));
      await selfie.event('selfie-error');
    },
  },
  {
    name: 'load',
    title: null,
    main: null,
    expected: [NO_ANSWER, /preload/],
    prepare: (page) => cut(page, '**/*.wasm'),
    async walk(selfie) {
      await selfie.event('selfie-error');
    },
  },
];

/** A state that ends in an error of this code. */
function failure(code, title, main, { walk, ...rest }) {
  return {
    name: `failed-${code}`,
    title,
    main,
    ...rest,
    async walk(selfie, studio) {
      await walk(selfie, studio);
      await selfie.state('failed');
      const { detail } = await selfie.event('selfie-error');
      if (detail.code !== code) throw new Error(`the code is «${detail.code}», not «${code}»`);
    },
  };
}

/** What is before the browser, and how it answers when a page asks for the camera. */
const CAMERAS = {
  face: async () => ({ film: (await film()).file }),
  black: async () => ({ film: await blackFilm() }),
  none: async () => ({ film: null }),
  refused: async () => ({ film: (await film()).file, grant: false }),
};

/** The demo and a browser for each camera, started when the first state needs it. */
export class Studio {
  #browsers = new Map();

  static async start() {
    const studio = new Studio();
    // Links outlive a clock that is hurried.
    studio.demo = await startDemo({ args: ['--link-life', '3600'] });
    return studio;
  }

  async close() {
    for (const browser of this.#browsers.values()) await (await browser).close();
    await this.demo.stop();
  }

  browser(camera) {
    if (!this.#browsers.has(camera)) this.#browsers.set(camera, CAMERAS[camera]().then(launch));
    return this.#browsers.get(camera);
  }

  /**
   * Opens a page of its own and walks to a state.
   * @param {State} state
   * @param {import('playwright-core').BrowserContextOptions} [settings]
   * @returns {Promise<{selfie: Selfie, page: import('playwright-core').Page, close(): Promise<void>}>} `close()` fails if
   *   anything was amiss in the page
   */
  async visit({ camera = 'face', scenes, clock, expected, prepare, walk }, settings = {}) {
    const browser = scenes ? await launch({ film: await sceneFilm(scenes) }) : await this.browser(camera);
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, ...settings });
    if (camera === 'refused') await context.grantPermissions([], { origin: this.demo.page });
    const page = await context.newPage();
    const watched = await watch(page, expected);
    await page.addInitScript(() => {
      // Tools that look into the page go on while its clock stands still.
      globalThis.realTimers = { setTimeout: setTimeout.bind(globalThis) };
    });
    if (clock) await page.clock.install();
    await prepare?.(page, this);
    const leave = () => (scenes ? browser.close() : context.close());
    const close = async () => {
      await leave();
      watched.clean();
    };
    try {
      const selfie = await Selfie.open(page, `${this.demo.page}/`);
      await walk(selfie, this);
      return { selfie, page, close };
    } catch (error) {
      await leave();
      throw error;
    }
  }
}
