/* Every state of the element that a person can see, each with the walk that leads there (`STATES`). */

import { comeCloser, SCENES } from './scenes.js';
import { world } from './world.js';

/** @import { Walk } from './walk.js' */

/**
 * @typedef {object} State
 * @property {string} label
 * @property {string} [note] what to look at
 * @property {(walk: Walk) => unknown} go
 */

/** @param {import('./verdicts.js').VerdictName} name */
const verdict = (name) => async (/** @type {Walk} */ walk) => {
  world.verdict = name;
  await walk.send();
  await walk.until('done');
};

/** @type {Record<string, State>} */
export const STATES = {
  idle: { label: 'Idle', go: () => {} },
  handoff: {
    label: 'On a phone',
    note: 'A phone has opened the link, and the person chooses this number there.',
    go(walk) {
      world.answers.handoff = [{}, { body: { state: 'opened' } }, { silent: true }];
      return walk.handOff();
    },
  },
  consent: { label: 'Consent', go: (walk) => walk.consent() },
  starting: {
    label: 'Starting',
    note: 'The browser waits for an answer of the person.',
    async go(walk) {
      world.camera = 'unanswered';
      await walk.agree();
    },
  },
  framing: {
    label: 'Framing',
    note: 'The face is too far away, so no photo is taken. Choose another scene.',
    async go(walk) {
      world.scene = 'come-closer';
      await walk.frame();
    },
  },
  challenge: {
    label: 'Challenge',
    note: 'The element asks the person to come closer, and the sample face does so after a moment.',
    async go(walk) {
      walk.set('challenge', 'closer');
      walk.set('capture', null);
      await walk.frame();
      await walk.see(() => walk.wasTold('lean-in'), 'the challenge');
      await walk.rest(1.5);
      await comeCloser();
    },
  },
  countdown: {
    label: 'Countdown',
    async go(walk) {
      walk.set('countdown', '');
      walk.set('capture', null);
      await walk.frame();
      await walk.until('countdown');
    },
  },
  review: { label: 'Review', go: (walk) => walk.review() },
  linking: {
    label: 'Waiting for a link',
    async go(walk) {
      world.answers.link = [{ silent: true }];
      await walk.send();
    },
  },
  uploading: {
    label: 'Uploading',
    note: 'As over a bad phone network.',
    async go(walk) {
      world.network = 'slow';
      await walk.send();
    },
  },
  verifying: {
    label: 'Verifying',
    async go(walk) {
      world.answers.verify = [{ silent: true }];
      await walk.send();
    },
  },
  pending: {
    label: 'Verdict pending',
    note: 'The vendor still works on it: the element asks again, and gets a verdict.',
    async go(walk) {
      world.verdict = 'verified';
      const pending = { status: 409, code: 'verdict-pending', retryAfter: 2 };
      world.answers.verify = [pending, pending, {}];
      await walk.send();
      await walk.until('done');
    },
  },
  verified: { label: 'Verified', go: verdict('verified') },
  'not-matched': { label: 'Rejected: another person', go: verdict('not-matched') },
  fraud: { label: 'Rejected: fraud', go: verdict('fraud') },
  unclear: { label: 'Rejected: unclear', go: verdict('unclear') },
};

/** Every hint, each with the scene that leads to it. @type {Record<string, State>} */
export const HINTS = Object.fromEntries(
  Object.entries(SCENES).map(([name, { label }]) => [
    `hint-${name}`,
    {
      label,
      async go(/** @type {Walk} */ walk) {
        world.scene = /** @type {keyof typeof SCENES} */ (name);
        // Otherwise a good face would be gone in a moment.
        if (name === 'good') walk.set('capture', 'manual');
        await walk.frame();
      },
    },
  ]),
);
