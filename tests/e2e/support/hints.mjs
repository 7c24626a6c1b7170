// Every hint that a scene before the camera brings up, the challenge, and what is said of a bad photo (`HINTS`): states as in `states.mjs`, for the tour
// alone, as each needs a browser with a film of its own.

/** A scene for so long that the hint for it is on the screen, in seconds; the film then begins anew. */
const SECONDS = 20;

/** The hint, and the scene of `tests/fixtures/face/scenes.mjs` that it answers to. */
const SCENES = {
  'no-face': 'empty',
  'several-faces': 'two',
  'too-dark': 'dark',
  'too-bright': 'bright',
  'come-closer': 'far',
  'move-back': 'close',
  'move-left': 'left',
  'move-right': 'right',
  'move-up': 'low',
  'move-down': 'high',
  straighten: 'leaning',
  'side-light': 'shadow',
  blurred: 'blurred',
  hold: 'good',
};

const told = (selfie, hint) =>
  selfie.page.waitForFunction(
    (wanted) => selfieEvents.findLast(({ type }) => type === 'selfie-guidance')?.detail.hint === wanted,
    hint,
  );

/** @type {import('./states.mjs').State[]} */
export const HINTS = [
  ...Object.entries(SCENES).map(([hint, scene]) => ({
    name: `hint-${hint}`,
    title: 'Take your selfie',
    main: 'Take the photo',
    scenes: [[scene, SECONDS]],
    async walk(selfie) {
      await selfie.frame();
      await told(selfie, hint);
    },
  })),
  {
    name: 'challenge-turn',
    title: 'Take your selfie',
    main: 'Take the photo',
    scenes: [['good', SECONDS]],
    async walk(selfie) {
      await selfie.element.evaluate((element) => element.setAttribute('challenge', 'turn'));
      await selfie.frame();
      await Promise.race([told(selfie, 'turn-left'), told(selfie, 'turn-right')]);
    },
  },
  {
    name: 'framing-auto',
    title: 'Take your selfie',
    main: null,
    scenes: [['far', SECONDS]],
    async walk(selfie) {
      await selfie.byHand(false);
      await selfie.frame();
      await told(selfie, 'come-closer');
    },
  },
  {
    name: 'review-strict',
    title: 'Please take another photo',
    main: 'Retake',
    scenes: [['dark', SECONDS]],
    async walk(selfie) {
      await selfie.element.evaluate((element) => element.setAttribute('strict', ''));
      await selfie.frame();
      await told(selfie, 'too-dark');
      await selfie.shoot();
    },
  },
  {
    name: 'failed-photo-unusable',
    title: 'These photos can’t be used',
    main: 'Try the camera again',
    scenes: [['dark', SECONDS]],
    async walk(selfie) {
      await selfie.element.evaluate((element) => element.setAttribute('strict', ''));
      await selfie.frame();
      for (const end of ['review', 'review', 'failed']) {
        await selfie.button('Take the photo').click();
        await selfie.state(end);
        if (end === 'review') await selfie.button('Retake').click();
      }
    },
  },
  {
    name: 'review-flaw',
    title: 'Take another one?',
    main: 'Retake',
    scenes: [['dark', SECONDS]],
    async walk(selfie) {
      await selfie.frame();
      await told(selfie, 'too-dark');
      await selfie.shoot();
    },
  },
];
