/* The two calls to the relay, and the meaning of its answers; src/adapter/relay says the same in Rust. */

import { Failure, isObject } from './failure.js';

const LINK_LIMIT = 20_000;
const VERIFY_LIMIT = 60_000;
const SESSION_LIMIT = 15_000;
const LONGEST_ANSWER = 1_000_000;

/** Statuses that mean the same from everybody, and so need no JSON. */
const PLAIN = [401, 408, 429, 503, 504];

/**
 * The session of one attempt. The page's function is called once, and again when the relay says that it has expired.
 * @param {() => any} current returns the page's session
 */
export function bearer(current) {
  /** @type {string | undefined} */
  let token;
  return {
    renews: () => typeof current() === 'function',
    /** @param {string} reason */
    async token(reason) {
      const session = current();
      if (typeof session !== 'function') return session || undefined;
      if (token && reason === 'start') return token;
      token = undefined;
      let timer;
      let text;
      try {
        const late = new Promise((_, reject) => {
          timer = setTimeout(reject, SESSION_LIMIT);
        });
        text = await Promise.race([session({ reason }), late]);
      } catch (error) {
        const { status } = /** @type {any} */ (error) ?? {};
        // Browsers give errors of the network no name of their own.
        throw status === 401 || status === 403
          ? new Failure('session')
          : new Failure('relay-unreachable', { again: true });
      } finally {
        clearTimeout(timer);
      }
      if (typeof text !== 'string' || !/^[!-~]{1,7000}$/.test(text)) throw new Failure('session');
      token = text;
      return token;
    },
  };
}

/**
 * @typedef {object} Call
 * @property {boolean} verify whether this is the call for the verdict, which the vendor may bill
 * @property {string} url
 * @property {Record<string, unknown>} body
 * @property {ReturnType<typeof bearer>} bearer
 * @property {AbortSignal} signal
 * @property {string} [key] the idempotency key
 */

/**
 * Makes one call, and a second one if the session had expired. Resolves to the answer's JSON.
 * @param {Call} call
 */
export async function call({ verify, url, body, bearer: session, signal, key }) {
  for (let reason = 'start'; ; reason = 'expired') {
    const token = await session.token(reason);
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json, application/problem+json', 'Content-Type': 'application/json' };
    if (token) {
      headers.Authorization = `Bearer ${token}`;
      if (key) headers['Idempotency-Key'] = key;
    }
    const answer = await exchange(url, { headers, body: JSON.stringify(body) }, verify, Boolean(token), signal);
    const failure = meaning(answer, verify, Boolean(token));
    if (failure?.code === 'session' && reason === 'start' && session.renews()) continue;
    if (failure) throw failure;
    return answer.json;
  }
}

/**
 * @param {string} url
 * @param {RequestInit} request
 * @param {boolean} verify
 * @param {boolean} sent whether a session is sent; then the relay keeps the verdict, and the call may be repeated
 * @param {AbortSignal} signal
 */
async function exchange(url, request, verify, sent, signal) {
  const stop = new AbortController();
  const abort = () => stop.abort();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  let late = false;
  const limit = setTimeout(
    () => {
      late = true;
      abort();
    },
    verify ? VERIFY_LIMIT : LINK_LIMIT,
  );
  try {
    const reply = await fetch(url, {
      ...request,
      method: 'POST',
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: stop.signal,
    });
    const text = await reply.text();
    let json = null;
    try {
      if (text.length <= LONGEST_ANSWER) json = JSON.parse(text);
    } catch {
      // An answer that is not JSON is not the relay's.
    }
    return { status: reply.status, json: isObject(json) ? json : null, after: pause(reply.headers.get('Retry-After')) };
  } catch {
    throw new Failure(late ? 'relay-timeout' : 'relay-unreachable', { again: !verify || sent });
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', abort);
  }
}

/** Returns the milliseconds of a `Retry-After`. @param {string | null} text */
function pause(text) {
  const wait = /^\d+$/.test(text ?? '') ? Number(text) * 1000 : Date.parse(text ?? '') - Date.now();
  return Number.isNaN(wait) ? 0 : Math.max(wait, 0);
}

