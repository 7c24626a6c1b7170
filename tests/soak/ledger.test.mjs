// The soak's comparison of the ledgers: nothing is wrong in a good day, and every fault is found.

import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';

import { check } from './ledger.mjs';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'key' }];
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Returns a proof as the relay makes it. */
function proof(jti, outcome, more = {}, key = privateKey) {
  const claims = { sub: 'ses_1', aud: 'bank', jti, outcome, iat: 1_000, exp: 1_300, ...more };
  const text = `${part({ alg: 'EdDSA', kid: 'key' })}.${part(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/**
 * A session that was rejected once and then verified, after a lost call that the back end had repeated.
 * @returns {any}
 */
function good() {
  return {
    sessions: [
      {
        reference: 'case-1',
        began: 0,
        ids: new Set(['ses_1']),
        photos: new Set(['one', 'two']),
        verdicts: [
          { key: 'one', outcome: 'rejected', proof: proof('ver_1', 'rejected') },
          { key: 'two', outcome: 'verified', proof: proof('ver_2-final', 'verified') },
        ],
        repeats: 1,
        states: ['rejected', 'verified'],
      },
    ],
    calls: [
      { key: 'one', at: 1, end: 'judged', outcome: 'rejected' },
      { key: 'two', at: 2, end: 'asked' },
      { key: 'two', at: 3, end: 'judged', outcome: 'verified' },
      { key: 'two', at: 4, end: 'refused' },
    ],
    webhooks: [
      webhook('msg_1', 'rejected', 0, { final: false, outcome: 'rejected', proofs: [proof('ver_1', 'rejected')] }),
      webhook('msg_2', 'unknown', 1),
      webhook('msg_3', 'verified', 2, {
        final: true,
        outcome: 'verified',
        deliveries: 2,
        proofs: [proof('ver_2-final', 'verified'), proof('ver_2-final', 'verified')],
      }),
    ],
    listed: [{ session_id: 'ses_1', reference: 'case-1' }],
    reports: { ses_1: { state: 'verified', verdict: { outcome: 'verified', final: true } } },
    keys,
  };
}

function webhook(id, type, taken, more = {}) {
  return { id, session: 'ses_1', type: `session.${type}`, proofs: [], deliveries: 1, taken, ...more };
}

test('a good day has no fault', () => {
  assert.deepEqual(check(good()), { faults: [], proofs: 5 });
});

/** What is changed in the good day, and what the ledger then says. @type {[RegExp, (day: any) => void][]} */
const FAULTS = [
  [/one request made several sessions/, ({ sessions }) => sessions[0].ids.add('ses_2')],
  [/several times/, ({ listed }) => listed.push({ session_id: 'ses_2', reference: 'case-1' })],
  [/not in the database/, ({ listed }) => listed.pop()],
  [/nobody created it/, ({ listed }) => listed.push({ session_id: 'ses_9', reference: 'case-9' })],
  [/2 calls for one photo, and 0 were repeated/, ({ sessions }) => Object.assign(sessions[0], { repeats: 0 })],
  [/the page learnt rejected/, ({ calls }) => Object.assign(calls[0], { outcome: 'verified' })],
  [/the page learnt verified/, ({ calls }) => Object.assign(calls[2], { end: 'failed', outcome: undefined })],
  [
    /verified twice/,
    ({ sessions, calls }) => {
      sessions[0].verdicts[0].outcome = 'verified';
      calls[0].outcome = 'verified';
    },
  ],
  [/a page was verified, and it is rejected/, ({ reports }) => Object.assign(reports.ses_1, { state: 'rejected' })],
  [/it was verified, and is expired/, ({ reports }) => Object.assign(reports.ses_1, { state: 'expired' })],
  [/without that verdict/, ({ reports }) => Object.assign(reports.ses_1, { verdict: { outcome: 'rejected' } })],
  [/nobody judged so/, ({ calls }) => calls.splice(2, 1)],
  [/2 verdicts reached the page, and 1 the back end/, ({ webhooks }) => webhooks.shift()],
  [
    /3 webhooks for 2 verdicts/,
    ({ webhooks }) => webhooks.push(webhook('msg_4', 'rejected', 1, { outcome: 'rejected', deliveries: 0 })),
  ],
  [
    /lost in silence/,
    (day) => {
      day.webhooks = [webhook('msg_1', 'expired', 0)];
    },
  ],
  [/verified without a webhook/, ({ webhooks }) => webhooks.pop()],
  [/session.unknown was never taken/, ({ webhooks }) => Object.assign(webhooks[1], { taken: null })],
  [/ended with 2 last webhooks/, ({ webhooks }) => webhooks.push(webhook('msg_4', 'closed', 3))],
  [/hangs in verifying/, ({ reports }) => Object.assign(reports.ses_1, { state: 'verifying' })],
  [/came after the last one/, ({ webhooks }) => Object.assign(webhooks[1], { taken: 3 })],
  [
    /of a page is not the relay's/,
    ({ sessions }) =>
      Object.assign(sessions[0].verdicts[0], {
        proof: proof('ver_1', 'rejected', {}, generateKeyPairSync('ed25519').privateKey),
      }),
  ],
  [
    /the proof of a webhook says/,
    ({ webhooks }) => Object.assign(webhooks[0], { proofs: [proof('ver_1', 'rejected', { sub: 'ses_2' })] }),
  ],
  [
    /of one webhook name several verdicts/,
    ({ webhooks }) => Object.assign(webhooks[2], { proofs: [proof('ver_2', 'verified'), proof('ver_3', 'verified')] }),
  ],
  [/a webhook has no proof/, ({ webhooks }) => Object.assign(webhooks[0], { proofs: [] })],
  [/does not know/, ({ sessions }) => Object.assign(sessions[0].verdicts[0], { proof: proof('ver_7', 'rejected') })],
];

test('every fault is found', () => {
  for (const [expected, change] of FAULTS) {
    const day = good();
    change(day);
    assert.match(check(day).faults.join('\n'), expected);
  }
});
