// What fails when: a plan that a seed makes again, and how it is carried out.
//
// Exports: `plan()`, `Storm`, `setClock()`.

import { rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

import { Dice } from '../support/random.mjs';

/** @import { Part } from './part.mjs' */
/** @import { VendorDoor } from './vendor-door.mjs' */

const SECOND = 1_000;
/** How far a clock jumps, in seconds: within the leeway, beyond it, and further than sessions are stored. */
const JUMPS = [2, 20, 90, 3_600, 86_400, 40 * 86_400];

/**
 * @typedef {'relay' | 'relays' | 'postgres' | 'vendor' | 'freeze' | 'slow-disk' | 'full-disk' | 'clock'} Kind
 * @typedef {{ at: number, kind: Kind, which: number, long: number, much: number }} Blow `at` and `long` are in
 *   milliseconds; `much` is the direction and size of a jump in seconds, the delay of a flush in milliseconds, or whether
 *   connections to the vendor are refused meanwhile
 */

/** How often each kind comes. @type {Kind[]} */
const KINDS = [
  ...Array(5).fill('relay'),
  'relays',
  ...Array(2).fill('postgres'),
  ...Array(2).fill('vendor'),
  'freeze',
  ...Array(2).fill('slow-disk'),
  'full-disk',
  ...Array(3).fill('clock'),
];

/** Returns what fails within a time. @param {number} seed @param {number} milliseconds @returns {Blow[]} */
export function plan(seed, milliseconds) {
  const dice = new Dice(seed);
  const blows = [];
  for (let at = dice.between(1, 4) * SECOND; at < milliseconds; at += dice.between(600, 4_000)) {
    const kind = dice.of(KINDS);
    const much =
      kind === 'clock'
        ? dice.of(JUMPS) * dice.of([1, -1])
        : kind === 'slow-disk'
          ? dice.between(20, 400)
          : dice.below(2);
    blows.push({ at, kind, which: dice.below(2), long: dice.between(0, 6_000), much });
  }
  return blows;
}

export class Storm {
  /** How often each kind came. @type {Record<string, number>} */
  counts = {};
  /** Which blow of a clock or disk was the last one: an earlier one does not end it. @type {Record<string, Blow>} */
  #last = {};
  #running = new Set();

  /**
   * @param {object} world
   * @param {Part[]} world.relays
   * @param {Part} world.postgres
   * @param {Part} world.vendor
   * @param {VendorDoor} world.door
   * @param {string[]} world.clocks the files with the relays' clocks
   * @param {string} world.disk what the names of the files begin with that make PostgreSQL's disk slow or full
   */
  constructor(world) {
    this.world = world;
  }

  /** Carries out a plan. @param {Blow[]} blows @param {() => boolean} isOver */
  async rage(blows, isOver) {
    const began = Date.now();
    for (const blow of blows) {
      await pause(Math.max(0, began + blow.at - Date.now()));
      if (isOver()) break;
      this.counts[blow.kind] = (this.counts[blow.kind] ?? 0) + 1;
      const struck = this.#strike(blow).finally(() => this.#running.delete(struck));
      this.#running.add(struck);
    }
    await Promise.all(this.#running);
  }

  /** @param {Blow} blow */
  async #strike(blow) {
    const { relays, postgres, vendor, door, clocks, disk } = this.world;
    const { kind, which, long, much } = blow;
    if (kind === 'relay') relays[which].kill(long / 2);
    if (kind === 'relays') for (const relay of relays) relay.kill(long / 2);
    if (kind === 'postgres') postgres.kill(long);
    if (kind === 'freeze') await (which ? postgres : relays[much]).freeze(long);
    if (kind === 'slow-disk') await this.#while(blow, `${disk}.slow`, String(much), long + 4_000);
    if (kind === 'full-disk') await this.#while(blow, `${disk}.full`, '', long + 2_000);
    if (kind === 'clock') await this.#jump(blow, clocks[which]);
    if (kind === 'vendor') {
      if (much) await door.close();
      vendor.kill(long);
      if (much) {
        await pause(long);
        await door.open();
      }
    }
  }

  async #while(blow, file, text, long) {
    this.#last[file] = blow;
    await writeFile(file, text, { mode: 0o644 });
    await pause(long);
    if (this.#last[file] === blow) await rm(file, { force: true });
  }

  async #jump(blow, file) {
    this.#last[file] = blow;
    await setClock(file, blow.much);
    await pause(blow.long + 2_000);
    if (this.#last[file] === blow) await setClock(file, 0);
  }
}

/** Sets a clock of libfaketime, which reads its file at any moment. @param {string} file @param {number} seconds ahead */
export async function setClock(file, seconds) {
  await writeFile(`${file}.new`, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
  await rename(`${file}.new`, file);
}
