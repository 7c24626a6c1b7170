// What the desktop shows of a hand-off for each answer of the relay: the pure half of www/handoff.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { english } from '../../scripts/catalogues.mjs';
import { ENGLISH } from '../../www/handoff/english.js';
import { ENDED, FAILURES, failureOf, pause, secondsLeft, stepOf } from '../../www/handoff/follow.js';
import { HANDOFF_ERRORS } from '../../www/registry.js';

/** What the desktop shows: the step, or the code of the failure. */
const shows = (state, session, tried = true) => {
  const { step, code } = stepOf({ state, session }, tried);
  assert.equal(step === 'over', Boolean(code));
  return code ?? step;
};

test('every state of hand-off and session has a step', () => {
  // A row for each state of the hand-off, a column for each state of the session.
  const sessions = ['created', 'link_issued', 'verifying', 'verified', 'rejected', 'unknown', 'expired', 'disowned'];
  const table = {
    waiting: ['code', 'code', 'code', 'verdict', 'code', 'verdict-unknown', 'session', 'handoff-disowned'],
    opened: ['number', 'number', 'number', 'verdict', 'number', 'verdict-unknown', 'session', 'handoff-disowned'],
    confirmed: ['phone', 'phone', 'compare', 'verdict', 'rejected', 'verdict-unknown', 'session', 'handoff-disowned'],
    mistaken: [
      ...['handoff-wrong-number', 'handoff-wrong-number', 'handoff-wrong-number', 'verdict', 'handoff-wrong-number'],
      ...['verdict-unknown', 'session', 'handoff-disowned'],
    ],
    expired: [
      ...['handoff-expired', 'handoff-expired', 'handoff-expired', 'verdict', 'handoff-expired'],
      ...['verdict-unknown', 'session', 'handoff-disowned'],
    ],
    ended: [
      ...['handoff-ended', 'handoff-ended', 'handoff-ended', 'verdict', 'handoff-ended'],
      ...['verdict-unknown', 'session', 'handoff-disowned'],
    ],
    disowned: Array(8).fill('handoff-disowned').with(3, 'verdict'),
  };
  for (const [state, row] of Object.entries(table)) {
    assert.deepEqual(
      sessions.map((session) => shows(state, session)),
      row,
      state,
    );
  }
});

test('a rejection from before the hand-off is not the phone’s', () => {
  assert.equal(shows('confirmed', 'rejected', false), 'phone');
  assert.equal(shows('confirmed', 'rejected', true), 'rejected');
});

test('every failure has words, and every code of the registry is one', () => {
  for (const [code, { text }] of Object.entries(FAILURES)) {
    assert.equal(ENGLISH[text], english.texts[text], code);
    assert.ok(ENGLISH[text], code);
  }
  for (const code of HANDOFF_ERRORS) assert.ok(FAILURES[code], code);
  for (const code of ENDED) assert.equal(FAILURES[code].again, false, code);
});

test('a refusal ends it, and trouble on the way does not', () => {
  const rows = [
    [0, undefined, undefined],
    [502, undefined, undefined],
    [503, 'overloaded', undefined],
    [500, 'internal', undefined],
    [429, 'too-many-requests', undefined],
    [409, 'verdict-pending', undefined],
    [403, undefined, undefined],
    [401, 'session-expired', 'session'],
    [404, 'unknown-session', 'session'],
    [404, 'unknown-handoff', 'handoff-ended'],
    [404, 'not-found', 'handoff-refused'],
    [403, 'forbidden', 'handoff-refused'],
    [409, 'handoff-state', 'handoff-refused'],
    [409, 'session-state', 'session-done'],
    [409, 'session-limit', 'session-limit'],
    [409, 'verdict-unknown', 'verdict-unknown'],
  ];
  for (const [status, code, wanted] of rows) {
    assert.equal(failureOf(Number(status), code && String(code)), wanted, `${status} ${code}`);
  }
});

test('pauses grow to 16 seconds, with jitter', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 99].map((failed) => pause(failed, 1)),
    [1000, 2000, 4000, 8000, 16_000, 16_000],
  );
  assert.equal(pause(2, 0), 2000);
});

test('seconds are counted to the end, and not below', () => {
  assert.deepEqual(
    [10_000, 9001, 9000, 1, 0].map((now) => secondsLeft(10_000, now)),
    [0, 1, 1, 10, 10],
  );
});
