// The folder of a case: its sources, its packages at the locked versions, and our package as npm would unpack it.
//
// Exports: `pack()`, `unpack()`, `prepare()`, `version()`.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = fileURLToPath(new URL('../', import.meta.url));
const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
const built = fileURLToPath(new URL('../../../build/package/', import.meta.url));

/** Packs the package into a folder, and returns the file. @param {string} folder */
export async function pack(folder) {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: built });
  return join(folder, JSON.parse(stdout)[0].filename);
}

/** Unpacks our package's file into a folder. @param {string} file @param {string} folder */
export async function unpack(file, folder) {
  await mkdir(folder, { recursive: true });
  await run('tar', ['-xzf', file, '-C', folder, '--strip-components=1']);
}

/**
 * Makes the folder of a case.
 * @param {import('../cases.mjs').Case} which
 * @param {string} packed our package's file
 * @param {string} folder the parent
 */
export async function prepare({ name, project = '', example }, packed, folder) {
  const own = join(folder, name);
  await rm(own, { recursive: true, force: true });
  const source = example ? join(examples, example) : join(here, 'projects', project);
  // Not what somebody installed or built there.
  const filter = (/** @type {string} */ path) => !/\/(node_modules|dist|\.next|\.angular)$/.test(path);
  await cp(source, own, { recursive: true, filter });
  // A component needs no more than the element, and both bundlers of Next.js come with one package.
  const lock = join(here, 'locks', name.replace(/-(component|webpack)$/, ''));
  if (!example && existsSync(lock)) await cp(lock, own, { recursive: true });
  if (existsSync(join(own, 'package-lock.json'))) {
    await withoutOurs(own);
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: own, maxBuffer: 1 << 26 });
  }
  // Not `npm install`: the lock file would have to know this file's hash, which changes with every build.
  await unpack(packed, join(own, 'node_modules/akiba-selfie'));
  return own;
}

/** Takes our package out of a project, because its file stands for the published one. @param {string} folder */
async function withoutOurs(folder) {
  for (const name of ['package.json', 'package-lock.json']) {
    const file = join(folder, name);
    const content = JSON.parse(await readFile(file, 'utf8'));
    for (const { dependencies } of [content, content.packages?.[''] ?? {}]) delete dependencies?.['akiba-selfie'];
    delete content.packages?.['node_modules/akiba-selfie'];
    await writeFile(file, JSON.stringify(content));
  }
}

/** Returns the version of an installed package. @param {string} folder @param {string} name */
export async function version(folder, name) {
  return JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}
