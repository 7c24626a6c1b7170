// The demo as `make demo` serves it: page, relay, vendor and S3, with the sandbox's test controls.
//
// Exports: `startDemo()`, `startSandbox()`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { keepLog, noteSecrets, talkative } from './logs.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binaries = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug');

/** How long it may take to be up, in milliseconds. */
const PATIENCE = 20_000;
/** How long it may take to end, in milliseconds. */
const STOP_PATIENCE = 10_000;

/**
 * Starts the demo on free ports.
 * @param {object} [settings]
 * @param {string} [settings.site] folder of the page
 * @param {'off' | 'required'} [settings.sessions] whether the page's server makes sessions
 * @param {string[]} [settings.args] further arguments of `akiba-sandbox demo`
 * @param {string[]} [settings.relay] further arguments of the relay
 */
export function startDemo({ site = join(root, 'build/site'), sessions = 'off', args = [], relay = [] } = {}) {
  const own = ['--port', '0', '--site', site, '--relay', join(binaries, 'akiba-relay'), '--sessions', sessions];
  return start(['demo', ...own, ...args], [...talkative, ...relay]);
}

/**
 * Starts the vendor's API and the S3 alone.
 * @param {object} [settings]
 * @param {string[]} [settings.args] further arguments of `akiba-sandbox serve`
 */
export function startSandbox({ args = [] } = {}) {
  return start(['serve', ...args]);
}

async function start(args, relay = []) {
  const folder = await mkdtemp(join(tmpdir(), 'akiba-selfie-'));
  const readyFile = join(folder, 'ready.json');
  const child = spawn(
    join(binaries, 'akiba-sandbox'),
    [...args, '--test-controls', '--ready-file', readyFile, '--end-with-stdin', '--', ...relay],
    // Its input is a pipe that nobody writes to: it ends with this process, however that does.
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const output = [];
  child.stdout.on('data', (data) => output.push(data));
  child.stderr.on('data', (data) => output.push(data));
  keepLog(args[0], child);
  const exited = once(child, 'exit').catch((error) => output.push(String(error)));

  const stop = async () => {
    let stuck = false;
    const fallback = setTimeout(() => (stuck = child.kill('SIGKILL')), STOP_PATIENCE);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
    clearTimeout(fallback);
    await rm(folder, { recursive: true, force: true });
    if (stuck)
      throw new Error(`the demo did not end within ${STOP_PATIENCE / 1000} s, and was killed: ${output.join('')}`);
  };
  try {
    await until(
      () => output.join('').match(/^ready /m),
      () => child.exitCode !== null || child.pid === undefined,
    );
    const report = JSON.parse(await readFile(readyFile, 'utf8'));
    await noteSecrets([report.token]);
    return handle(report, stop);
  } catch (error) {
    await stop();
    throw new Error(`the demo did not start (is it built? scripts/build.sh): ${output.join('')}`, { cause: error });
  }
}

/** What the tests do with a running demo. */
function handle(report, stop) {
  const control = async (name, body) => {
    const reply = await fetch(`${report.vendor}/_sandbox/${name}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`the control ${name} answered ${reply.status}`);
    return reply.status === 204 ? undefined : reply.json();
  };
  return {
    ...report,
    stop,
    /** Life of the links to come, in seconds. */
    linkLife: (seconds) => control('link-life', { seconds }),
    /** What happens to the connections to the S3; see docs/sandbox.md. */
    fault: (fault) => control('fault', fault),
    /** How many calls for a verdict are to fail from now on, after the vendor has judged. */
    loseVerdicts: (count) => control('lose-verdicts', { count }),
    /** The bytes that lie in the S3 under the key of the last link. */
    lastObject: async () => readFile(join(report.objects, (await control('last')).s3_key)),
  };
}

async function until(done, over) {
  for (const end = Date.now() + PATIENCE; !done(); ) {
    if (over()) throw new Error('it ended');
    if (Date.now() > end) throw new Error(`not ready after ${PATIENCE / 1000} s`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
