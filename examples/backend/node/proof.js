// Checks a proof of a verdict: a JWT that the relay signs and the page brings. Nothing else that a page says about a
// verdict is worth anything.

import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

/** The proof is not valid, not for this customer (400), or was used before (409). */
export class Refused extends Error {
  /** @param {string} message @param {number} [status] */
  constructor(message, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Errors that say that the relay's keys could not be read. */
const NO_KEYS = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'];

/**
 * Returns a function that checks a proof for a session and returns its claims.
 * @param {{ relay: string, issuer: string, audience: string }} settings `audience` is the name of your API key
 */
export function proofChecker({ relay, issuer, audience }) {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', relay), { timeoutDuration: 5_000 });
  // STUB: your database. Keep the ids in a unique column. A proof is valid for five minutes.
  const used = new Set();

  /**
   * @param {unknown} proof
   * @param {string | undefined} session the customer's session, from your database
   */
  return async (proof, session) => {
    // Without a subject the library would accept a proof of any session.
    if (!session || typeof proof !== 'string') throw new Refused('no session or no proof');
    const { payload } = await jwtVerify(proof, keys, {
      algorithms: ['EdDSA'],
      typ: 'akiba-verdict+jwt',
      issuer,
      audience,
      subject: session,
      requiredClaims: ['iss', 'aud', 'sub', 'exp', 'iat', 'jti', 'outcome', 'final'],
      clockTolerance: 30,
    }).catch((error) => {
      const invalid = error instanceof errors.JOSEError && !NO_KEYS.includes(error.code);
      throw invalid ? new Refused(error.code) : error;
    });
    if (used.has(payload.jti)) throw new Refused('used before', 409);
    used.add(payload.jti);
    return payload;
  };
}
