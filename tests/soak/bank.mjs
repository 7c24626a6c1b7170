// The back end and its customers' pages. They notice every failure, try again as a good program does, and write down what
// the relay said to them.
//
// Exports: `Bank`.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Dice } from '../support/random.mjs';

/** @import { Webhook } from './receiver.mjs' */

/** The sandbox's test identities (docs/sandbox.md), as often as they come. */
const PEOPLE = [
  ...Array(10).fill('0000000000001'), // verified
  ...Array(3).fill('0000000000002'), // not matched
  '0000000000003', // fraud
  '0000000000005', // the vendor answers 500
  '0000000000006', // slow
  '0000000000015', // unclear
];
/** How long a session lives, in seconds: a person who is soon done, and one who takes time. */
const LIVES = [20, 45];
/** How long a page waits for an answer, in milliseconds. */
const PATIENCE = 8_000;
/** Photos of a person at most. */
const PHOTOS = 3;
/** How often a page tries again after an answer that says that its session has ended. */
const REFUSALS = 3;

/**
 * What the back end and its page know of a session.
 * @typedef {object} Session
 * @property {string} reference the back end's own name for it
 * @property {number} began in milliseconds since 1970
 * @property {Set<string>} ids the relay's names for it: one, however often it was asked
 * @property {string} [token]
 * @property {string} [expires] when it ends, as the relay has said
 * @property {Set<string>} photos the keys of the photos that a verdict was asked for
 * @property {{ key: string, outcome: string, proof: string }[]} verdicts what the relay said to the page
 * @property {number} repeats how often the back end had the vendor asked again
 * @property {string[]} states what the relay said to the back end, in order
 */

export class Bank {
  /** @type {Map<string, Session>} by reference */
  sessions = new Map();
  /** @type {Map<string, Session>} by the relay's id */
  byId = new Map();
  /** What should never happen. @type {string[]} */
  wrong = [];
  /** Answers of the relays by status, and 0 for none. @type {Record<string, number>} */
  answers = {};
  over = false;
  #number = 0;

  /** @param {{ relays: string[], apiKey: string, photo: Uint8Array<ArrayBuffer>, seed: number }} settings */
  constructor({ relays, apiKey, photo, seed }) {
    this.relays = relays;
    this.apiKey = apiKey;
    this.photo = photo;
    this.seed = seed;
    this.dice = new Dice(seed);
  }

  /** Calls one of the relays. Without an answer, the status is 0. @returns {Promise<{ status: number, body: any }>} */
  async call(method, path, key, body, { headers = {}, patience = PATIENCE, dice = this.dice } = {}) {
    const base = dice.of(this.relays);
    try {
      const answer = await fetch(base + path, {
        method,
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', ...headers },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
      });
      const text = await answer.text();
      this.#count(answer.status);
      const parsed = text ? JSON.parse(text) : {};
      if (parsed.code === 'internal') this.wrong.push(`${method} ${path.replace(/ses_\w+/, '…')} is «internal»`);
      return { status: answer.status, body: parsed };
    } catch {
      this.#count(0);
      return { status: 0, body: {} };
    }
  }

