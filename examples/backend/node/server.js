// A bank's back end for <akiba-selfie>. It serves the page, creates a session at the relay, receives the webhook, and
// returns the verdict. Its settings come from the environment: see README.md.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import express from 'express';
import { Webhook } from 'standardwebhooks';

import { proofChecker, Refused } from './proof.js';

const {
  PORT = '3000',
  RELAY_URL,
  AKIBA_API_KEY,
  AKIBA_WEBHOOK_SECRET,
  AKIBA_KEY_NAME = 'bank',
  PROOF_ISSUER = 'akiba-relay',
  UPLOADS = 'https://*.amazonaws.com',
} = process.env;
if (!RELAY_URL || !AKIBA_API_KEY || !AKIBA_WEBHOOK_SECRET) {
  console.error('set RELAY_URL, AKIBA_API_KEY and AKIBA_WEBHOOK_SECRET');
  process.exit(2);
}
const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const webhook = new Webhook(AKIBA_WEBHOOK_SECRET);
const checkProof = proofChecker({ relay: RELAY_URL, issuer: PROOF_ISSUER, audience: AKIBA_KEY_NAME });

// STUB: your database. These are lost when the process ends.
const customers = new Map();
const verdicts = new Map();
const seen = new Set();

// STUB: your login. Here each browser is another customer, and all have the same national id.
function customer(request, response) {
  const sent = /(?:^|; )login=([0-9a-f]{32})(?:;|$)/.exec(request.headers.cookie ?? '')?.[1];
  if (customers.has(sent)) return customers.get(sent);
  const login = randomBytes(16).toString('hex');
  customers.set(login, {
    number: `customer-${customers.size + 1}`,
    nationalId: process.env.NATIONAL_ID ?? '0000000000001',
  });
  response.cookie('login', login, { httpOnly: true, secure: true, sameSite: 'strict' });
  return customers.get(login);
}

/**
 * Calls the relay with the API key, which never goes to a page. Returns undefined if the relay does not know the
 * session.
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
async function relay(path, body) {
  const answer = await fetch(new URL(path, RELAY_URL), {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${AKIBA_API_KEY}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`the relay answered ${answer.status}`);
  return answer.json();
}

const app = express();
app.disable('x-powered-by');
app.use((_, response, next) => {
  response.set({
    'Content-Security-Policy':
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; media-src 'self' blob:; " +
      `connect-src 'self' ${new URL(RELAY_URL).origin} ${UPLOADS}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    'Cache-Control': 'no-store',
    'Permissions-Policy': 'camera=(self)',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
});
app.use('/akiba-selfie', express.static(process.env.WIDGET ?? file('../../../build/package')));
app.use('/page', express.static(file('../page'), { index: false }));

app.get('/', async (request, response) => {
  customer(request, response);
  response.type('html').send((await readFile(file('../page/index.html'), 'utf8')).replace('{{relay}}', RELAY_URL));
});

// Returns the session's token to the page. The identifier comes from the login, never from the page.
app.post('/selfie-session', async (request, response) => {
  const who = customer(request, response);
  // Two requests at once get the same session. STUB: lock the customer's row.
  who.asking ??= sessionFor(who).finally(() => delete who.asking);
  const { token, error } = await who.asking;
  return error ? response.status(409).json({ error }) : response.json({ token });
});

async function sessionFor(who) {
  const last = who.session && (await relay(`/v1/sessions/${who.session}`));
  // Either the verdict is final, or the vendor may have judged already and would bill again. Someone at the bank has to
  // decide.
  if (last?.verdict?.final || ['verifying', 'unknown'].includes(last?.state)) {
    return { error: `the last check is ${last.state}` };
  }
  // Try again in the same session, as it counts the tries. A new session would start at zero.
  if (last && (last.verdict || Date.parse(last.expires_at) > Date.now())) return { token: who.token };
  const created = await relay('/v1/sessions', { identifier: who.nationalId, type: '1', reference: who.number });
  who.session = created.session_id;
  who.token = created.session_token;
  return { token: who.token };
}

// Receives the relay's webhook. The library checks the signature, and rejects one that is over five minutes old.
app.post('/hooks/akiba', express.raw({ type: 'application/json', limit: '16kb' }), async (request, response) => {
  let event;
  try {
    event = webhook.verify(request.body, request.headers);
  } catch {
    return response.sendStatus(400);
  }
  // A webhook may arrive more than once. If the relay can't be reached, the 503 makes it send the webhook again.
  if (!seen.has(request.get('webhook-id'))) {
    const known = await relay(`/v1/sessions/${event.data.session_id}`);
    if (known) {
      const { session_id: id, state, verdict } = known;
      const { outcome = null, final = false } = verdict ?? {};
      verdicts.set(id, { state, outcome, final, told_at: new Date().toISOString() });
    }
    seen.add(request.get('webhook-id'));
  }
  return response.sendStatus(204);
});

// Takes a proof of the verdict from the page, so that the bank knows it at once. Only the proof counts: the customer's
// session comes from the login, and the outcome from the proof.
app.post('/selfie-proof', express.json({ limit: '8kb' }), async (request, response) => {
  const who = customer(request, response);
  try {
    const { outcome, final } = await checkProof(request.body?.proof, who.session);
    // A proof of an earlier rejection may arrive late.
    if (!verdicts.get(who.session)?.final) {
      verdicts.set(who.session, { state: outcome, outcome, final, told_at: new Date().toISOString() });
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return response.sendStatus(error.status);
  }
  return response.sendStatus(204);
});

// Returns the verdict that the bank has. Base a decision about money on this, on the server, and never on what the page
// says. After a rejection that is not final, the customer can still be verified.
app.get('/verdict', (request, response) => {
  response.json(verdicts.get(customer(request, response).session) ?? { state: 'open', outcome: null });
});

app.use((error, _request, response, _next) => {
  console.error(error.message);
  response.status(error.status ?? 503).json({ error: 'try again later' });
});

const server = app.listen(Number(PORT), '127.0.0.1', () =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);
