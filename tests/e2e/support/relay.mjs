// Starts a real relay with sessions, and makes the keys that it shares with a back end.
//
// Exports: `newKeys()`, `startRelay()`, `startProgram()`, `freePort()`.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { keepLog, noteSecrets, talkative } from './logs.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = join(resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug'), 'akiba-relay');

/** How long a program may take to start, in milliseconds. A debug relay compresses the package, for 8 s if others work too. */
const PATIENCE = 60_000;

const keygen = (...args) => execFileSync(program, ['keygen', ...args], { encoding: 'utf8' }).trim();

/** Makes the keys of a relay and its back end. */
export function newKeys() {
  const [apiKey, apiSetting] = keygen('api', 'bank').split('\n');
  return {
    apiKey,
    apiSetting,
    session: keygen('session'),
    data: keygen('data', 'test'),
    webhook: keygen('webhook'),
    proof: keygen('proof'),
  };
}

/**
 * Starts a relay, with a new database.
 * @param {object} settings
 * @param {{vendor: string, token: string}} settings.sandbox
 * @param {string} settings.page origin of the page that may call
 * @param {string} settings.webhookUrl
 * @param {ReturnType<typeof newKeys>} settings.keys
 * @param {string[]} [settings.args] further flags
 * @param {number} [settings.port] its port, if the flags name it
 */
export async function startRelay({ sandbox, page, webhookUrl, keys, args = [], port = 0 }) {
  const folder = await mkdtemp(join(tmpdir(), 'akiba-relay-'));
  const flags = {
    listen: `127.0.0.1:${port}`,
    'vendor-base': sandbox.vendor,
    'allow-origin': page,
    'api-key': keys.apiSetting,
    'webhook-url': webhookUrl,
    'link-host': '127.0.0.1',
    database: `sqlite:${join(folder, 'relay.db')}`,
  };
  const env = {
    AKIBA_TOKEN: sandbox.token,
    AKIBA_SESSION_KEYS: keys.session,
    AKIBA_DATA_KEYS: keys.data,
    AKIBA_WEBHOOK_SECRETS: keys.webhook,
    AKIBA_PROOF_KEYS: keys.proof,
  };
  const given = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const start = () => startProgram(program, [...given, ...args, ...talkative], { env, log: 'backend' });
  let relay = await start();
  await noteSecrets([sandbox.token, keys.apiKey, keys.session, keys.data.split(':')[1], keys.webhook, keys.proof]);
  return {
    url: relay.url,
    /**
     * Kills it with SIGKILL, and starts another one on its database. It needs a port of its own.
     * @param {() => Promise<void>} [meanwhile] runs while there is no relay
     */
    killAndStart: async (meanwhile) => {
      await relay.kill();
      await meanwhile?.();
      relay = await start();
    },
    stop: async () => {
      await relay.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts a program and waits until it listens.
 * @param {string} command
 * @param {string[]} args
 * @param {object} [settings]
 * @param {Record<string, string>} [settings.env] variables in addition to this process's environment
 * @param {string} [settings.cwd]
 * @param {string} [settings.url] the URL to poll, if the program does not print it
 * @param {string} [settings.log] the name of its log among the kept ones, if the program is a relay
 */
export async function startProgram(command, args, { env = {}, cwd, url, log } = {}) {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AKIBA_')));
  const child = spawn(command, args, { cwd, env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (data) => output.push(data));
  child.stderr.on('data', (data) => output.push(data));
  if (log) keepLog(log, child);
  const exited = once(child, 'exit').catch((error) => output.push(String(error)));
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  const stop = async () => {
    process.removeListener('exit', end);
    if (child.exitCode === null && child.signalCode === null) end();
    const stuck = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(stuck);
  };
  const kill = async () => {
    child.kill('SIGKILL');
    await stop();
  };
  for (const late = Date.now() + PATIENCE; ; await sleep(50)) {
    const printed = url ?? /listening on (http:\S+)/.exec(output.join(''))?.[1];
    if (
      printed &&
      (await fetch(printed).then(
        () => true,
        () => false,
      ))
    )
      return { url: printed, stop, kill, output: () => output.join('') };
    if (Date.now() > late || child.exitCode !== null || child.pid === undefined) {
      await stop();
      throw new Error(`${command} did not start: ${output.join('')}`);
    }
  }
}

/** Returns a free port of the loopback interface. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
