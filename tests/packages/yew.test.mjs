// The example of a Yew page: built by Trunk, and used from the first screen to the verdict, with the detector on.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { launch } from '../e2e/support/browser.mjs';
import { startDemo } from '../e2e/support/demo.mjs';
import { watch } from '../e2e/support/watch.mjs';
import { film } from '../fixtures/face/film.mjs';

const run = promisify(execFile);
const example = fileURLToPath(new URL('../../examples/yew/', import.meta.url));

/** How long the detector may take to take a photo on a busy machine, in milliseconds. */
const PATIENCE = 45_000;
/** How long a person looks at a screen before pressing a button, in milliseconds. */
const LOOK = 1000;

// Trunk can't read NO_COLOR=1.
const { NO_COLOR, ...env } = process.env;

let dist, demo, browser;

before(async () => {
  dist = await mkdtemp(join(tmpdir(), 'akiba-selfie-'));
  await run('trunk', ['build', '--dist', dist, '--skip-version-check'], { cwd: example, env, maxBuffer: 1 << 26 });
  demo = await startDemo({ site: dist });
  browser = await launch({ film: (await film()).file });
});

after(async () => {
  await browser?.close();
  await demo?.stop();
  if (dist) await rm(dist, { recursive: true, force: true });
});

test('the quick start finds Trunk, which is not in the PATH of a shell', async () => {
  const page = await readFile(new URL('../../docs/quick-start/yew.md', import.meta.url), 'utf8');
  const [, command] = page.match(/^```sh\n(.*trunk serve.*)\n```$/m) ?? [];
  assert.ok(command);
  const PATH = (env.PATH ?? '')
    .split(':')
    .filter((folder) => !folder.includes('akiba-selfie'))
    .join(':');
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  const { stdout } = await run('sh', ['-ec', command.replace('trunk serve', 'trunk --version')], {
    cwd,
    env: { ...env, PATH },
  });
  assert.match(stdout, /^trunk \d/);
});

test('the Yew page goes on with the verdict, under a strict policy', async () => {
  const page = await browser.newPage();
  const watched = await watch(page);
  await page.goto(demo.page);
  // The widget ignores a press before a person could have seen the screen.
  const press = async (name) => {
    const button = page.getByRole('button', { name });
    await button.waitFor({ timeout: PATIENCE });
    await page.waitForTimeout(LOOK);
    await button.click();
  };
  await press('Start');
  await press('I agree, open the camera');
  // The photo is taken automatically, which needs the detector.
  await press(/^Use (this photo|it anyway)$/);
  const outcome = page.locator('#outcome');
  await outcome.waitFor({ timeout: PATIENCE });
  assert.equal(await outcome.textContent(), 'verified');
  await watched.settle();
  await page.close();
  watched.clean();
});
