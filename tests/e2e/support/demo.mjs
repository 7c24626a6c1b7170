// Starts the demo that `make demo` serves: page, relay, vendor and S3, with the sandbox's test controls.
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

/** How long it may take to start, in milliseconds. */
const PATIENCE = 20_000;
/** How long it may take to stop, in milliseconds. */
const STOP_PATIENCE = 10_000;

/**
 * Starts the demo on free ports.
 * @param {object} [settings]
 * @param {string} [settings.site] folder of the page
 * @param {'off' | 'required'} [settings.sessions] whether the page's server creates sessions
 * @param {string[]} [settings.args] more arguments of `akiba-sandbox demo`
 * @param {string[]} [settings.relay] more arguments of the relay
 */
export function startDemo({ site = join(root, 'build/site'), sessions = 'off', args = [], relay = [] } = {}) {
  const own = ['--port', '0', '--site', site, '--relay', join(binaries, 'akiba-relay'), '--sessions', sessions];
  return start(['demo', ...own, ...args], [...talkative, ...relay]);
}

/**
 * Starts only the vendor's API and the S3.
 * @param {object} [settings]
 * @param {string[]} [settings.args] more arguments of `akiba-sandbox serve`
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
    // It ends when its input closes, so it never outlives this process.
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const output = [];
  child.stdout.on('data', (data) => output.push(data));
  child.stderr.on('data', (data) => output.push(data));
  keepLog(args[0], child);
  const exited = once(child, 'exit').catch((error) => output.push(String(error)));

  const stop = async () => {
    let stuck = false;
    const fallback = setTimeout(() => {
      stuck = child.kill('SIGKILL');
    }, STOP_PATIENCE);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
    clearTimeout(fallback);
    await rm(folder, { recursive: true, force: true });
    if (stuck) throw new Error(`killed the demo after ${STOP_PATIENCE / 1000} s: ${output.join('')}`);
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
    throw new Error(`the demo did not start (run scripts/build.sh first): ${output.join('')}`, { cause: error });
  }
}

/**
 * What the sandbox writes into its ready file.
 * @typedef {{ page: string, vendor: string, s3: string, token: string, objects: string }} Report
 */

/**
 * Returns the addresses of a running demo, and functions that control it.
 * @param {Report} report
 * @param {() => Promise<void>} stop
 */
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
    /** Sets how long new links are valid, in seconds. @param {number} seconds */
    linkLife: (seconds) => control('link-life', { seconds }),
    /** Disturbs the connections to the S3; see docs/sandbox.md. @param {object} fault */
    fault: (fault) => control('fault', fault),
    /** Makes the next calls for a verdict fail after the vendor has judged. @param {number} count */
    loseVerdicts: (count) => control('lose-verdicts', { count }),
    /** Returns the object in the S3 under the key of the last link. */
    lastObject: async () => readFile(join(report.objects, (await control('last')).s3_key)),
  };
}

async function until(done, over) {
  for (const end = Date.now() + PATIENCE; !done(); ) {
    if (over()) throw new Error('it exited');
    if (Date.now() > end) throw new Error(`not ready after ${PATIENCE / 1000} s`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
