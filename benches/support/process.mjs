// Programs of a bench, which end with it.
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
process.once('exit', () => ends.forEach((end) => end()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** Debian keeps servers out of the PATH of who is not root. */
export const PATH = [process.env.PATH, '/usr/sbin'].join(delimiter);

/**
 * Starts a program, with what it writes in a file.
 * @returns {{pid: number, stop(): Promise<void>}}
 */
export function start(program, args, { log, env = {}, signal = 'SIGTERM', ...options } = {}) {
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

/** A folder that is removed at the end. */
export async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'akiba-bench-'));
  // Servers that root starts run as another user.
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** What processes hold of memory that is theirs alone or shared with others in part, in bytes (PSS). */
export async function memory(...pids) {
  let sum = 0;
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    sum += Number(/^Pss:\s+(\d+) kB$/m.exec(text)[1]) * 1024;
  }
  return sum;
}
