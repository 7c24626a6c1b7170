/* What the desktop shows for each answer of the relay. Pure. */

/** How long a link can be opened, in milliseconds, from the relay's answer on. The desktop's clock may differ. */
export const OPEN_WITHIN = 120_000;
/** When a link that is shown is replaced. */
export const RENEW_AFTER = 100_000;
/** How often it is replaced before the person is asked: after a quarter of an hour nobody looks. */
export const MOST_RENEWALS = 9;
/** How long the phone has for another photo after a rejection, before the desktop shows it. */
export const REJECTED_FOR = 60_000;

/** The longest pauses between attempts to reach the relay, in milliseconds. */
const [BACKOFF_FIRST, BACKOFF_MOST] = [1000, 16_000];

/**
 * What the desktop shows: `begin`, the code (`code`), the number (`number`), that the person is at the phone (`phone`), that the
 * photo is compared (`compare`), that it was rejected (`rejected`), or that it is over. With `verdict` the widget goes on.
 * @typedef {'begin' | 'code' | 'number' | 'phone' | 'compare' | 'rejected' | 'verdict' | 'over'} Step
 */

/**
 * Returns the step for an answer to `GET /v1/handoffs/{id}`, and the code of the failure if it is over.
 * @param {{ state: string, session: string }} status
 * @param {boolean} tried whether the session was seen without a rejection since a phone has it: it may bring one along
 * @returns {{ step: Step, code?: string }}
 */
export function stepOf({ state, session }, tried) {
  if (session === 'verified') return { step: 'verdict' };
  if (state === 'disowned' || session === 'disowned') return over('handoff-disowned');
  if (session === 'expired') return over('session');
  if (session === 'unknown') return over('verdict-unknown');
  if (state === 'waiting') return { step: 'code' };
  if (state === 'opened') return { step: 'number' };
  if (state === 'mistaken') return over('handoff-wrong-number');
  if (state !== 'confirmed') return over(state === 'expired' ? 'handoff-expired' : 'handoff-ended');
  if (session === 'verifying') return { step: 'compare' };
  return { step: session === 'rejected' && tried ? 'rejected' : 'phone' };
}

/** @param {string} code @returns {{ step: 'over', code: string }} */
const over = (code) => ({ step: 'over', code });

/**
 * What each failure says, and whether another code, or this computer, may help.
 * @type {Record<string, { text: string, again: boolean }>}
 */
export const FAILURES = {
  'handoff-refused': { text: 'Handoff.Refused', again: false },
  'handoff-wrong-number': { text: 'Handoff.Wrong', again: true },
  'handoff-expired': { text: 'Handoff.Expired', again: true },
  'handoff-ended': { text: 'Handoff.Expired', again: true },
  'handoff-disowned': { text: 'Handoff.Stopped', again: false },
  session: { text: 'Session.title', again: true },
  'session-done': { text: 'SessionDone.title', again: false },
  'session-limit': { text: 'SessionLimit.title', again: false },
  'verdict-unknown': { text: 'VerdictUnknown.title', again: false },
  'relay-unreachable': { text: 'RelayUnreachable.title', again: true },
};

/** Failures after which this computer can't go on with the session, either. */
export const ENDED = ['handoff-disowned', 'session-done', 'session-limit', 'verdict-unknown'];

/**
 * Returns what a failed call means: the code of the failure, or nothing if the same call may work later.
 * @param {number} status 0 without an answer
 * @param {string | undefined} code the relay's
 * @returns {string | undefined}
 */
export function failureOf(status, code) {
  if (code === 'unknown-handoff') return 'handoff-ended';
  if (status === 401 || code === 'unknown-session') return 'session';
  if (code === 'session-state') return 'session-done';
  if (code === 'session-limit') return 'session-limit';
  if (code === 'verdict-unknown') return 'verdict-unknown';
  if (code && ['verdict-pending', 'request-timeout', 'too-many-requests'].includes(code)) return undefined;
  // Something between the page and the relay answers without its JSON.
  return code && status >= 400 && status < 500 ? 'handoff-refused' : undefined;
}

/** Returns the pause before the next attempt. @param {number} failed attempts so far @param {number} random from 0 to 1 */
export const pause = (failed, random) => Math.min(BACKOFF_FIRST * 2 ** failed, BACKOFF_MOST) * (0.5 + random / 2);

/** Returns the whole seconds until a time. @param {number} end @param {number} now both in milliseconds */
export const secondsLeft = (end, now) => Math.max(0, Math.ceil((end - now) / 1000));
