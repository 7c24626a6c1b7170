/*
 * The relay and the storage, in the page: answers `fetch` and `XMLHttpRequest` for their URLs, as docs/relay/reference.md
 * describes them. Every other request goes to the page's own server.
 */

import { StorageRequest, storage } from './storage.js';
import { reply } from './verdicts.js';
import { answer, pause, world } from './world.js';

/** The titles of problems are for developers; the playground needs only one. */
const TITLE = 'The playground answers so.';
/** How long a vendor needs for a photo, in seconds. */
const COMPARES = 1.2;
/** How long a phone can open a link, in seconds. */
const LINK_FOR = 120;

/**
 * Answers the relay's calls from here on.
 * @param {string} base the relay's path
 * @param {() => { link: string, verify: string }} paths the paths of the two calls, below the relay's
 */
export function installRelay(base, paths) {
  const real = globalThis.fetch.bind(globalThis);
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(`${base}/`)) return real(input, init);
    const { link, verify } = paths();
    if (pathname === base + verify) return verdict(request);
    if (pathname === base + link) return signedLink(request);
    if (pathname.startsWith(`${base}/v1/handoffs`)) return handOff(request);
    return problem(404, 'not-found');
  };
  globalThis.XMLHttpRequest = StorageRequest;
}

/** @param {Request} request */
async function signedLink({ signal }) {
  const { body = {}, ...how } = answer('link');
  const failure = await fail({ after: 0.2, ...how }, signal);
  if (failure) return failure;
  return json(200, { ...storage.sign(world.upload), ...body });
}

/** A link for a phone, and then what the phone did. Nobody can open the link. @param {Request} request */
async function handOff({ method, signal }) {
  const { body = {}, ...how } = answer('handoff');
  const failure = await fail({ after: 0.2, ...how }, signal);
  if (failure) return failure;
  if (method === 'GET') return json(200, { state: 'waiting', session: 'created', version: '1', ...body });
  const end = new Date(Date.now() + 1000 * LINK_FOR);
  const url = new URL('/s#playground', location.origin).href;
  return json(201, { handoff_id: 'hof_playground', url, number: 42, expires_at: end.toISOString() });
}

/** @param {Request} request */
async function verdict(request) {
  const sent = await request.json();
  const { body = {}, ...how } = answer('verify');
  const failure = await fail({ after: COMPARES, ...how }, request.signal);
  if (failure) return failure;
  if (!storage.holds(sent.s3_key)) return json(200, { ...reply('not-matched'), message: 'There is no photo.' });
  return json(200, { ...reply(world.verdict), ...body });
}

/**
 * Waits as long as the answer takes, and returns it if it is a failure.
 * @param {import('./world.js').Answer} how
 * @param {AbortSignal} signal
 */
async function fail({ after = 0, silent, cut, status = 200, code = 'internal', retryAfter }, signal) {
  await pause(silent ? 1e6 : after, signal);
  if (cut) throw new TypeError('Failed to fetch');
  return status < 400 ? undefined : problem(status, code, retryAfter);
}

/** @param {number} status @param {string} code @param {number} [retryAfter] */
function problem(status, code, retryAfter) {
  /** @type {Record<string, string>} */
  const more = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  return json(status, { type: 'about:blank', code, title: TITLE, status }, 'application/problem+json', more);
}

/**
 * @param {number} status
 * @param {object} body
 * @param {string} [type]
 * @param {Record<string, string>} [headers]
 */
const json = (status, body, type = 'application/json', headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type, ...headers } });
