// A screen for browsers that can't run without one: Xvfb, started once for each process of tests.
//
// Exports: `display()`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { find } from '../../e2e/support/browser.mjs';

/** @type {Promise<string> | undefined} */
let started;

/** Returns the name of the screen, such as `:1`. It ends with this process. */
export function display() {
  started ??= start();
  return started;
}

async function start() {
  const server = spawn(find('Xvfb'), ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => server.kill());
  // It stays open, as the server ends when it can't write to it.
  const said = /** @type {import('node:net').Socket} */ (server.stdio[3]);
  const [number] = await once(said, 'data');
  server.unref();
  said.unref();
  return `:${String(number).trim()}`;
}
