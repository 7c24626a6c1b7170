// Follows the quick starts word for word: from an empty folder through the commands and files of a page of docs/quick-start to a
// verdict in a real browser. It needs `scripts/build.sh`, the set-up for tests, and the ports of the pages.
//
//   node tests/matrix/quick-start.mjs              every page
//   node tests/matrix/quick-start.mjs react …      the named ones
//   node tests/matrix/quick-start.mjs --table      also writes the times into docs/quick-start/README.md
//
// Fails if a page fails. `--keep` keeps the projects in build/quick-start.

import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { launch } from '../e2e/support/browser.mjs';
import { startDemo } from '../e2e/support/demo.mjs';
import { Selfie } from '../e2e/support/selfie.mjs';
import { film } from '../fixtures/face/film.mjs';
import { readSteps, writeTimes } from './support/quick-start.mjs';
import { start } from './support/server.mjs';
import { pack } from './support/workspace.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const work = join(root, 'build/quick-start');
const pages = join(root, 'docs/quick-start');
/** What a page says. */
const PACKAGE = '~/akiba-selfie-0.1.0.tgz';
const RELAY = 'http://127.0.0.1:8080';
const HEARD = 'The verdict: verified';
const SHOWN = 'It’s you. Thank you!';
/** How long the detector may take to take a photo on a busy machine, in milliseconds. */
const PATIENCE = 60_000;

// The commands must not ask, and must not tell anybody.
Object.assign(process.env, { NEXT_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', NG_CLI_ANALYTICS: 'false' });

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean' }, table: { type: 'boolean' } },
});
/** The titles of the pages that the test can follow, in the list's order. A page without npm has no commands for it. */
const titles = new Map();
for (const [, title, name] of (await readFile(join(pages, 'README.md'), 'utf8')).matchAll(
  /\[([^\]]+)\]\((\w+)\.md\)/g,
)) {
  if (name !== 'yew') titles.set(name, title);
}
const names = positionals.length > 0 ? positionals : [...titles.keys()];

await rm(work, { recursive: true, force: true });
await mkdir(work, { recursive: true });
const packed = await pack(work);
const browser = await launch({ film: (await film()).file });

/** Goes through the element's screens until the page's console has the verdict. @param {string} url */
async function takeSelfie(url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  try {
    const heard = page.waitForEvent('console', {
      predicate: (message) => message.text().trim() === HEARD,
      timeout: 3 * PATIENCE,
    });
    heard.catch(() => undefined);
    const selfie = await Selfie.open(page, url);
    await selfie.button('Start').click({ timeout: PATIENCE });
    await selfie.button('I agree, open the camera').click();
    await selfie.state('review', PATIENCE);
    await selfie.send();
    await heard;
    await page.getByText(SHOWN).first().waitFor();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\nThe console: ${said.join('\n')}`, {
      cause: error,
    });
  } finally {
    await context.close();
  }
}

/** Follows a page. Returns the seconds from its first command to the verdict. @param {string} name */
async function follow(name) {
  const { commands, files, server, url, folder, build, built } = readSteps(
    await readFile(join(pages, `${name}.md`), 'utf8'),
  );
  const demo = await startDemo({ args: ['--origin', new URL(url).origin] });
  const began = performance.now();
  const project = join(work, folder);
  try {
    await run('bash', ['-ec', commands.replaceAll(PACKAGE, packed)], { cwd: work, maxBuffer: 1 << 26 });
    for (const [path, text] of files) {
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(join(project, path), text.replaceAll(RELAY, new URL(demo.page).origin));
    }
    const running = await start(server.split(' '), project, Number(new URL(url).port), 'localhost');
    try {
      await takeSelfie(url);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n${running.output()}`, { cause: error });
    } finally {
      await running.stop();
    }
    const seconds = Math.round((performance.now() - began) / 1000);
    // The matrix takes a selfie with each tool's build.
    if (build) {
      await run('bash', ['-ec', build], { cwd: project, env: { ...process.env, CI: '1' }, maxBuffer: 1 << 26 });
      await access(join(project, built ?? ''));
    }
    return seconds;
  } finally {
    await demo.stop();
    if (!options.keep) await rm(project, { recursive: true, force: true });
  }
}

/** @type {{ name: string, seconds: number }[]} */
const rows = [];
try {
  for (const name of names) {
    try {
      const seconds = await follow(name);
      rows.push({ name, seconds });
      console.log(`works  ${name}, ${seconds} s`);
    } catch (error) {
      console.log(`FAILS  ${name}\n${String(error instanceof Error ? error.message : error).replace(/^/gm, '    ')}`);
      process.exitCode = 1;
    }
  }
} finally {
  await browser.close();
}
if (options.table) await writeTimes(rows, titles);
