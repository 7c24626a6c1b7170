/* The page's settings, checked like src/config does. */

import { isPrivate } from './failure.js';

/**
 * @typedef {{ linkUrl: string, verifyUrl: string, identifier: string | undefined, type: string,
 *   customer: string, session: unknown, sent: boolean, [flag: string]: unknown }} Settings
 */

/**
 * Returns the checked settings.
 * @param {Record<string, any>} options
 * @param {unknown} session
 * @returns {Settings}
 * @throws {Error} with a sentence for the page's developer, which repeats no value
 */
export function check(options, session) {
  const given = (/** @type {string} */ name) => options[name]?.trim() || undefined;
  const relay = given('relay');
  if (!relay) throw new Error('the attribute `relay` is missing: set it to the relay’s URL');
  const base = relayUrl(relay);
  if (!base) throw new Error('the attribute `relay` must be an https URL without user name, query or fragment');
  if (session && !(typeof session === 'function' || (typeof session === 'string' && /^[!-~]{1,7000}$/.test(session)))) {
    throw new Error('the property `session` must be a string of printable ASCII or a function that returns one');
  }
  const identifier = given('identifier');
  if (!identifier && !session) throw new Error('the attribute `identifier` is missing');
  if (identifier && ([...identifier].length > 128 || /\p{Cc}/u.test(identifier))) {
    throw new Error('the attribute `identifier` must be 1 to 128 printable characters');
  }
  const types = new Map(Object.entries({ individual: '1', business: '2', 1: '1', 2: '2' }));
  const type = types.get(given('type') ?? '1');
  if (!type) throw new Error('the attribute `type` must be `individual` (1) or `business` (2)');
  const paths = [given('link-path') ?? '/v1/customer', given('verify-path') ?? '/v1/customer/verify'];
  if (!paths.every((path) => /^\/(?!\/)[^#?\\]*$/.test(path))) {
    throw new Error('the attributes `link-path` and `verify-path` must be paths that begin with one `/`');
  }
  const [linkUrl, verifyUrl] = paths.map((path) => base + path);
  return {
    linkUrl,
    verifyUrl,
    identifier,
    type,
    // A photo taken for one customer is never sent for another.
    customer: JSON.stringify([linkUrl, verifyUrl, identifier, type, typeof session === 'string' && session]),
    session,
    sent: Boolean(session),
    review: !options['no-review'],
    consent: !options['no-consent'],
    files: !options['no-file'],
    alternative: options.alternative,
  };
}

/** Returns the relay's base URL without a slash at its end. @param {string} relay */
function relayUrl(relay) {
  if (/[#?@\\\s]|^\/\//.test(relay)) return undefined;
  try {
    const url = new URL(relay[0] === '/' ? location.origin + relay : relay);
    return isPrivate(url) ? url.href.replace(/\/+$/, '') : undefined;
  } catch {
    return undefined;
  }
}
