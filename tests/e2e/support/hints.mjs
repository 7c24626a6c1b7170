// Every hint with the scene that causes it, the challenge, and the messages about a bad photo (`HINTS`). They are
// states like those in `states.mjs`, but only for the tour, as each needs a separate browser with its own film.

/** How long the film shows a scene before it starts again, in seconds: long enough for its hint. */
const SECONDS = 20;

/** Each hint with the scene of `tests/fixtures/face/scenes.mjs` that causes it. */
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

/**
 * Waits until the widget shows a hint.
 * @param {import('./selfie.mjs').Selfie} selfie
 * @param {string} hint
 */
const hinted = (selfie, hint) =>
  selfie.page.waitForFunction(
    (wanted) => selfieEvents.findLast(({ type }) => type === 'selfie-guidance')?.detail.hint === wanted,
    hint,
  );

/** @type {import('./states.mjs').State[]} */
export const HINTS = [
  ...Object.entries(SCENES).map(
    ([hint, scene]) =>
      /** @type {import('./states.mjs').State} */ ({
        name: `hint-${hint}`,
        title: 'Take your selfie',
        main: 'Take the photo',
        scenes: [[scene, SECONDS]],
        async walk(selfie) {
          await selfie.frame();
          await hinted(selfie, hint);
        },
      }),
  ),
  {
    name: 'challenge-turn',
    title: 'Take your selfie',
    main: 'Take the photo',
    scenes: [['good', SECONDS]],
    async walk(selfie) {
      await selfie.element.evaluate((element) => element.setAttribute('challenge', 'turn'));
      await selfie.frame();
      await Promise.race([hinted(selfie, 'turn-left'), hinted(selfie, 'turn-right')]);
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
      await hinted(selfie, 'come-closer');
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
      await hinted(selfie, 'too-dark');
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
      await hinted(selfie, 'too-dark');
      await selfie.shoot();
    },
  },
];
