// Servers of the cases: a tool's own, or a plain one for a folder.
//
// Exports: `freePort()`, `start()`, `serveFolder()`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

/** How long a server may take until it answers, in milliseconds. */
const PATIENCE = 180_000;

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Returns a port of the loopback interface that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a tool's server and waits until it answers.
 * @param {string[]} command
 * @param {string} folder
 * @param {number} port
 * @param {string} [host] where it answers
 * @returns {Promise<{ stop(): Promise<void>, output(): string }>}
 */
export async function start(command, folder, port, host = '127.0.0.1') {
  const [program, ...args] = command.map((part) => part.replace('{port}', String(port)));
  // A group of its own, because tools start more processes.
  const child = spawn(program, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOST: host, PORT: String(port), CI: '1', NO_COLOR: '1' },
  });
  const said = [];
  child.stdout.on('data', (data) => said.push(data));
  child.stderr.on('data', (data) => said.push(data));
  const exited = once(child, 'exit').catch((error) => said.push(String(error)));
  const output = () => said.join('');
  const stop = async () => {
    if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
    await exited;
  };
  for (const end = Date.now() + PATIENCE; ; ) {
    const answered = await fetch(`http://${host}:${port}/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answered) return { stop, output };
    if (child.exitCode !== null || child.pid === undefined || Date.now() > end) {
      await stop();
      throw new Error(`«${command.join(' ')}» does not serve: ${output()}`);
    }
    await new Promise((wake) => setTimeout(wake, 300));
  }
}

/**
 * Serves a folder.
 * @param {string} folder
 * @param {object} settings
 * @param {number} settings.port
 * @param {Record<string, string>} [settings.headers] of every answer
 * @param {(path: string, body: Buffer) => Buffer | string} [settings.change] the last word on a file
 */
export async function serveFolder(folder, { port, headers = {}, change = (_, body) => body }) {
  /** @type {string[]} */
  const seen = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = normalize(path.endsWith('/') ? `${path}index.html` : path);
    seen.push(file);
    try {
      const body = change(file, await readFile(join(folder, file)));
      response.writeHead(200, { ...headers, 'Content-Type': TYPES[extname(file)] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    /** The paths of all requests. */
    seen,
    output: () => '',
    stop: () =>
      /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        })
      ),
  };
}
