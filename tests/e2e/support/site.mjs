// A plain web server for tests: it serves folders under the content security policy that the element supports.
//
// Exports: `serve()`, `policy()`.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Returns the strictest policy of a page with the element. @param {string} [uploads] origin of the storage */
export function policy(uploads = '') {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    `connect-src 'self' ${uploads}`.trim(),
  ].join('; ');
}

/**
 * Serves folders on a free port of the loopback interface.
 * @param {Record<string, string | URL | Buffer>} routes a URL path that ends in `/` with its folder, or a path with its
 *   content; the longest match counts
 * @param {object} [settings]
 * @param {string} [settings.uploads] origin of the storage, for the policy
 * @returns {Promise<{origin: string, uploads?: string, broken: Set<string>, seen: string[], close(): Promise<void>}>}
 *   the server answers requests for the paths in `broken` with 503, and lists all requested paths in `seen`
 */
export async function serve(routes, { uploads } = {}) {
  const broken = new Set();
  const seen = [];
  const site = { uploads };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    seen.push(path);
    response.setHeader('Content-Security-Policy', policy(site.uploads));
    response.setHeader('Cache-Control', 'no-store');
    try {
      if (broken.has(path)) {
        response.writeHead(503).end();
        return;
      }
      const body = await find(routes, path);
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? TYPES['.html'] }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return Object.assign(site, {
    origin: `http://127.0.0.1:${port}`,
    broken,
    seen,
    close: () =>
      /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        })
      ),
  });
}

async function find(routes, path) {
  const route = Object.keys(routes)
    .filter(
      (prefix) =>
        path === prefix || (prefix.endsWith('/') && !Buffer.isBuffer(routes[prefix]) && path.startsWith(prefix)),
    )
    .sort((a, b) => b.length - a.length)[0];
  const target = routes[route];
  if (Buffer.isBuffer(target)) return target;
  const folder = target instanceof URL ? fileURLToPath(target) : target;
  const inside = normalize(path.slice(route.length) || 'index.html');
  if (inside.startsWith('..')) throw new Error('outside the folder');
  return readFile(join(folder, inside.endsWith('/') ? `${inside}index.html` : inside));
}
