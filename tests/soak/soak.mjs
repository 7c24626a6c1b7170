// Sessions through two relays on one PostgreSQL, while relays, PostgreSQL and vendor are killed at random, the disk of
// PostgreSQL is slow or full, and the relays' clocks jump. At the end the ledgers of vendor, pages, back end and receiver
// must agree. `make soak` runs it.
//
//   node tests/soak/soak.mjs [MINUTES]
//
// SOAK_SEED plays the same storm and the same customers again; their times on a busy machine are not the same.

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { newKeys } from '../e2e/support/relay.mjs';
import { Dice } from '../support/random.mjs';
import { Bank } from './bank.mjs';
import { check, hasEnded, isAlive, isLast } from './ledger.mjs';
import { Receiver } from './receiver.mjs';
import { plan, Storm, setClock } from './storm.mjs';
import { table } from './table.mjs';
import { VendorDoor } from './vendor-door.mjs';
import { home, operator, startPostgres, startRelay, startVendor } from './world.mjs';

const MINUTES = Number(process.argv[2] || 60);
const SEED = Number(process.env.SOAK_SEED || Date.now() % 1_000_000_000);

const CUSTOMERS = 6;
const PHOTO = new URL('../fixtures/face/jemison.jpg', import.meta.url);
/** How long everything may take to come to its end after the storm, in milliseconds: the longest life of a session and of
 * a lost call, a sweep, and the third attempt of a webhook. */
const CALM = 240_000;
const RELAYS = ['a', 'b'];

/** Returns all sessions, as the relay lists them. @param {Bank} bank */
async function list(bank) {
  const all = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await bank.host('GET', `/v1/sessions?limit=100${cursor}`);
    if (status !== 200) throw new Error(`the list of sessions is ${status}`);
    all.push(...body.sessions);
    if (!body.next_cursor) return all;
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
}

/**
 * Nothing fails any more. Waits until every session has ended and its last webhook has arrived.
 * @param {Bank} bank
 * @param {Receiver} receiver
 */
async function calm(bank, receiver) {
  const end = Date.now() + CALM;
  const reports = {};
  let open = await list(bank);
  const toldLast = () =>
    new Set(
      [...receiver.webhooks.values()].filter((one) => one.taken !== null && isLast(one)).map(({ session }) => session),
    );
  while (Date.now() < end) {
    const told = toldLast();
    const next = [];
    for (const { session_id: id, reference } of open) {
      const { status, body } = await bank.host('GET', `/v1/sessions/${id}`);
      if (status === 200) reports[id] = body;
      if (body.state === 'unknown') {
        const session = bank.sessions.get(reference);
        session.ids.add(id);
        await bank.decide(session);
      }
      if (status !== 200 || !(hasEnded(body) && told.has(id))) next.push({ session_id: id, reference });
    }
    open = next;
    if (open.every(({ session_id: id }) => isAlive(reports[id] ?? {}))) break;
    await pause(1_000);
  }
  return { reports, listed: await list(bank) };
}

async function run() {
  const keys = newKeys();
  const dice = new Dice(SEED);
  const { postgres, disk, url } = await startPostgres();
  const { vendor, address } = await startVendor();
  const door = new VendorDoor(address, new Dice(SEED + 1));
  await door.open();
  const receiver = new Receiver(keys.webhook, new Dice(SEED + 2));
  const hooks = await receiver.open();
  const relays = [];
  for (const name of RELAYS) relays.push(await startRelay(name, { url, keys, vendor: door.address, hooks }));
  const bank = new Bank({
    relays: relays.map(({ base }) => base),
    apiKey: keys.apiKey,
    photo: new Uint8Array(await readFile(PHOTO)),
    seed: dice.below(2 ** 31),
  });
  receiver.onTaken = (webhook) => void bank.heard(webhook);

  const parts = [...relays.map(({ relay }) => relay), postgres, vendor];
  const clocks = relays.map(({ clock }) => clock);
  const storm = new Storm({ relays: parts.slice(0, 2), postgres, vendor, door, clocks, disk });
  const customers = Array.from({ length: CUSTOMERS }, () => bank.serve());
  const last = Date.now() + MINUTES * 60_000;
  const progress = setInterval(() => {
    const left = Math.max(0, Math.round((last - Date.now()) / 60_000));
    console.log(`soak: ${bank.sessions.size} sessions, ${receiver.deliveries} webhooks, ${left} minutes left`);
  }, 60_000);
  await storm.rage(plan(SEED, MINUTES * 60_000), () => Date.now() > last);
  await pause(Math.max(0, last - Date.now()));
  clearInterval(progress);

  bank.over = true;
  door.stormy = receiver.stormy = false;
  await door.open();
  for (const clock of clocks) await setClock(clock, 0);
  for (const part of parts) await part.ready();
  await Promise.all(customers);
  console.log(`soak: ${bank.sessions.size} sessions, and now nothing fails any more`);
  const { reports, listed } = await calm(bank, receiver);

  const webhooks = [...receiver.webhooks.values()];
  const jwks = await (await fetch(`${relays[0].base}/.well-known/jwks.json`)).json();
  const sessions = [...bank.sessions.values()];
  const { faults, proofs } = check({ sessions, calls: door.calls, webhooks, listed, reports, keys: jwks.keys });
  faults.push(...bank.wrong, ...receiver.wrong);
  for (const status of ['pending', 'failed']) {
    const waiting = await operator(url, 'webhooks', 'list', `--status=${status}`);
    if (waiting) faults.push(`webhooks are ${status}: ${waiting}`);
  }
  await operator(url, 'audit', 'verify').catch((error) => faults.push(`the audit trail: ${error.message}`));
  for (const name of RELAYS) {
    const log = await readFile(join(home, `relay-${name}.log`), 'utf8');
    for (const line of log.split('\n')) if (line.includes('panicked')) faults.push(`relay ${name}: ${line}`);
  }
  for (const part of parts) await part.stop();
  receiver.close();
  await door.close();

  console.log(`\n| ${MINUTES} minutes, SOAK_SEED=${SEED} | | |\n| --- | ---: | --- |`);
  console.log(table({ reports, calls: door.calls, sessions, webhooks, receiver, proofs, parts, storm, bank }));
  return faults;
}

console.log(`soak: ${MINUTES} minutes from SOAK_SEED=${SEED}, in ${home}`);
const faults = await run();
if (faults.length === 0) {
  await rm(home, { recursive: true, force: true });
  console.log('\nsoak: the ledgers agree');
} else {
  for (const fault of faults.slice(0, 50)) console.error(`soak: ${fault}`);
  console.error(`soak: ${faults.length} faults; the logs are in ${home}`);
}
process.exit(faults.length ? 1 : 0);
