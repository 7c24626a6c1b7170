// What `trunk build` makes of the root index.html: the same demo, from the camera to the verdict.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { launch } from '../e2e/support/browser.mjs';
import { startDemo } from '../e2e/support/demo.mjs';
import { Selfie } from '../e2e/support/selfie.mjs';
import { watch } from '../e2e/support/watch.mjs';
import { film } from '../fixtures/face/film.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

let dist, demo, browser;

before(async () => {
  dist = await mkdtemp(join(tmpdir(), 'akiba-selfie-'));
  await run('trunk', ['build', '--dist', dist, '--skip-version-check'], { cwd: root });
  demo = await startDemo({ site: dist });
  browser = await launch({ film: (await film()).file });
});

after(async () => {
  await browser?.close();
  await demo?.stop();
  if (dist) await rm(dist, { recursive: true, force: true });
});

test('it makes the files that the demo is made of', async () => {
  const files = async (folder) =>
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile())
      .map(({ parentPath, path, name }) => join(parentPath ?? path, name).slice(folder.length)).sort();
  assert.deepEqual(await files(`${dist}/`), await files(join(root, 'build/site/')));
  assert.doesNotMatch(await readFile(join(dist, 'index.html'), 'utf8'), /<script(?![^>]* src=)|<style/, 'nothing is inline');
});

test('its page reaches a verdict, under the demo\'s policy', async () => {
  const page = await browser.newPage();
  const watched = await watch(page);
  const selfie = await Selfie.open(page, `${demo.page}/`);
  await selfie.takeAndSend();
  const { detail } = await selfie.event('selfie-verified');
  assert.equal(detail.outcome, 'verified');
  await watched.settle();
  await page.close();
  watched.clean();
});
