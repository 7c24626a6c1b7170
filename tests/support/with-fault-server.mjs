// Runs a command with a fault server beside it: `node tests/support/with-fault-server.mjs COMMAND…`. The command finds
// the server's URL in AKIBA_TEST_FAULT_SERVER, and its exit code is this program's.

import { spawn } from "node:child_process";
import { constants } from "node:os";

import { startFaultServer } from "./fault-server.mjs";

const [command, ...args] = process.argv.slice(2);
if (!command) {
  console.error("usage: node with-fault-server.mjs COMMAND [ARGUMENT…]");
  process.exit(2);
}

const server = await startFaultServer();
const child = spawn(command, args, {
  stdio: "inherit",
  env: { ...process.env, AKIBA_TEST_FAULT_SERVER: server.url },
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));

const end = (code) => {
  server.stop();
  process.exitCode = code;
};
child.on("error", (error) => {
  console.error(`${command}: ${error.message}`);
  end(127);
});
child.on("exit", (code, signal) => end(code ?? 128 + constants.signals[signal]));
