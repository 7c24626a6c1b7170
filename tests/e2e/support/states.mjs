// Every state of the widget that a person can see (`STATES`), each with the steps that lead there in the real demo. The
// tour takes their pictures; the accessibility tests inspect them.

import {
  agree,
  alternative,
  BAD_ANSWER,
  cut,
  hold,
  hurryTo,
  identity,
  killCamera,
  LINK,
  NO_ANSWER,
  refuse,
  stopClock,
  unanswered,
  uploading,
  VERIFY,
  verdict,
} from './walks.mjs';

/** @import { Page } from 'playwright-core' */
/** @import { Selfie } from './selfie.mjs' */
/** @import { CAMERAS, Studio } from './studio.mjs' */

/**
 * A state.
 * @typedef {object} State
 * @property {string} name
 * @property {string | null} title the heading of the screen
 * @property {string | null} main the button that goes on from here, if there is one
 * @property {RegExp} [says] what a live region announces
 * @property {keyof typeof CAMERAS} [camera] what the camera shows; `face` by default
 * @property {[scene: string, seconds: number][]} [scenes] a film for the camera of a separate browser
 * @property {boolean} [clock] whether the test controls the page's clock
 * @property {RegExp[]} [expected] console errors that the state causes
 * @property {(page: Page, studio: Studio) => Promise<unknown>} [prepare] runs before the page opens
 * @property {(selfie: Selfie, studio: Studio) => Promise<unknown>} walk goes to the state
 */

