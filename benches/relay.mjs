// Compares the relay's speed with an nginx that only adds the token. It prints the rate of the link call without a
// session, and with sessions on SQLite and on PostgreSQL; the memory with 1,000 open connections; and whole
// verifications a second. Load, relay, database and vendor share the cores of this machine. The servers that are
// compared take turns. It has no limits and never fails.
//
//   node benches/relay.mjs [SECONDS] [ROUNDS]

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { folder, memory } from './support/process.mjs';
import { family, keys, startNginx, startPostgres, startRelay, startVendor } from './support/servers.mjs';

const SECONDS = Number(process.argv[2] ?? 5);
const ROUNDS = Number(process.argv[3] ?? 3);
const CONNECTIONS = 32;
const SESSIONS = 2_000;
const run = promisify(execFile);
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const home = await folder();
const started = [];
const keep = async (server) => started[started.push(await server) - 1];

try {
  const vendor = await keep(startVendor(home.path));
  const nginx = await keep(startNginx(home.path, vendor));
  const postgres = await keep(startPostgres(home.path));
  const shared = keys();
  const relay = (name, database, flags) => keep(startRelay(home.path, name, vendor, { database, shared, flags }));
  const bare = await relay('bare');
  const sqlite = await relay('sqlite', `sqlite:${join(home.path, 'relay.db')}`);
  const onPostgres = await relay('postgres', postgres.database('links'));

  console.log(`${cpus().length} × ${cpus()[0].model}\n`);
  await links([
    { name: 'nginx, which adds the token', base: nginx.base },
    { name: 'relay without sessions', base: bare.base },
    { name: 'relay, sessions on SQLite', base: sqlite.base, tokens: await mint(sqlite, shared) },
    { name: 'relay, sessions on PostgreSQL', base: onPostgres.base, tokens: await mint(onPostgres, shared) },
  ]);
  await connections([
    { name: 'nginx', base: nginx.base, pids: await family(nginx.pid) },
    { name: 'relay, SQLite', base: sqlite.base, pids: [sqlite.pid] },
  ]);
  await bare.stop();
  await onPostgres.stop();
  await verifications('SQLite, 1 relay', [sqlite], shared);
  await sqlite.stop();
  for (const count of [1, 2, 4]) {
    const database = postgres.database(`shared${count}`);
    const relays = [];
    for (let index = 0; index < count; index += 1) relays.push(await relay(`pg${count}-${index}`, database));
    await verifications(`PostgreSQL, ${count} relay${count > 1 ? 's' : ''}`, relays, shared);
    for (const one of relays) await one.stop();
  }
} finally {
  for (const server of started.reverse()) if (!server.ended()) await server.stop();
  await home.remove();
}

/** Creates sessions of a relay, and returns the path of a file with their tokens. */
async function mint(relay, shared) {
  const headers = { Authorization: `Bearer ${shared.api}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ identifier: '8001015009087', type: '1', ttl: 3_600 });
  const tokens = [];
  while (tokens.length < SESSIONS) {
    const some = Array.from({ length: 50 }, async () => {
      const response = await fetch(`${relay.base}/v1/sessions`, { method: 'POST', headers, body });
      return (await response.json()).session_token;
    });
    tokens.push(...(await Promise.all(some)));
  }
  const file = join(home.path, `tokens-${relay.port}`);
  await writeFile(file, `${tokens.join('\n')}\n`);
  return file;
}

async function wrk(threads, count, lua, base, args = [], env = {}) {
  const all = [
    `-t${threads}`,
    `-c${count}`,
    `-d${SECONDS}s`,
    '--timeout=30s',
    '--latency',
    '-s',
    script(lua),
    base,
    '--',
    ...args,
  ];
  const { stdout } = await run('wrk', all, { env: { ...process.env, ...env } });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** Measures the link call, with the same load on each server in turn. */
async function links(rows) {
  const load = ({ base, tokens }) => wrk(2, CONNECTIONS, 'relay/link.lua', base, tokens ? [tokens] : []);
  for (const row of rows) row.runs = [];
  // The first calls are slow.
  for (const row of rows) await load(row);
  for (let round = 0; round < ROUNDS; round += 1) for (const row of rows) row.runs.push(await load(row));
  const of = (row, value) => median(row.runs.map(value));
  const rate = (row) => of(row, ({ calls, seconds }) => calls / seconds);
  const [first] = rows;
  console.log(`link call, ${CONNECTIONS} connections, median of ${ROUNDS} runs of ${SECONDS} s`);
  table(
    ['', 'calls/s', 'of nginx', 'p50 ms', 'p99 ms', 'of nginx', 'errors'],
    rows.map((row) => [
      row.name,
      rate(row).toFixed(0),
      (rate(row) / rate(first)).toFixed(2),
      of(row, ({ p50 }) => p50).toFixed(2),
      of(row, ({ p99 }) => p99).toFixed(2),
      (of(row, ({ p99 }) => p99) / of(first, ({ p99 }) => p99)).toFixed(2),
      row.runs.reduce((sum, { errors }) => sum + errors, 0),
    ]),
  );
}

/** Measures the memory with 1,000 open connections, each after one answer. */
async function connections(rows) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const cells = [];
  for (const { name, base, pids } of rows) {
    const before = await memory(...pids);
    const { hostname, port } = new URL(base);
    const sockets = [];
    for (let index = 0; index < 1_000; index += 1) {
      const socket = connect(Number(port), hostname);
      socket.write('GET /healthz HTTP/1.1\r\nHost: relay\r\nOrigin: https://bank.example\r\n\r\n');
      await once(socket, 'data');
      sockets.push(socket);
    }
    const open = sockets.filter((socket) => !socket.destroyed).length;
    const after = await memory(...pids);
    cells.push([name, open, megabytes(before), megabytes(after), ((after - before) / open / 1e3).toFixed(1)]);
    for (const socket of sockets) socket.destroy();
  }
  console.log('\nmemory (PSS) with 1,000 open connections');
  table(['', 'open', 'MB before', 'MB with them', 'kB each'], cells);
}

/** Measures whole verifications of three calls each. The relay stores a verdict on disk before it answers. */
async function verifications(name, relays, shared) {
  const env = { API_KEY: shared.api, RELAYS: relays.map(({ port }) => `127.0.0.1:${port}`).join(',') };
  const load = () => wrk(CONNECTIONS, CONNECTIONS, 'relay/verification.lua', relays[0].base, [], env);
  await load();
  const runs = [];
  for (let round = 0; round < ROUNDS; round += 1) runs.push(await load());
  if (name.startsWith('SQLite')) {
    console.log(
      `\nverifications (session, link, verdict), ${CONNECTIONS} at once, median of ${ROUNDS} runs of ${SECONDS} s`,
    );
    table(['', 'a second', 'p50 ms a call', 'p99 ms a call', 'errors'], []);
  }
  const of = (value) => median(runs.map(value));
  table(null, [
    [
      name,
      of((one) => one.verifications / one.seconds).toFixed(0),
      of(({ p50 }) => p50).toFixed(2),
      of(({ p99 }) => p99).toFixed(2),
      runs.reduce((sum, { errors }) => sum + errors, 0),
    ],
  ]);
}

function table(head, rows) {
  const line = (cells) =>
    `| ${cells.map((cell, index) => String(cell)[index ? 'padStart' : 'padEnd'](index ? 9 : 30)).join(' | ')} |`;
  if (head) {
    console.log(line(head));
    console.log(line(head.map((_, index) => (index ? '---:' : '---'))));
  }
  for (const row of rows) console.log(line(row));
}