/**
 * Returns why a call failed, if it did.
 * @param {{ status: number, json: any, after: number }} answer
 * @param {boolean} verify
 * @param {boolean} sent
 */
function meaning({ status, json, after }, verify, sent) {
  const code = json?.code;
  const is = (/** @type {string[]} */ ...codes) => codes.includes(code);
  const failed = (/** @type {string} */ name, again = false) => new Failure(name, { again, after });
  const family = Math.floor(status / 100);
  if (!json && !PLAIN.includes(status) && (family !== 5 || sent)) {
    return failed('relay-unreachable', !verify || sent);
  }
  if (family === 2) return undefined;
  const busy = failed('relay-busy', true);
  if (status === 401) return failed(sent || is('unauthorized', 'session-expired') ? 'session' : 'relay-refused');
  if (status === 404 && is('unknown-session')) return failed('session');
  if (verify && ((status === 403 && is('session-mismatch')) || (status === 409 && is('session-state')))) {
    // Most likely the link belongs to the previous session.
    return new Failure('relay-forbidden', { relink: true });
  }
  if (status === 403) return failed('relay-forbidden');
  if (status === 404 && is('unknown-customer')) return failed('customer-unknown');
  if (status === 408 || status === 504) return failed('relay-timeout', !verify || sent);
  if (status === 429) return busy;
  if (status === 409) {
    if (is('session-state', 'handoff-state')) return failed('session-done');
    if (is('session-limit', 'person-limit')) return failed('session-limit');
    if (is('verdict-unknown')) return failed('verdict-unknown');
    if (is('verdict-pending')) return busy;
  }
  if (status === 503 && (!verify || (!json && sent) || is('overloaded', 'storage-unavailable'))) return busy;
  if (is('vendor-denied') || family === 4) return failed('relay-refused');
  return family === 5 ? failed('relay-failed', !verify) : failed('relay-reply');
}

const REASONS = ['not-matched', 'fraud', 'unclear'];

/**
 * Judges the answer of the call for a verdict. Everything except an explicit success is rejected: the rule of
 * crates/protocol/src/judgement.rs, letter for letter.
 * @param {any} reply
 * @param {boolean} sent whether a session was sent: only then has a relay judged the vendor's answer
 * @returns {string | null} the reason to reject
 */
export function objection(reply, sent) {
  const { outcome, reason } = sent ? reply : /** @type {any} */ ({});
  if (outcome === undefined) return vendorObjection(reply, false);
  if (outcome === 'verified' && reason === undefined) return vendorObjection(reply, true);
  if (outcome !== 'rejected') return 'unclear';
  if (reason === undefined) return 'not-matched';
  return REASONS.includes(reason) ? reason : 'unclear';
}

/** @param {any} reply @param {boolean} judged whether someone who saw the whole reply has judged it */
function vendorObjection({ status, data }, judged) {
  if (status !== 'success') return 'not-matched';
  const missing = judged ? null : 'unclear';
  if (data === undefined) return missing;
  if (!isObject(data)) return 'unclear';
  if (data.identity === undefined) return missing;
  if (!isObject(data.identity)) return 'unclear';
  const word = data.identity.fraud_detected;
  if (word === undefined) return missing;
  if (typeof word !== 'string') return 'unclear';
  if (/^[ \t\r\n]*(low|medium)[ \t\r\n]*$/i.test(word)) return null;
  return /^[ \t\r\n]*high[ \t\r\n]*$/i.test(word) ? 'fraud' : 'unclear';
}

/**
 * Returns the whole verdict.
 * @param {any} response
 * @param {boolean} sent
 */
export function verdict(response, sent) {
  const reason = objection(response, sent);
  const text = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : null);
  const identity = isObject(response.data?.identity) ? response.data.identity : null;
  const score = (/** @type {unknown} */ value) => {
    const number = typeof value === 'number' || text(value)?.trim() ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? number : null;
  };
  return {
    outcome: reason ? 'rejected' : 'verified',
    reason,
    message: text(response.message),
    identity,
    scores: { fraud: score(identity?.fraud_score), match: score(identity?.facial_recognition_confidence) },
    response,
    proof: sent ? text(response.proof) : null,
    quality: null,
  };
}
