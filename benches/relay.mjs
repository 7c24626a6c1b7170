// Compares the relay's cost with an nginx that only adds the token, with another build of the relay, and with the last
// record. It prints the rate of the link call without a session, and with sessions on SQLite and on PostgreSQL; the latency
// that the relay adds to a vendor of 100 ms; the memory with many open connections; whole verifications a second, also of
// relays that each have a quarter of a core (as root); and for each rate the processor time of a call. Load, relay, database
// and vendor share the cores of this machine. The servers that are compared take turns. It ends with the project's aims, has no
// limits and never fails.
//
//   node benches/relay.mjs [SECONDS] [ROUNDS] [--against COMMIT]
//
// RELAY_BASE names the program of another build, in place of --against. UPDATE=1 writes the record, benches/record.json.
// COUNT=1 also counts system calls (with strace) and PostgreSQL's transactions.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { buildOf, cpu, family, readRecord, writeRecord } from './support/cost.mjs';
import { latencies, startLateVendor } from './support/latency.mjs';
import { folder, memory } from './support/process.mjs';
import { keys, link, startNginx, startPostgres, startRelay, startVendor } from './support/servers.mjs';
import { holdTo } from './support/share.mjs';

const { values, positionals } = parseArgs({ options: { against: { type: 'string' } }, allowPositionals: true });
const SECONDS = Number(positionals[0] ?? 5);
const ROUNDS = Number(positionals[1] ?? 3);
const CONNECTIONS = 32;
/** With more at once, PostgreSQL's changes are in larger groups. */
const MANY = 128;
const SESSIONS = 2_000;
const OPEN = [1_000, 10_000];
const MACHINE = `${cpus().length} × ${cpus()[0].model}`;
const run = promisify(execFile);
const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const before = values.against ? buildOf(values.against) : process.env.RELAY_BASE;
const home = await folder();
const started = [];
const keep = async (server) => started[started.push(await server) - 1];
/** @type {Record<string, import('./support/cost.mjs').Figures>} */
const figures = {};
/** Measure, figure and aim. @type {[string, string, string][]} */
const aims = [];
const aim = (measure, figure, goal) => aims.push([measure, figure, goal]);
const ratio = (name, base) => (figures[name].rate / figures[base].rate).toFixed(2);

