// Runs a command with a fault server beside it: `node tests/support/with-fault-server.mjs COMMAND…`. The command gets
// the server's URL in AKIBA_TEST_FAULT_SERVER. This program exits with the command's status, and forwards signals to
// all processes that the command started, such as the browser of cargo's test runner.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { startFaultServer } from './fault-server.mjs';

const [command, ...args] = process.argv.slice(2);
if (!command) {
  console.error('usage: node with-fault-server.mjs COMMAND [ARGUMENT…]');
  process.exit(2);
}

const server = await startFaultServer();
const child = spawn(command, args, {
  stdio: 'inherit',
  // A new process group, so that a signal reaches all of its processes.
  detached: true,
  env: { ...process.env, AKIBA_TEST_FAULT_SERVER: server.url },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
  process.on(signal, () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch (error) {
      // All of them may have ended.
      if (error.code !== 'ESRCH') throw error;
    }
  });
}

const end = (code) => {
  server.stop();
  process.exitCode = code;
};
child.on('error', (error) => {
  console.error(`${command}: ${error.message}`);
  end(127);
});
child.on('exit', (code, signal) => end(code ?? 128 + constants.signals[signal]));
