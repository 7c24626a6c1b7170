// Compares what the vendor, the pages, the back end, its receiver and the database know at the end. Pure.
//
// Exports: `check()`, `hasEnded()`, `isAlive()`, `isLast()`, `group()`.

import { createPublicKey, verify } from 'node:crypto';

/** @import { Session } from './bank.mjs' */
/** @import { Webhook } from './receiver.mjs' */
/** @import { VendorCall } from './vendor-door.mjs' */

/**
 * @typedef {object} Ledger
 * @property {Session[]} sessions what the back end and the pages know
 * @property {VendorCall[]} calls what the vendor was asked
 * @property {Webhook[]} webhooks what the receiver got
 * @property {any[]} listed what the relay lists: every session
 * @property {Record<string, any>} reports what the relay says of each session, by id
 * @property {any[]} keys the relay's public keys
 */

/**
 * Returns the values with each key.
 * @template Value
 * @param {Value[]} values
 * @param {(value: Value) => string} key
 */
export function group(values, key) {
  /** @type {Map<string, Value[]>} */
  const groups = new Map();
  for (const value of values) {
    const name = key(value);
    const same = groups.get(name);
    if (same) same.push(value);
    else groups.set(name, [value]);
  }
  return groups;
}

/** Events after which none may come. @param {Webhook} webhook */
export function isLast({ type, final }) {
  return type === 'session.verified' || type === 'session.expired' || type === 'session.closed' || final === true;
}

/** Whether nothing more can happen in a session. @param {any} report */
export function hasEnded({ state, verdict }) {
  return state === 'verified' || state === 'expired' || (state === 'rejected' && verdict?.final === true);
}

/** Longer than a session lives by a clock that is right, in milliseconds. */
const LONG_LIFE = 90_000;

/** Whether a relay whose clock was ahead has given a session a long life, in which it waits for its page. @param {any} report */
export function isAlive({ state, expires_at }) {
  return state !== 'verifying' && state !== 'unknown' && Date.parse(expires_at) > Date.now() + LONG_LIFE;
}

/** Returns the claims of a proof, or null if none of the keys has signed it. @param {string} proof @param {any[]} keys */
function claims(proof, keys) {
  const [header, payload, signature] = proof.split('.');
  const read = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const key = keys.find(({ kid }) => kid === read(header).kid);
  const signed = Buffer.from(`${header}.${payload}`);
  const is = key && verify(null, signed, createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64url'));
  return is ? read(payload) : null;
}

/** The id of the verdict itself, final or not. @param {{ jti: string }} claims */
const verdictOf = ({ jti }) => jti.replace(/-final$/, '');

/**
 * Returns everything that does not agree, and how many proofs were checked.
 * @param {Ledger} ledger
 */
export function check({ sessions, calls, webhooks, listed, reports, keys }) {
  const faults = [];
  let proofs = 0;
  const callsOf = group(calls, ({ key }) => key);
  const webhooksOf = group(webhooks, ({ session }) => session);
  const listedAs = group(listed, ({ reference }) => reference);

  for (const session of sessions) {
    const { reference } = session;
    const fault = (text) => faults.push(`${reference} ${[...session.ids].join()}: ${text}`);
    const all = listedAs.get(reference) ?? [];
    if (session.ids.size > 1) fault('one request made several sessions');
    if (all.length > 1) fault('it is in the database several times');
    if (session.ids.size === 1 && all[0]?.session_id !== [...session.ids][0]) fault('it is not in the database');
    const id = all[0]?.session_id;
    // The request never arrived.
    if (!id) continue;
    const report = reports[id];
    const told = webhooksOf.get(id) ?? [];
    const photos = [...session.photos];
    const asked = photos.flatMap((key) => callsOf.get(key) ?? []);
    const judged = asked.filter(({ end }) => end === 'judged');

    // The vendor's calls.
    for (const key of photos) {
      const billed = (callsOf.get(key) ?? []).filter(({ end }) => end !== 'refused').length;
      if (billed > 1 + session.repeats) fault(`${billed} calls for one photo, and ${session.repeats} were repeated`);
    }

    // Verdicts.
    for (const { key, outcome } of session.verdicts) {
      if (!judged.some((call) => call.key === key && call.outcome === outcome)) fault(`the page learnt ${outcome}`);
    }
    const verified = new Set(session.verdicts.filter(({ outcome }) => outcome === 'verified').map(({ key }) => key));
    if (verified.size > 1) fault('it was verified twice');
    if (verified.size === 1 && report.state !== 'verified') fault(`a page was verified, and it is ${report.state}`);
    for (const final of ['verified', 'expired']) {
      const at = session.states.indexOf(final);
      if (at >= 0 && report.state !== final) fault(`it was ${final}, and is ${report.state}`);
    }
    if (report.state === 'verified' || report.state === 'rejected') {
      if (report.verdict?.outcome !== report.state) fault(`it is ${report.state} without that verdict`);
      if (!judged.some(({ outcome }) => outcome === report.state)) fault(`it is ${report.state}, and nobody judged so`);
    }

    // Webhooks.
    const count = (...types) => told.filter(({ type }) => types.includes(type)).length;
    const decided = new Set(session.verdicts.map(({ key }) => key)).size;
    const reported = count('session.verified', 'session.rejected');
    if (reported < decided) fault(`${decided} verdicts reached the page, and ${reported} the back end`);
    if (reported > new Set(judged.map(({ key }) => key)).size)
      fault(`${reported} webhooks for ${judged.length} verdicts`);
    if (judged.length > 0 && reported === 0 && count('session.unknown') === 0) fault('a verdict was lost in silence');
    if (report.state === 'verified' && count('session.verified') !== 1) fault('it is verified without a webhook');
    for (const webhook of told) if (webhook.taken === null) fault(`${webhook.type} was never taken`);
    const last = told.filter(isLast);
    if (hasEnded(report) && last.length !== 1) fault(`it ended with ${last.length} last webhooks`);
    if (!hasEnded(report) && !isAlive(report)) fault(`it hangs in ${report.state}`);
    if (last.length === 1 && told.some(({ taken }) => taken > last[0].taken))
      fault('a webhook came after the last one');

    // Proofs.
    const ids = new Set();
    const see = (proof, outcome, where) => {
      proofs += 1;
      const said = claims(proof, keys);
      if (!said) return fault(`the proof ${where} is not the relay's`);
      if (said.sub !== id || said.aud !== 'bank' || said.outcome !== outcome || said.exp !== said.iat + 300)
        fault(`the proof ${where} says ${JSON.stringify(said)}`);
      ids.add(verdictOf(said));
      return said;
    };
    for (const webhook of told) {
      const same = new Set(webhook.proofs.map((proof) => see(proof, webhook.outcome, 'of a webhook')?.jti));
      if (same.size > 1) fault('the proofs of one webhook name several verdicts');
      if (webhook.outcome && webhook.proofs.length < webhook.deliveries) fault('a webhook has no proof');
    }
    if (ids.size > reported) fault(`${ids.size} verdicts are proven, and ${reported} were reported`);
    const known = ids.size;
    for (const { proof, outcome } of session.verdicts) see(proof, outcome, 'of a page');
    if (ids.size > known) fault('a page has the proof of a verdict that the back end does not know');
  }
  const known = new Set(sessions.map(({ reference }) => reference));
  for (const { reference } of listed) if (!known.has(reference)) faults.push(`${reference}: nobody created it`);
  return { faults, proofs };
}