try {
  const vendor = await keep(startVendor(home.path));
  const nginx = await keep(startNginx(home.path, vendor));
  const postgres = await keep(startPostgres(home.path));
  const shared = keys();
  const builds = [{ suffix: '', build: undefined }, ...(before ? [{ suffix: ', before', build: before }] : [])];
  const relay = async (name, { suffix, build }, database) => {
    const place = `${name}${suffix ? '-before' : ''}`;
    const url = { none: undefined, sqlite: `sqlite:${join(home.path, `${place}.db`)}` };
    const server = {
      database: database in url ? url[database] : postgres.database(place.replaceAll('-', '_')),
      shared,
    };
    return keep(startRelay(home.path, place, vendor, { ...server, build }));
  };

  console.log(`${MACHINE}\n`);
  const rows = [{ name: 'nginx, which adds the token', base: nginx.base, pids: [nginx.pid], tokens: undefined }];
  const servers = [];
  for (const [name, database] of [
    ['without sessions', 'none'],
    ['sessions on SQLite', 'sqlite'],
    ['sessions on PostgreSQL', 'postgres'],
  ]) {
    for (const one of builds) {
      const server = await relay(`links-${database}`, one, database);
      servers.push({ ...server, kind: database, suffix: one.suffix });
      const tokens = database === 'none' ? undefined : await mint(server, shared);
      rows.push({ name: `link, ${name}${one.suffix}`, base: server.base, pids: [server.pid], tokens });
    }
  }
  await compare(`link call, ${CONNECTIONS} connections`, postgres, rows, ({ base, tokens }) =>
    wrk(2, 'relay/link.lua', base, tokens ? [tokens] : []),
  );
  for (const [name, goal] of [
    ['link, without sessions', '≥ 0.65'],
    ['link, sessions on PostgreSQL', '≥ 0.30'],
    ['link, sessions on SQLite', '≥ 0.25'],
  ]) {
    aim(`${name}, of nginx`, ratio(name, rows[0].name), goal);
  }
  const many = (row) => ({ ...row, name: `${row.name}, ${MANY} at once` });
  const grouped = rows.filter(({ name }) => name === rows[0].name || name.includes('PostgreSQL'));
  await compare(`link call, ${MANY} connections`, postgres, grouped.map(many), ({ base, tokens }) =>
    wrk(2, 'relay/link.lua', base, tokens ? [tokens] : [], {}, MANY),
  );
  await addedLatency(shared);
  const onSqlite = servers.find(({ kind, suffix }) => kind === 'sqlite' && suffix === '');
  await connections([
    { name: 'nginx', base: nginx.base, pids: await family(nginx.pid) },
    { name: 'relay, SQLite', base: onSqlite.base, pids: [onSqlite.pid] },
  ]);
  for (const server of servers.filter(({ kind }) => kind === 'none')) await server.stop();
  const whole = servers
    .filter(({ kind }) => kind !== 'none')
    .map(({ kind, suffix, base, pid, port }) => {
      const name = `verification, ${kind === 'sqlite' ? 'SQLite' : 'PostgreSQL'}${suffix}`;
      return { name, base, pids: [pid], ports: [port] };
    });
  for (const count of before ? [] : [2, 4]) {
    const database = postgres.database(`shared${count}`);
    const relays = [];
    while (relays.length < count) {
      const name = `shared${count}-${relays.length}`;
      relays.push(await keep(startRelay(home.path, name, vendor, { database, shared })));
    }
    const [pids, ports] = [relays.map(({ pid }) => pid), relays.map(({ port }) => port)];
    whole.push({ name: `verification, PostgreSQL, ${count} relays`, base: relays[0].base, pids, ports });
  }
  const verify =
    (connections) =>
    ({ base, ports }) => {
      const RELAYS = ports.map((port) => `127.0.0.1:${port}`).join(',');
      return wrk(connections, 'relay/verification.lua', base, [], { API_KEY: shared.api, RELAYS }, connections);
    };
  const steps = 'verifications (session, link, verdict)';
  await compare(`${steps}, ${CONNECTIONS} at once`, postgres, whole, verify(CONNECTIONS));
  const alone = whole.filter(({ name, ports }) => name.includes('PostgreSQL') && ports.length === 1);
  await compare(`${steps}, ${MANY} at once`, postgres, alone.map(many), verify(MANY));
  if (before) {
    for (const name of ['verification, PostgreSQL', 'verification, SQLite']) {
      aim(`${name}, by the build before`, ratio(name, `${name}, before`), '≥ 2.5');
    }
  } else {
    await quarters(postgres, vendor, shared);
  }
  await tellChanges();
  console.log('\naims');
  table(['', 'figure', 'aim'], aims);
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

/** Measures what the relay adds to a vendor of 100 ms at 300 calls a second, in turns with that vendor alone. */
async function addedLatency(shared) {
  const late = await keep(startLateVendor(100, JSON.stringify(link)));
  const relay = await keep(
    startRelay(home.path, 'late', late, { database: `sqlite:${join(home.path, 'late.db')}`, shared }),
  );
  const tokens = (await readFile(await mint(relay, shared), 'utf8')).trim().split('\n');
  const load = { rate: 300, seconds: SECONDS + 1, body: '{"selfie_filename":"selfie.jpg"}' };
  const headers = (index) => ({ Authorization: `Bearer ${tokens[index % tokens.length]}` });
  const at = (times, part) => times[Math.floor(times.length * part)];
  const added = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const alone = await latencies(late.base, { ...load, headers: () => ({}) });
    const times = await latencies(relay.base, { ...load, headers });
    added.push([0.5, 0.99].map((part) => at(times, part) - at(alone, part)));
  }
  const [p50, p99] = [0, 1].map((index) => median(added.map((one) => one[index])).toFixed(2));
  aim('added to 100 ms at 300/s, SQLite: p50', `${p50} ms`, '≤ 1.5 ms');
  aim('added to 100 ms at 300/s, SQLite: p99', `${p99} ms`, '≤ 5 ms');
  await relay.stop();
  await late.stop();
}

