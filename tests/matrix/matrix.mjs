// Tries the package with many tools: from `npm pack`'s file to a verdict in a real browser, in development and built.
//
//   node tests/matrix/matrix.mjs              every case
//   node tests/matrix/matrix.mjs --quick      the three quickest
//   node tests/matrix/matrix.mjs vite-8 …     the named ones
//   node tests/matrix/matrix.mjs --table …    also writes the table, or the named rows, into docs/bundlers.md
//
// Prints a table. Fails if a case fails. `--keep` keeps the folders of the cases in build/matrix.

import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { launch } from '../e2e/support/browser.mjs';
import { film } from '../fixtures/face/film.mjs';
import { CASES } from './cases.mjs';
import { freePort, serveFolder, start } from './support/server.mjs';
import { tableOf, writeTable } from './support/table.mjs';
import { reachVerdict } from './support/verdict.mjs';
import { pack, prepare, version } from './support/workspace.mjs';

/** @import { Case } from './cases.mjs' */

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const work = fileURLToPath(new URL('../../build/matrix/', import.meta.url));

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, keep: { type: 'boolean' }, table: { type: 'boolean' } },
});
for (const name of names) {
  if (!CASES.some((which) => which.name === name)) throw new Error(`unknown case «${name}»`);
}
const chosen = CASES.filter(({ name, quick }) => (names.length > 0 ? names.includes(name) : quick || !options.quick));

await rm(work, { recursive: true, force: true });
await mkdir(work, { recursive: true });
const packed = await pack(work);
const browser = await launch({ film: (await film()).file });

/** Where a page's own origin has the package. */
const PLACE = '/node_modules/akiba-selfie/';

/** Serves the package from an origin of its own, as a CDN does. @param {string} folder */
async function serveOtherOrigin(folder) {
  const port = await freePort();
  const server = await serveFolder(join(folder, 'node_modules/akiba-selfie'), {
    port,
    headers: { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
  });
  return { origin: `http://127.0.0.1:${port}`, server };
}

/** Tries a case without a tool. @param {Case} which @param {string} folder */
async function tryPlain(which, folder) {
  const other = which.origin === 'other' ? await serveOtherOrigin(folder) : undefined;
  const place = other?.origin ?? PLACE.replace(/\/$/, '');
  const port = await freePort();
  const server = await serveFolder(folder, {
    port,
    headers: which.policy ? { 'Content-Security-Policy': which.policy } : {},
    change: (file, body) => (file.endsWith('.html') ? String(body).replace('%PACKAGE%', place) : body),
  });
  try {
    await reachVerdict(browser, `http://127.0.0.1:${port}`);
    const files = server.seen.filter((path) => path.startsWith(PLACE)).map((path) => path.slice(PLACE.length));
    if (which.loads && `${files}` !== `${which.loads}`) throw new Error(`the page loads ${files}`);
  } finally {
    await server.stop();
    await other?.server.stop();
  }
}

/** @param {Case} which @param {string} folder */
async function tryDev({ dev }, folder) {
  const port = await freePort();
  const server = await start(/** @type {string[]} */ (dev), folder, port);
  try {
    await reachVerdict(browser, `http://127.0.0.1:${port}`);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${server.output()}`, { cause: error });
  } finally {
    await server.stop();
  }
}

/** @param {Case} which @param {string} folder */
async function tryBuild({ build, serve, output = '' }, folder) {
  await command(/** @type {string[]} */ (build), folder);
  const port = await freePort();
  const server = serve ? await start(serve, folder, port) : await serveFolder(join(folder, output), { port });
  try {
    await reachVerdict(browser, `http://127.0.0.1:${port}`);
  } finally {
    await server.stop();
  }
}

/** Runs a command to its end; its output is in the error. @param {string[]} command @param {string} folder */
async function command([program, ...args], folder) {
  const env = { ...process.env, CI: '1', NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' };
  const given = args.map((argument) => argument.replace('{root}', root));
  await run(program, given, { cwd: folder, env, maxBuffer: 1 << 26, timeout: 600_000 }).catch((error) => {
    throw new Error(`«${program} ${args.join(' ')}»: ${error.stdout}${error.stderr}`, { cause: error });
  });
}

/** @typedef {{ name: string, versions: string, mode: string, works: boolean, seconds: number }} Row */
/** @type {Row[]} */
const rows = [];

/** @param {string} name @param {string} versions @param {string} mode @param {() => Promise<void>} attempt */
async function note(name, versions, mode, attempt) {
  const began = performance.now();
  const fault = await attempt().then(
    () => undefined,
    (error) => error,
  );
  const row = { name, versions, mode, works: !fault, seconds: Math.round((performance.now() - began) / 1000) };
  rows.push(row);
  console.log(`${fault ? 'FAILS' : 'works'}  ${name} ${mode} (${versions || 'no tool'}), ${row.seconds} s`);
  if (!fault) return;
  console.log(String(fault.message ?? fault).replace(/^/gm, '    '));
  process.exitCode = 1;
}

try {
  for (const which of chosen) {
    const { name } = which;
    /** @type {string | undefined} */
    let folder;
    await prepare(which, packed, work).then(
      (made) => {
        folder = made;
      },
      (error) => note(name, '', 'install', () => Promise.reject(error)),
    );
    if (!folder) continue;
    const own = folder;
    const shown = await Promise.all(which.shows.map(async (shows) => `${shows} ${await version(own, shows)}`));
    const versions = shown.join(', ');
    const { check, test } = which;
    if (check) await note(name, versions, 'source', () => command(check, own));
    if (which.origin) await note(name, versions, 'page', () => tryPlain(which, own));
    if (which.dev) await note(name, versions, 'dev', () => tryDev(which, own));
    if (which.build) await note(name, versions, 'build', () => tryBuild(which, own));
    if (test) await note(name, versions, 'test', () => command(test, own));
    if (!options.keep) await rm(own, { recursive: true, force: true });
  }
} finally {
  await browser.close();
}
console.log(`\n${tableOf(rows)}`);
if (options.table)
  await writeTable(
    rows,
    CASES.map(({ name }) => name),
  );
