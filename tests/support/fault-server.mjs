// A server whose answers a test programs, and that reports its requests: for all failures of a relay or an S3.
//
//   POST /program/ID   sets the next answers, as JSON (see `Answer`); the last one repeats
//   any  /run/ID/...   gets the next answer
//   GET  /seen/ID      returns the requests to /run/ID, as JSON
//
// It answers preflights like S3: it allows only the headers of the program.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} Answer
 * @property {number} [status]   HTTP status, 200 by default
 * @property {Record<string, string>} [headers]
 * @property {string} [body]
 * @property {number} [repeat]   how often the body repeats, 1 by default
 * @property {boolean} [cors]    whether the page may read it, true by default
 * @property {boolean} [hang]    whether it never arrives
 * @property {boolean} [trickle] whether it never ends
 * @property {number} [cut]      resets the connection after this many bytes of the request
 * @property {boolean} [short]   whether the connection is reset before the last byte of the body
 * @property {number} [pace]     milliseconds between reads of two chunks of the request
 */

/** Headers that a preflight allows by default. */
const ALLOWED = 'accept, authorization, content-type, idempotency-key';
/** How much of a request's body is kept as text. */
const KEPT = 20_000;

const readAll = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

/** Reads a request. Returns false if it ended early. */
async function receive(request, answer, seen) {
  const kept = [];
  try {
    for await (const chunk of request) {
      if (seen.length < KEPT) kept.push(chunk);
      seen.length += chunk.length;
      if (answer.cut !== undefined && seen.length >= answer.cut) {
        request.socket.resetAndDestroy();
        return false;
      }
      if (answer.pace) await sleep(answer.pace);
    }
  } catch {
    return false;
  } finally {
    seen.body = Buffer.concat(kept).subarray(0, KEPT).toString('latin1');
  }
  if (answer.cut === 0) request.socket.resetAndDestroy();
  return answer.cut !== 0;
}

async function give(response, answer, seen) {
  if (answer.hang) return;
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', ...answer.headers };
  if (answer.cors !== false) {
    headers['access-control-allow-origin'] = '*';
    headers['access-control-expose-headers'] = 'retry-after';
  }
  const body = (answer.body ?? '').repeat(answer.repeat ?? 1);
  if (answer.short) headers['content-length'] = Buffer.byteLength(body) + 1;
  response.writeHead(answer.status ?? 200, headers);
  if (answer.short) {
    response.write(body, () => response.destroy());
  } else if (answer.trickle) {
    while (!response.destroyed) {
      response.write(' ');
      await sleep(20);
    }
  } else {
    response.end(body, () => {
      seen.answered = true;
    });
  }
}

/** Starts the server on a free port of this machine. Resolves to its URL and a function that stops it. */
export async function startFaultServer() {
  const programs = new Map();

  const handle = async (request, response) => {
    const [, kind, id] = new URL(request.url, 'http://localhost').pathname.split('/');
    const program = programs.get(id);
    const open = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, POST, PUT' };
    if (request.method === 'OPTIONS') {
      const wanted = request.headers['access-control-request-headers'] ?? '';
      if (kind === 'run') program?.preflights.push(wanted);
      open['access-control-allow-headers'] = (kind === 'run' && program?.allow) || ALLOWED;
      response.writeHead(204, open).end();
    } else if (kind === 'program') {
      programs.set(id, { preflights: [], requests: [], ...JSON.parse(await readAll(request)) });
      response.writeHead(204, open).end();
    } else if (kind === 'seen' && program) {
      const { requests, preflights } = program;
      response.writeHead(200, { ...open, 'content-type': 'application/json' });
      response.end(JSON.stringify({ requests, preflights }));
    } else if (kind === 'run' && program) {
      const { method, url, headers } = request;
      const seen = { method, url, headers, length: 0, body: '', answered: false, aborted: false };
      program.requests.push(seen);
      response.on('close', () => {
        seen.aborted = !seen.answered;
      });
      const answer = program.answers[Math.min(program.requests.length, program.answers.length) - 1];
      if (await receive(request, answer, seen)) await give(response, answer, seen);
    } else {
      response.writeHead(404, open).end();
    }
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      console.error('fault server:', error);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