/** Measures how much more four relays do than one on one PostgreSQL, if each has a quarter of a core. */
async function quarters(postgres, vendor, shared) {
  const rates = [];
  for (const count of [1, 4]) {
    const database = postgres.database(`quarters${count}`);
    const relays = [];
    while (relays.length < count) {
      relays.push(await keep(startRelay(home.path, `quarters${count}-${relays.length}`, vendor, { database, shared })));
    }
    const held = relays.map(({ pid }) => holdTo(pid, 0.25));
    if (held.every(Boolean)) {
      const RELAYS = relays.map(({ port }) => `127.0.0.1:${port}`).join(',');
      const load = () =>
        wrk(CONNECTIONS, 'relay/verification.lua', relays[0].base, [], { API_KEY: shared.api, RELAYS });
      await load();
      const { done, seconds } = await load();
      rates.push(done / seconds);
    }
    for (const relay of relays) await relay.stop();
    for (const remove of held) remove?.();
  }
  const figure = rates.length === 2 ? `${(rates[1] / rates[0]).toFixed(2)} ×` : 'needs root';
  aim('verifications, 4 relays by 1, a quarter core each', figure, '≥ 3.4 ×');
}

async function wrk(threads, lua, base, args = [], env = {}, connections = CONNECTIONS) {
  const load = [`-t${threads}`, `-c${connections}`, `-d${SECONDS}s`, '--timeout=30s', '--latency'];
  const all = [...load, '-s', script(lua), base, '--', ...args];
  const { stdout } = await run('wrk', all, { env: { ...process.env, ...env } });
  const { verifications, calls, ...rest } = JSON.parse(stdout.trim().split('\n').at(-1));
  return { done: verifications ?? calls, ...rest };
}

/** Measures a load on each server in turn. The first load of each does not count: its first calls are slow. */
async function compare(title, postgres, rows, load) {
  for (const row of rows) {
    row.runs = [];
    await load(row);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const row of rows) {
      const times = [await cpu(...row.pids), await cpu(postgres.pid)];
      const result = await load(row);
      const spent = [(await cpu(...row.pids)) - times[0], (await cpu(postgres.pid)) - times[1]];
      row.runs.push({ ...result, relay: (spent[0] / result.done) * 1e6, database: (spent[1] / result.done) * 1e6 });
    }
  }
  const of = (row, value) => median(row.runs.map(value));
  const rate = (row) => of(row, ({ done, seconds }) => done / seconds);
  const [first] = rows;
  console.log(`${title}, medians of ${ROUNDS} runs of ${SECONDS} s`);
  table(
    ['', 'a second', `first = 1`, 'CPU µs', 'database', 'p50 ms', 'p99 ms', 'errors'],
    rows.map((row) => {
      const cost = { relay: of(row, (one) => one.relay), database: of(row, (one) => one.database) };
      const [relay, database] = [cost.relay, cost.database].map(Math.round);
      figures[row.name] = { rate: Math.round(rate(row)), relay, database };
      return [
        row.name,
        rate(row).toFixed(0),
        (rate(row) / rate(first)).toFixed(3),
        cost.relay.toFixed(1),
        cost.database.toFixed(1),
        of(row, ({ p50 }) => p50).toFixed(2),
        of(row, ({ p99 }) => p99).toFixed(2),
        row.runs.reduce((sum, { errors }) => sum + errors, 0),
      ];
    }),
  );
  if (process.env.COUNT) for (const row of rows) await count(row, postgres, load);
}

