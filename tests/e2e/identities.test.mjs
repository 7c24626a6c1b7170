// Every test identity of the sandbox, from the camera to its outcome.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { IDENTITIES } from '../../demo/identities.js';
import { suite } from './support/suite.mjs';

const it = suite({ demo: ['--slow-seconds', '2'] });

const documentation = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');
const documented = [...documentation.matchAll(/^\| `(\d{13})` \| ([\w-]+) \|/gm)].map(([, id, name]) => ({ id, name }));

/** Matches Chromium's own console message about a reply with this status. @param {number} status */
const reply = (status) => new RegExp(`Failed to load resource: the server responded with a status of ${status}`);

const verified = (verdict) => {
  assert.equal(verdict.outcome, 'verified');
  assert.equal(verdict.reason, null);
  assert.deepEqual(verdict.scores, { fraud: 0.04, match: 0.97 });
  assert.equal(verdict.response.status, 'success');
  assert.equal(typeof verdict.identity.fullname, 'string');
};

/** A rejection without a record, with a message, and what the person reads. @param {string} sentence @param {string} says */
const refused = (sentence, says) => ({
  event: 'selfie-rejected',
  says,
  holds(verdict) {
    assert.equal(verdict.outcome, 'rejected');
    assert.equal(verdict.message, sentence);
    assert.equal(verdict.identity, null);
  },
});

/**
 * The outcome of each identity: the event, a check of the verdict, and the console errors. An `early` one ends the check
 * before the photo is taken.
 * @type {Record<string, { event: string, holds?: (verdict: any) => void, code?: string, says?: string,
 *   early?: boolean, expected?: RegExp[] }>}
 */
const OUTCOMES = {
  verified: { event: 'selfie-verified', holds: verified },
  'not-matched': {
    event: 'selfie-rejected',
    says: 'does not look enough like',
    holds(verdict) {
      assert.equal(verdict.outcome, 'rejected');
      assert.equal(verdict.reason, 'not-matched');
      assert.equal(verdict.scores.match, 0.12);
    },
  },
  'high-fraud': {
    event: 'selfie-rejected',
    holds(verdict) {
      assert.equal(verdict.outcome, 'rejected');
      assert.equal(verdict.reason, 'fraud');
      assert.equal(verdict.response.status, 'success');
      assert.equal(verdict.scores.fraud, 0.92);
    },
  },
  'link-down': { event: 'selfie-error', code: 'relay-failed', expected: [reply(502)] },
  'verify-down': { event: 'selfie-error', code: 'relay-failed', expected: [reply(502)] },
  slow: { event: 'selfie-verified', holds: verified },
  'expired-link': { event: 'selfie-verified', holds: verified, expected: [reply(403)] },
  'expired-always': { event: 'selfie-error', code: 'upload-expired', expected: [reply(403)] },
  'busy-storage': { event: 'selfie-verified', holds: verified, expected: [reply(503)] },
  'unknown-customer': { event: 'selfie-error', code: 'customer-unknown', early: true, expected: [reply(404)] },
  'token-refused': { event: 'selfie-error', code: 'relay-refused', early: true, expected: [reply(502)] },
  'no-face': refused('No face was found in the selfie', 'We can’t see a face'),
  'several-faces': refused('More than one face was found in the selfie', 'more than one face'),
  dark: refused('The face in the selfie is too dark', 'too little light on your face'),
  'unclear-fraud': {
    event: 'selfie-rejected',
    holds(verdict) {
      assert.equal(verdict.outcome, 'rejected');
      assert.equal(verdict.reason, 'unclear');
      assert.equal(verdict.response.status, 'success');
    },
  },
};

test('the demo offers every identity of the documentation', () => {
  assert.deepEqual(
    IDENTITIES.map(({ id, name }) => ({ id, name })),
    documented,
  );
  assert.deepEqual(
    Object.keys(OUTCOMES),
    documented.map(({ name }) => name),
  );
});

for (const { id, name } of documented) {
  test(name, async () => {
    const { event, holds, code, says, early = false, expected } = OUTCOMES[name];
    const selfie = await it.open({ expected });
    await selfie.identity(id);
    if (early) await selfie.agree();
    else await selfie.takeAndSend();
    const { detail, verdict } = await selfie.event('selfie-verified', 'selfie-rejected', 'selfie-error');
    const events = (await selfie.events()).map(({ type }) => type);

    assert.equal(events.filter((type) => type === event).length, 1, events.join(', '));
    holds?.(verdict);
    if (code) {
      assert.equal(detail.code, code);
      assert.ok(detail.message.length > 0);
    }
    await selfie.state(code ? 'failed' : 'done');
    if (says) await selfie.element.locator('[part=text]', { hasText: says }).waitFor({ timeout: 2000 });
    assert.equal((await selfie.events('selfie-captured')).length, early ? 0 : 1);
    assert.equal((await selfie.tracks()).live, 0);
  });
}