/** @type {State[]} */
export const STATES = [
  {
    name: 'loading',
    title: null,
    main: null,
    prepare: (page) => hold(page, '**/*.wasm'),
    walk: (selfie) => selfie.element.locator('[part=loading]').waitFor(),
  },
  {
    name: 'loading-late',
    title: null,
    main: 'Try again',
    clock: true,
    prepare: (page) => hold(page, '**/*.wasm'),
    async walk(selfie) {
      await selfie.element.locator('[part=loading]').waitFor();
      await selfie.page.clock.fastForward(20_000);
      await selfie.button('Try again').waitFor();
    },
  },
  {
    name: 'idle-other-way',
    title: 'Confirm it’s you',
    main: 'Start',
    async walk(selfie) {
      await alternative(selfie);
      await selfie.button('Another way').waitFor();
    },
  },
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
    says: /Still waiting/,
    clock: true,
    prepare: unanswered,
    async walk(selfie) {
      await agree(selfie);
      await selfie.state('starting');
      await selfie.page.clock.fastForward(6000);
      await selfie.element.locator('[part=hint]', { hasText: 'Still waiting.' }).waitFor();
    },
  },
  {
    name: 'starting-tap',
    title: 'Opening your camera',
    main: 'Tap to start',
    says: /Tap once/,
    // As on a phone that saves power.
    prepare: (page) =>
      page.addInitScript(() => {
        HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('Not now', 'NotAllowedError'));
        Object.defineProperty(HTMLMediaElement.prototype, 'paused', { get: () => true });
      }),
    async walk(selfie) {
      await agree(selfie);
      await selfie.button('Tap to start').waitFor();
    },
  },
  {
    name: 'starting-frozen',
    title: 'Take your selfie',
    main: null,
    says: /camera has stopped/,
    async walk(selfie) {
      await selfie.frame();
      // As during a phone call.
      await selfie.page.evaluate(() => {
        const track = cameraTracks.at(-1);
        Object.defineProperty(track, 'muted', { get: () => true });
        track.dispatchEvent(new Event('mute'));
      });
      await selfie.state('starting');
    },
  },
  {
    name: 'starting-away',
    title: 'Take your selfie',
    main: 'Turn the camera on',
    says: /nobody was in front/,
    camera: 'black',
    clock: true,
    async walk(selfie) {
      await selfie.frame();
      await selfie.page.clock.fastForward(200_000);
      await selfie.state('starting');
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
    name: 'framing-other-way',
    title: 'Take your selfie',
    main: 'Take the photo',
    says: /there is another way/,
    clock: true,
    async walk(selfie) {
      await alternative(selfie);
      await selfie.frame();
      await selfie.page.clock.fastForward(20_000);
      await selfie.button('Another way').waitFor();
    },
  },
  {
    name: 'framing-full',
    title: 'Take your selfie',
    main: 'Take the photo',
    async walk(selfie) {
      await selfie.element.evaluate((element) => element.setAttribute('fullscreen', ''));
      await selfie.frame();
      await selfie.element.locator('dialog').waitFor();
    },
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
    // As on a phone that encodes slowly.
    prepare: (page) =>
      page.addInitScript(() => {
        HTMLCanvasElement.prototype.toBlob = () => {};
      }),
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
      // Chromium's offline mode does not stop a running upload. So the test holds this one, and then cuts it.
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
      await selfie.element.locator('[part=note]', { hasText: 'Trying again' }).waitFor();
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
  {
    name: 'done-unclear',
    title: 'We couldn’t confirm it’s you',
    main: 'Try again',
    walk: (selfie) => verdict(selfie, 'unclear-fraud'),
  },
  failure('camera-denied', 'The camera is blocked', 'Try the camera again', { camera: 'refused', walk: agree }),
  {
    name: 'failed-other-way',
    title: 'No camera found',
    main: 'Choose a photo',
    camera: 'none',
    async walk(selfie) {
      await alternative(selfie);
      await agree(selfie);
      await selfie.button('Another way').waitFor();
    },
  },
  failure('camera-not-found', 'No camera found', 'Choose a photo', { camera: 'none', walk: agree }),
  failure('camera-in-use', 'The camera is busy', 'Try the camera again', {
    // Chromium's fake camera is never busy. A real one fails like this.
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
  failure('file-not-image', 'This browser can’t read that file', 'Choose another photo', {
    async walk(selfie) {
      await selfie.frame();
      const letter = { name: 'letter.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('%PDF-1.7 not a picture') };
      await selfie.element.locator('input[type=file]').first().setInputFiles(letter);
    },
  }),
  failure('session', 'Your session has ended', 'Send again', {
    async walk(selfie) {
      await selfie.element.evaluate((/** @type {import('../../../www/index.js').AkibaSelfieElement} */ element) => {
        element.session = () => Promise.reject(Object.assign(new Error('over'), { status: 401 }));
      });
      await selfie.takeAndSend();
    },
  }),
  failure('session-done', 'This check is finished', 'Close', {
    expected: [BAD_ANSWER],
    prepare: (page) => refuse(page, LINK, 409, 'session-state'),
    walk: agree,
  }),
  failure('session-limit', 'No more tries are left', 'Close', {
    expected: [BAD_ANSWER],
    prepare: (page) => refuse(page, LINK, 409, 'session-limit'),
    walk: agree,
  }),
  {
    name: 'failed-closed',
    title: 'This check is finished',
    main: null,
    expected: [BAD_ANSWER],
    prepare: (page) => refuse(page, LINK, 409, 'session-state'),
    async walk(selfie) {
      await agree(selfie);
      await selfie.button('Close').click();
      await selfie.event('selfie-cancelled');
    },
  },
  failure('verdict-unknown', 'The result isn’t here yet', 'Close', {
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
  failure('customer-unknown', 'We couldn’t find your record', 'Close', {
    expected: [BAD_ANSWER],
    async walk(selfie) {
      await selfie.identity(identity('unknown-customer'));
      await selfie.agree();
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
    main: 'Try again',
    expected: [NO_ANSWER, /preload/],
    prepare: (page) => cut(page, '**/*.wasm'),
    async walk(selfie) {
      await selfie.event('selfie-error');
    },
  },
];

/**
 * Makes a state that ends in an error of this code.
 * @param {string} code
 * @param {string} title
 * @param {string | null} main
 * @param {Omit<State, 'name' | 'title' | 'main'>} rest
 * @returns {State}
 */
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