/** Counts the system calls of a server, and PostgreSQL's transactions, for each call. */
async function count(row, postgres, load) {
  const pids = (await Promise.all(row.pids.map(family))).flat().map((pid) => `-p${pid}`);
  const trace = spawn('strace', ['-f', '-c', '-U', 'name,calls', ...pids], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  trace.stderr.on('data', (data) => {
    text += data;
  });
  const transactions = await postgres.transactions();
  const { done } = await load(row);
  trace.kill('SIGINT');
  await once(trace, 'close');
  const calls = [...text.matchAll(/^(\w+) +(\d+)$/gm)].map(([, name, number]) => ({
    name,
    number: Number(number) / done,
  }));
  const all = calls.find(({ name }) => name === 'total')?.number ?? 0;
  const most = calls.filter(({ name, number }) => name !== 'total' && number > 0.05);
  const list = most.map(({ name, number }) => `${name} ${number.toFixed(1)}`).join(', ');
  const commits = ((await postgres.transactions()) - transactions) / done;
  console.log(`${row.name}: ${all.toFixed(1)} system calls (${list}), ${commits.toFixed(1)} transactions`);
}

/** Measures the memory with open connections, each after one answer. */
async function connections(rows) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const cells = [];
  for (const { name, base, pids } of rows) {
    const without = await memory(...pids);
    const { hostname, port } = new URL(base);
    const sockets = [];
    for (const count of OPEN) {
      while (sockets.length < count) {
        const socket = connect(Number(port), hostname);
        socket.write('GET /healthz HTTP/1.1\r\nHost: relay\r\nOrigin: https://bank.example\r\n\r\n');
        await once(socket, 'data');
        sockets.push(socket);
      }
      const open = sockets.filter((socket) => !socket.destroyed).length;
      const after = await memory(...pids);
      const each = ((after - without) / open / 1e3).toFixed(1);
      cells.push([name, open, megabytes(without), megabytes(after), each]);
      if (name !== 'nginx' && count === OPEN.at(-1)) aim(`memory a connection, ${open} open`, `${each} kB`, '≤ 10 kB');
    }
    for (const socket of sockets) socket.destroy();
  }
  console.log('\nmemory (PSS) with open connections');
  table(['', 'open', 'MB before', 'MB with', 'kB each'], cells);
  console.log('');
}

/** Tells what got better or worse since the last record, and with UPDATE=1 writes a new one. */
async function tellChanges() {
  const record = await readRecord();
  if (record) {
    const kind = record.machine === MACHINE ? 'this kind of' : 'another';
    console.log(`\nsince the record of ${record.commit}, on ${kind} machine`);
    const cost = ({ relay, database }) => relay + database;
    const common = Object.keys(record.figures).filter((name) => name in figures);
    table(
      ['CPU µs, relay and database', 'record', 'now', 'change', ''],
      common.map((name) => {
        const [was, is] = [cost(record.figures[name]), cost(figures[name])];
        const change = is / was - 1;
        const word = Math.abs(change) < 0.05 ? '' : change < 0 ? 'better' : 'worse';
        return [name, was, is, `${(change * 100).toFixed(0)} %`, word];
      }),
    );
  }
  const own = Object.entries(figures).filter(([name]) => !name.endsWith(', before'));
  if (process.env.UPDATE) await writeRecord(MACHINE, Object.fromEntries(own));
}

function table(head, rows) {
  const line = (cells) =>
    `| ${cells.map((cell, index) => String(cell)[index ? 'padStart' : 'padEnd'](index ? 9 : 38)).join(' | ')} |`;
  console.log(line(head));
  console.log(line(head.map((_, index) => (index ? '---:' : '---'))));
  for (const row of rows) console.log(line(row));
}
