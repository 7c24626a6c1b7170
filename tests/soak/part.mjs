// A program that the soak kills. It starts again by itself, as under systemd.
//
// Exports: `Part`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a program may take to be ready, in milliseconds. A busy machine needs the most of it. */
const PATIENCE = 60_000;
/** The pause before a program that ended by itself starts again, in milliseconds. */
const AGAIN = 250;

/** @type {Set<Part>} */
const running = new Set();
process.once('exit', () => {
  for (const part of running) part.killAll();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {[string, string[]]} command
 * @property {Record<string, string>} [env]
 * @property {string} [cwd]
 * @property {string} log the file of its output
 * @property {() => Promise<unknown>} ready fails until it is
 */

export class Part {
  kills = 0;
  starts = 0;
  /** How long it stays away after it was killed, in milliseconds. */
  #away = 0;
  #wanted = true;
  #program;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  #kept;

  /** @param {Program} program */
  constructor(program) {
    this.#program = program;
    running.add(this);
    this.#kept = this.#keep();
  }

  /** Starts a program and waits until it is ready. @param {Program} program */
  static async start(program) {
    const part = new this(program);
    await part.ready();
    return part;
  }

  get name() {
    return this.#program.name;
  }

  get isUp() {
    return this.#child !== undefined;
  }

  async #keep() {
    const { command, env, cwd, log } = this.#program;
    const output = openSync(log, 'a');
    while (this.#wanted) {
      this.starts += 1;
      // It ends with this process, even if that is killed.
      const args = ['--pdeathsig=KILL', command[0], ...command[1]];
      this.#child = spawn('setpriv', args, {
        cwd,
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', output, output],
      });
      await once(this.#child, 'exit');
      this.#child = undefined;
      await pause(this.#away || AGAIN);
      this.#away = 0;
    }
  }

  /** Waits until it is ready. */
  async ready() {
    for (const end = Date.now() + PATIENCE; ; await pause(100)) {
      try {
        return await this.#program.ready();
      } catch (cause) {
        if (Date.now() > end) throw new Error(`${this.name} is not ready; see ${this.#program.log}`, { cause });
      }
    }
  }

  /** Kills it with everything that it has started. @param {number} away how long it stays away, in milliseconds */
  kill(away) {
    if (!this.#child) return;
    this.kills += 1;
    this.#away = away;
    this.killAll();
  }

  /** Stops its processes for a while, and they notice nothing. @param {number} milliseconds */
  async freeze(milliseconds) {
    const family = this.#family();
    signal(family, 'SIGSTOP');
    await pause(milliseconds);
    signal(family, 'SIGCONT');
  }

  killAll() {
    signal(this.#family(), 'SIGKILL');
  }

  /** The process and its children. */
  #family() {
    const { pid } = this.#child ?? {};
    if (!pid) return [];
    try {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
      return [pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)];
    } catch {
      return [];
    }
  }

  async stop() {
    this.#wanted = false;
    this.killAll();
    await this.#kept;
    running.delete(this);
  }
}

/** @param {number[]} pids @param {NodeJS.Signals} name */
function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended.
    }
  }
}
