// Starts the programs of a bench, and stops them when it ends.
//
// Exports: `start()`, `folder()`, `freePort()`, `memory()`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ends = [];
process.once('exit', () => {
  for (const end of ends) end();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** On Debian, servers are only in root's PATH. */
export const PATH = [process.env.PATH, '/usr/sbin'].join(delimiter);

/**
 * Starts a program, and writes its output into a file.
 * @param {string} program
 * @param {string[]} args
 * @param {{ log: string, env?: Record<string, string>, signal?: NodeJS.Signals, cwd?: string }} settings
 */
export function start(program, args, { log, env = {}, signal = 'SIGTERM', ...options }) {
  const file = openSync(log, 'a');
  const child = spawn(program, args, { stdio: ['ignore', file, file], env: { PATH, ...env }, ...options });
  const exited = once(child, 'exit').catch(() => {});
  const end = () => child.kill(signal);
  ends.push(end);
  return {
    pid: child.pid,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    stop: async () => {
      end();
      await exited;
    },
  };
}

/** Makes a temporary folder. */
export async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'akiba-bench-'));
  // Servers that root starts run as another user.
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Returns a free port of the loopback interface. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((done) => server.close(done));
  return port;
}

/** Returns the proportional set size (PSS) of processes in bytes. @param {number[]} pids */
export async function memory(...pids) {
  let sum = 0;
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    sum += Number(/^Pss:\s+(\d+) kB$/m.exec(text)[1]) * 1024;
  }
  return sum;
}
