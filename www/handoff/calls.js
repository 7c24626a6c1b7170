/* The desktop's calls to the relay. */

import { isObject } from '../plain/failure.js';
import { bearer } from '../plain/relay.js';
import { failureOf } from './follow.js';

/** Time limit of a call; a poll waits up to 25 s for news. */
const LIMIT = 40_000;

/** A call failed. `code` is missing if the same call may work later. */
export class Refusal extends Error {
  /** @param {string | undefined} code */
  constructor(code) {
    super(code ?? 'later');
    this.code = code;
  }
}

/**
 * Returns a function that makes one call, and a second one if the session had expired.
 * @param {import('../index.js').AkibaSelfieElement} host
 */
export function caller(host) {
  const session = bearer(() => host.session);
  const base = new URL((host.getAttribute('relay') ?? '').trim(), document.baseURI).href.replace(/\/+$/, '');
  const verify = host.getAttribute('verify-path')?.trim() || '/v1/customer/verify';
  /**
   * @param {'GET' | 'POST'} method
   * @param {string} path below the relay's URL; the verdict's if it is empty
   * @param {AbortSignal} signal
   * @param {boolean} [last] whether the call goes on without the page
   * @returns {Promise<any>}
   */
  return async (method, path, signal, last = false) => {
    for (let reason = 'start'; ; reason = 'expired') {
      const token = await session.token(reason).catch((failure) => {
        throw new Refusal(failure.code === 'session' ? 'session' : undefined);
      });
      const { status, json } = await exchange(base + (path || verify), {
        method,
        headers: { Accept: 'application/json, application/problem+json', Authorization: `Bearer ${token}` },
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        keepalive: last,
        signal,
      });
      if (status === 401 && reason === 'start' && session.renews()) continue;
      if (status === 204 || (status >= 200 && status < 300 && json)) return json;
      throw new Refusal(failureOf(status, json?.code));
    }
  };
}

/** @param {string} url @param {RequestInit & { signal: AbortSignal }} request */
async function exchange(url, request) {
  const stop = new AbortController();
  const abort = () => stop.abort();
  if (request.signal.aborted) abort();
  request.signal.addEventListener('abort', abort);
  const limit = setTimeout(abort, LIMIT);
  try {
    const reply = await fetch(url, { ...request, signal: stop.signal });
    const json = await reply.json().catch(() => null);
    return { status: reply.status, json: isObject(json) ? json : null };
  } catch {
    return { status: 0, json: null };
  } finally {
    clearTimeout(limit);
    request.signal.removeEventListener('abort', abort);
  }
}
