// The servers of the bench: the vendor, nginx, PostgreSQL and relays, on free ports of this machine.
//
// Exports: `link`, `startVendor()`, `startNginx()`, `startPostgres()`, `keys()`, `startRelay()`.

import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { owner, program } from '../../tests/support/postgres.mjs';
import { freePort, start } from './process.mjs';

const RELAY = join(process.env.CARGO_TARGET_DIR ?? 'target', 'release', 'akiba-relay');

async function until(what, condition) {
  for (const late = Date.now() + 30_000; !(await condition().catch(() => false)); await sleep(50)) {
    if (Date.now() > late) throw new Error(`${what} did not start`);
  }
}

async function nginx(home, name, http) {
  const folder = join(home, name);
  await mkdir(folder);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; worker_processes 2; error_log stderr;
     events { worker_connections 16384; } http { ${temporary.join(' ')} keepalive_requests 100000000; ${http} }\n`,
  );
  const log = join(folder, 'log');
  const server = start('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], { log });
  return { ...server, log };
}

/** The vendor's answer to a link call. */
export const link = {
  identifier: '8001015009087',
  signed_link: 'https://bucket.s3.amazonaws.com/selfies/1.jpg?X-Amz-Signature=0123456789abcdef',
  s3_key: 'selfies/1.jpg',
  selfie_filename: 'selfie.jpg',
  customer_id: 'A3020FM2PX',
};

/** Starts a vendor that answers at once with fixed texts. */
export async function startVendor(home) {
  const port = await freePort();
  const identity = { id_number: '8001015009087', fraud_score: '0.04', fraud_detected: 'Low' };
  const verdict = { status: 'success', message: 'Identity and Selfie succesfully verified', data: { identity } };
  const server = await nginx(
    home,
    'vendor',
    `access_log off; default_type application/json;
    server { listen 127.0.0.1:${port} backlog=4096;
      location = /v1/customer { return 200 '${JSON.stringify(link)}'; }
      location = /v1/customer/verify { return 200 '${JSON.stringify(verdict)}'; } }`,
  );
  const base = `http://127.0.0.1:${port}`;
  await until('the vendor', async () => (await fetch(`${base}/v1/customer`)).ok);
  return { ...server, base };
}

/**
 * Starts an nginx instead of the relay: examples/nginx without rate limits, and with persistent connections to the
 * vendor.
 */
export async function startNginx(home, vendor) {
  const port = await freePort();
  const server = await nginx(
    home,
    'proxy',
    `
    upstream vendor { server ${vendor.base.replace('http://', '')}; keepalive 256; keepalive_requests 100000000; }
    server { listen 127.0.0.1:${port} backlog=4096;
      access_log ${home}/proxy/access.log;
      client_max_body_size 4k; client_body_buffer_size 4k; proxy_max_temp_file_size 0;
      proxy_pass_request_headers off;
      proxy_set_header Token token; proxy_set_header Content-Type application/json; proxy_set_header Connection "";
      proxy_http_version 1.1;
      if ($http_origin != "https://bank.example") { return 403; }
      if ($request_method != POST) { return 405; }
      location = /v1/customer { proxy_pass http://vendor; } }`,
  );
  const base = `http://127.0.0.1:${port}`;
  await until('nginx', async () => (await fetch(base)).status === 403);
  return { ...server, base };
}

/** Starts a PostgreSQL with its defaults except the number of connections. Commits are on disk. */
export async function startPostgres(home) {
  const folder = join(home, 'postgres');
  await mkdir(folder);
  if (owner) execFileSync('chown', [owner, folder]);
  const data = join(folder, 'data');
  const initdb = ['--username=relay', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--pgdata', data];
  execFileSync(...program('initdb', initdb), { cwd: folder, stdio: 'ignore' });
  const settings = ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'max_connections=200'];
  const server = start(...program('postgres', settings), {
    log: join(home, 'postgres.log'),
    cwd: folder,
    signal: 'SIGINT',
  });
  const psql = (sql) =>
    execFileSync(...program('psql', ['-q', '-A', '-t', '-U', 'relay', '-h', folder, '-d', 'postgres', '-c', sql]), {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  await until('PostgreSQL', async () => psql('SELECT 1') ?? true);
  return {
    ...server,
    /** Creates a database and returns its URL. @param {string} name */
    database(name) {
      psql(`CREATE DATABASE ${name}`);
      return `postgres://relay@localhost/${name}?host=${folder}`;
    },
    /** Returns how many transactions have been committed. A backend reports them at most a second late. */
    async transactions() {
      await sleep(1_500);
      return Number(psql('SELECT sum(xact_commit) FROM pg_stat_database'));
    },
  };
}

/** Makes the keys that all relays on one database share. */
export function keys() {
  const make = (...args) => execFileSync(RELAY, ['keygen', ...args], { encoding: 'utf8' }).trim();
  const [api, setting] = make('api', 'bench').split('\n');
  return { api, setting, session: make('session'), data: make('data', 'bench') };
}

/**
 * Starts a relay. With a database, it has sessions.
 * @param {string} home
 * @param {string} name
 * @param {{ base: string }} vendor
 * @param {{ database?: string, shared?: ReturnType<typeof keys>, build?: string }} [settings]
 */
export async function startRelay(home, name, vendor, { database, shared, build = RELAY } = {}) {
  const port = await freePort();
  const log = join(home, `${name}.log`);
  const sessions = database
    ? ['--database', database, '--api-key', shared.setting, '--max-links=4000000000', '--link-host=*.amazonaws.com']
    : ['--sessions=off'];
  const args = [
    `--listen=127.0.0.1:${port}`,
    `--vendor-base=${vendor.base}`,
    '--allow-origin=https://bank.example',
    '--rate-address=off',
    '--rate-session=off',
    '--rate-api-key=off',
    '--max-in-flight=2048',
    '--max-host-calls=2048',
    '--header-timeout=5m',
    '--max-connections=12000',
    '--max-connections-address=12000',
    ...sessions,
  ];
  const env = { AKIBA_TOKEN: 'token', AKIBA_SESSION_KEYS: shared?.session ?? '', AKIBA_DATA_KEYS: shared?.data ?? '' };
  const server = start(build, args, { log, env });
  const base = `http://127.0.0.1:${port}`;
  await until(`the relay (${log})`, async () => (await fetch(`${base}/healthz`)).ok);
  return { ...server, base, port, database };
}
