// What the soak starts: PostgreSQL, the vendor and relays, each of which can be killed.
//
// Exports: `home`, `startPostgres()`, `startVendor()`, `startRelay()`, `operator()`.

import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { talkative } from '../e2e/support/logs.mjs';
import { freePort } from '../e2e/support/relay.mjs';
import { owner, program } from '../support/postgres.mjs';
import { Part } from './part.mjs';
import { setClock } from './storm.mjs';

/** Short times, so that everything comes to its end soon. Only the test's own hosts are called. */
const FLAGS = [
  '--clock-leeway=5s',
  '--vendor-timeout=3s',
  '--webhook-timeout=2s',
  '--breaker-pause=2s',
  '--session-ttl=45s',
  '--session-ttl-max=60s',
  '--rate-address=off',
  '--rate-session=off',
  '--rate-api-key=off',
  '--link-host=127.0.0.1',
];

const root = fileURLToPath(new URL('../../', import.meta.url));
const built = (name) => join(resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug'), name);
/** The folder of everything. */
export const home = await mkdtemp(join(tmpdir(), 'akiba-soak-'));
// PostgreSQL runs as another user.
chmodSync(home, 0o755);
const faketime = readdirSync('/usr/lib')
  .map((folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`)
  .find(existsSync);
if (!faketime) throw new Error('libfaketime is missing: scripts/setup.sh test installs it');

/** Starts a PostgreSQL whose disk can be slow or full. */
export async function startPostgres() {
  const library = join(home, 'disk.so');
  const source = fileURLToPath(new URL('disk.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  const folder = join(home, 'postgres');
  await mkdir(folder);
  if (owner) execFileSync('chown', [owner, folder]);
  const data = join(folder, 'data');
  const init = ['--username=relay', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--wal-segsize=1'];
  execFileSync(...program('initdb', [...init, '--pgdata', data]), { cwd: folder, stdio: 'ignore' });
  const settings = [
    'listen_addresses=',
    'max_connections=60',
    'shared_buffers=16MB',
    'min_wal_size=2MB',
    'max_wal_size=8MB',
  ];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  const sql = (text) =>
    promisify(execFile)(...program('psql', ['-qAt', '-U', 'relay', '-h', folder, '-d', 'postgres', '-c', text]));
  const disk = join(home, 'disk');
  const postgres = await Part.start({
    name: 'PostgreSQL',
    command: program('postgres', ['-D', data, '-k', folder, ...flags]),
    env: { LD_PRELOAD: library, SOAK_DISK: disk },
    cwd: folder,
    log: join(home, 'postgres.log'),
    ready: () => sql('SELECT 1'),
  });
  await sql('CREATE DATABASE soak');
  return { postgres, disk, url: `postgres://relay@localhost/soak?host=${folder}` };
}

export async function startVendor() {
  const [port, s3] = [await freePort(), await freePort()];
  const address = `http://127.0.0.1:${port}`;
  const keys = ['--s3-access-key=SOAK', '--s3-secret-key=soak-secret'];
  const ports = [`--vendor-port=${port}`, `--s3-port=${s3}`];
  const vendor = await Part.start({
    name: 'the vendor',
    command: [
      built('akiba-sandbox'),
      ['serve', ...ports, ...keys, '--slow-seconds=1', `--data=${join(home, 'photos')}`],
    ],
    env: { AKIBA_SANDBOX_TOKEN: 'soak-token' },
    log: join(home, 'vendor.log'),
    ready: () => fetch(address),
  });
  return { vendor, address };
}

/** Starts a relay with a clock of its own. */
export async function startRelay(name, { url, keys, vendor, hooks }) {
  const port = await freePort();
  const clock = join(home, `clock-${name}`);
  await setClock(clock, 0);
  const flags = [
    `--listen=127.0.0.1:${port}`,
    `--vendor-base=${vendor}`,
    `--webhook-url=${hooks}`,
    ...FLAGS,
    ...talkative,
  ];
  const base = `http://127.0.0.1:${port}`;
  const relay = await Part.start({
    name: `relay ${name}`,
    command: [built('akiba-relay'), [...flags, `--database=${url}`, `--api-key=${keys.apiSetting}`]],
    env: {
      AKIBA_TOKEN: 'soak-token',
      AKIBA_SESSION_KEYS: keys.session,
      AKIBA_DATA_KEYS: keys.data,
      AKIBA_WEBHOOK_SECRETS: keys.webhook,
      AKIBA_PROOF_KEYS: keys.proof,
      LD_PRELOAD: faketime,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DISABLE_SHM: '1',
    },
    log: join(home, `relay-${name}.log`),
    ready: async () => {
      if (!(await fetch(`${base}/readyz`)).ok) throw new Error('not ready');
    },
  });
  return { relay, base, clock };
}

/** Runs a command of the relay on its database. */
export async function operator(url, ...args) {
  const { stdout } = await promisify(execFile)(built('akiba-relay'), [`--database=${url}`, ...args], {
    maxBuffer: 2 ** 28,
  });
  return stdout.trim();
}
