// A proxy that makes a slow network of loopback: for the page, its workers and the storage alike.
//
// Exports: `slowProxy()`.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** How many bytes pass at once. */
const PIECE = 1460;

/**
 * Starts a proxy for http on a free port.
 * @param {{ latency: number, down: number, up: number }} network milliseconds until an answer begins, and bytes a second,
 *   which all connections share
 */
export async function slowProxy({ latency, down, up }) {
  const [toPage, toServer] = [line(down), line(up)];
  const server = createServer(async (asked, answer) => {
    const { pathname, search, hostname, port } = new URL(asked.url);
    const { method, headers } = asked;
    const onward = request({ hostname, port, method, headers, path: pathname + search, agent: false });
    // The browser gives up a request by closing the connection.
    answer.once('close', () => onward.destroy());
    onward.once('error', () => answer.destroy());
    onward.once('response', async (reply) => {
      answer.writeHead(reply.statusCode, reply.rawHeaders);
      await toPage(reply, answer);
      answer.end();
    });
    await Promise.all([sleep(latency), toServer(asked, onward)]);
    onward.end();
  });
  // Whatever is underway when a page closes.
  server.on('clientError', (_, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Returns a function that passes a stream's bytes on, with at most so many a second in all its calls together.
 * @param {number} rate
 */
function line(rate) {
  let free = 0;
  /** @param {AsyncIterable<Buffer>} from @param {import('node:stream').Writable} to */
  return async (from, to) => {
    try {
      for await (const bytes of from) {
        for (let at = 0; at < bytes.length; at += PIECE) {
          const piece = bytes.subarray(at, at + PIECE);
          free = Math.max(free, performance.now()) + (1000 * piece.length) / rate;
          const wait = free - performance.now();
          if (wait > 1) await sleep(wait);
          if (to.destroyed) return;
          to.write(piece);
        }
      }
    } catch {
      // The connection was closed, which the other side notices.
      to.destroy();
    }
  };
}