  #count(status) {
    this.answers[status] = (this.answers[status] ?? 0) + 1;
  }

  /** A call of the back end. */
  host(method, path, body, settings) {
    return this.call(method, path, this.apiKey, body, settings);
  }

  /** Customers come, one after the other, until it is over. */
  async serve() {
    while (!this.over) {
      this.#number += 1;
      await this.#customer(`case-${this.#number}`, new Dice(this.seed + 7919 * this.#number));
    }
  }

  /** @param {string} reference @param {Dice} dice */
  async #customer(reference, dice) {
    await pause(dice.below(700));
    const session = await this.#create(reference, dice);
    for (let photos = 0; session && photos < PHOTOS; photos += 1) {
      // The person leaves.
      if (dice.oneIn(15)) break;
      const link = await this.#link(session, dice);
      if (!link) break;
      if (!(await this.#upload(link, dice))) continue;
      const end = await this.#verify(session, link, dice);
      if (end === 'over' || (end === 'rejected' && dice.oneIn(3))) break;
    }
    if (session && dice.oneIn(3)) await this.look(session);
  }

  /** Creates a session. It repeats the request until there is an answer. @returns {Promise<Session | null>} */
  async #create(reference, dice) {
    /** @type {Session} */
    const session = {
      reference,
      began: Date.now(),
      ids: new Set(),
      photos: new Set(),
      verdicts: [],
      repeats: 0,
      states: [],
    };
    this.sessions.set(reference, session);
    const body = { identifier: dice.of(PEOPLE), type: '1', reference, ttl: dice.of(LIVES) };
    const headers = { 'Idempotency-Key': randomUUID() };
    // Sometimes again, although there was an answer.
    for (let left = dice.oneIn(10) ? 2 : 1; left > 0 && !this.over; ) {
      const { status, body: answer } = await this.host('POST', '/v1/sessions', body, { headers, dice });
      if (status === 201) {
        left -= 1;
        session.ids.add(answer.session_id);
        session.token = answer.session_token;
        session.expires = answer.expires_at;
        this.byId.set(answer.session_id, session);
      } else if (status === 409) {
        // Created, and expired before an answer came.
        return null;
      } else if (status >= 400 && status < 500 && status !== 429) {
        this.wrong.push(`creating a session is ${status} ${answer.code}`);
        return null;
      } else await pause(dice.between(200, 900));
    }
    return session.token ? session : null;
  }

  /** @param {Session} session @returns {Promise<any>} the answer, or null if none will come */
  async #link(session, dice) {
    for (let refusals = 0; !this.#late(session); ) {
      const { status, body } = await this.call('POST', '/v1/customer', session.token, {}, { dice });
      if (status === 200) return body;
      if (body.code === 'unknown-session') this.wrong.push(`${session.reference}: a session is gone`);
      if (status === 401 || status === 404 || status === 409) refusals += 1;
      if (refusals >= REFUSALS) return null;
      await pause(dice.between(200, 900));
    }
    return null;
  }

  async #upload({ signed_link: url }, dice) {
    for (let left = 6; left > 0; left -= 1) {
      const headers = { 'Content-Type': 'image/jpeg' };
      const signal = AbortSignal.timeout(PATIENCE);
      const answer = await fetch(url, { method: 'PUT', headers, body: this.photo, signal }).catch(() => null);
      await answer?.arrayBuffer().catch(() => {});
      if (answer?.ok) return true;
      await pause(dice.between(300, 900));
    }
    return false;
  }

  /**
   * Asks for the verdict until there is one.
   * @param {Session} session
   * @returns {Promise<'over' | 'rejected' | 'again'>} `again` if another link may help
   */
  async #verify(session, { s3_key: key, selfie_filename }, dice) {
    session.photos.add(key);
    const headers = dice.oneIn(2) ? { 'Idempotency-Key': randomUUID() } : {};
    for (let refusals = 0; !this.#late(session); ) {
      // Impatient people: several calls at once, or one that hangs up.
      const calls = dice.oneIn(6) ? 3 : 1;
      const patience = dice.oneIn(8) ? dice.between(30, 900) : PATIENCE;
      const ask = () =>
        this.call(
          'POST',
          '/v1/customer/verify',
          session.token,
          { s3_key: key, selfie_filename },
          { headers, patience, dice },
        );
      const all = await Promise.all(Array.from({ length: calls }, ask));
      for (const { status, body } of all) if (status === 200) this.#told(session, key, body);
      const { status, body } = all.find(({ status }) => status === 200) ?? all[0];
      if (status === 200) return body.outcome === 'verified' ? 'over' : 'rejected';
      // The vendor refused it or a link was lost; or the back end gave it up.
      if (['refused', 'session-mismatch', 'session-state'].includes(body.code)) return 'again';
      if (body.code === 'unknown-session') this.wrong.push(`${session.reference}: a session is gone`);
      if (status === 401 || status === 404 || body.code === 'session-limit') refusals += 1;
      if (refusals >= REFUSALS) return 'over';
      await pause(dice.between(200, 900));
    }
    return 'over';
  }

  /** @param {Session} session */
  #told(session, key, { outcome, proof }) {
    session.verdicts.push({ key, outcome, proof });
  }

  #late(session) {
    return this.over || Date.now() > session.began + 60_000;
  }

  /** Reads a session, as the back end does. @param {Session} session @returns {Promise<any>} null if there is no answer */
  async look(session) {
    const [id] = session.ids;
    const { status, body } = await this.host('GET', `/v1/sessions/${id}`);
    if (status === 404) this.wrong.push(`${session.reference}: a session is gone`);
    if (status !== 200) return null;
    session.states.push(body.state);
    return body;
  }

  /** The back end decides about a lost verdict, soon after it has heard of it. @param {Webhook} webhook */
  async heard({ session: id, type }) {
    const session = this.byId.get(id);
    if (type !== 'session.unknown' || !session) return;
    for (let left = 4; left > 0 && !this.over; left -= 1) {
      await pause(this.dice.between(300, 3_000));
      if ((await this.decide(session)) === 200) return;
    }
  }

  /** Has the vendor asked again, or gives the verdict up. @param {Session} session */
  async decide(session) {
    const [id] = session.ids;
    const action = session.repeats < 2 && this.dice.oneIn(2) ? 'repeat' : 'release';
    if (action === 'repeat') session.repeats += 1;
    const { status } = await this.host('POST', `/v1/sessions/${id}/reconcile`, { action });
    return status;
  }
}
