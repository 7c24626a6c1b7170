// What a load costs the processes that serve it: processor time, which is steadier than calls a second on a shared machine.
// And the record of the last figures, in benches/record.json.
//
// Exports: `family()`, `cpu()`, `buildOf()`, `readRecord()`, `writeRecord()`.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RECORD = fileURLToPath(new URL('../record.json', import.meta.url));
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Returns a process and its children, such as an nginx with its workers. @param {number} pid */
export async function family(pid) {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)];
}

/** Returns the processor time of processes and of their children, also of ended ones, in seconds. @param {number[]} pids */
export async function cpu(...pids) {
  let ticks = 0;
  for (const one of pids) {
    for (const pid of await family(one)) {
      // A child may have ended; its time is then in its parent's.
      const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      // User and system time, and for the parent those of ended children.
      for (const field of fields.slice(11, pid === one ? 15 : 13)) ticks += Number(field);
    }
  }
  return ticks / TICKS;
}

/** Builds the relay of a commit, in a work tree under build/, and returns the path of the program. @param {string} commit */
export function buildOf(commit) {
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const folder = join(git('rev-parse', '--show-toplevel'), 'build', 'against', git('rev-parse', '--short', commit));
  if (!existsSync(folder)) git('worktree', 'add', '--detach', folder, commit);
  const env = { ...process.env, CARGO_TARGET_DIR: join(folder, 'target') };
  const build = ['build', '--release', '--locked', '--quiet', '-p', 'akiba-relay'];
  execFileSync('cargo', build, { cwd: folder, env, stdio: 'inherit' });
  return join(env.CARGO_TARGET_DIR, 'release', 'akiba-relay');
}

/**
 * Returns the last figures, if there is a record.
 * @returns {Promise<{ commit: string, machine: string, figures: Record<string, Figures> } | null>}
 */
export async function readRecord() {
  return existsSync(RECORD) ? JSON.parse(await readFile(RECORD, 'utf8')) : null;
}

/** Stores the figures of this commit. @param {string} machine @param {Record<string, Figures>} figures */
export async function writeRecord(machine, figures) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  await writeFile(RECORD, `${JSON.stringify({ commit, machine, figures }, null, 2)}\n`);
}

/**
 * @typedef {object} Figures
 * @property {number} rate calls or verifications a second
 * @property {number} relay µs of the relay's processor time for each
 * @property {number} database µs of the database's
 */
