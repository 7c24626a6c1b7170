// Trunk's build of the root index.html: the same demo, from the camera to the verdict, both by `trunk build` and by
// scripts/serve.sh, whose `trunk serve` is a proxy for the relay.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
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

/** How long `trunk serve` may take for its first build, in milliseconds. */
const PATIENCE = 300_000;

// Trunk can't read NO_COLOR=1.
const { NO_COLOR, ...env } = process.env;

let dist, demo, browser;

before(async () => {
  dist = await mkdtemp(join(tmpdir(), 'akiba-selfie-'));
  await run('trunk', ['build', '--dist', dist, '--skip-version-check'], { cwd: root, env });
  demo = await startDemo({ site: dist });
  browser = await launch({ film: (await film()).file });
});

after(async () => {
  await browser?.close();
  await demo?.stop();
  if (dist) await rm(dist, { recursive: true, force: true });
});

test('it builds the same files as the demo', async () => {
  const files = async (folder) =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((file) => file.isFile())
      .map(({ parentPath, path, name }) => join(parentPath ?? path, name).slice(folder.length))
      .sort();
  // Trunk does not split the WebAssembly.
  const demo = (await files(join(root, 'build/site/'))).filter((name) => !name.endsWith('_rest.wasm'));
  assert.deepEqual(await files(`${dist}/`), demo);
  assert.doesNotMatch(
    await readFile(join(dist, 'index.html'), 'utf8'),
    /<script(?![^>]* src=)|<style/,
    'nothing is inline',
  );
});

test("its page gets a verdict, under the demo's policy", () => verdict(demo.page));

test('`trunk serve` gets a verdict through its proxy, and stops its other programs', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'akiba-selfie-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [port, relayPort] = await freePorts(2);
  const [page, relay] = [port, relayPort].map((number) => `http://127.0.0.1:${number}`);
  const output = [];
  const serving = spawn('scripts/serve.sh', ['--dist', folder], {
    cwd: root,
    // Like a shell without colours.
    env: { ...env, NO_COLOR: '1', PORT: String(port), RELAY_PORT: String(relayPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(serving, 'exit');
  const stop = async () => {
    if (serving.exitCode === null && serving.signalCode === null) serving.kill('SIGTERM');
    await ended;
    // A process that still runs would keep them open, and this test with them.
    serving.stdout.destroy();
    serving.stderr.destroy();
  };
  t.after(stop);
  serving.stdout.on('data', (data) => output.push(data));
  serving.stderr.on('data', (data) => output.push(data));
  for (const end = Date.now() + PATIENCE; !(await answers(page)); ) {
    assert.equal(serving.exitCode, null, output.join(''));
    assert.ok(Date.now() < end, `not up after ${PATIENCE / 1000} s: ${output.join('')}`);
    await new Promise((wake) => setTimeout(wake, 200));
  }

  await verdict(page);
  assert.ok(await answers(relay), 'the relay listens at its own port');
  await stop();
  assert.deepEqual([await answers(page), await answers(relay)], [false, false], 'nothing still runs');
  assert.deepEqual(
    (await readdir(root)).filter((name) => /^Trunk\..+\.toml$/.test(name)),
    [],
  );
});

async function verdict(origin) {
  const page = await browser.newPage();
  const watched = await watch(page);
  const selfie = await Selfie.open(page, `${origin}/`);
  await selfie.takeAndSend();
  const { detail } = await selfie.event('selfie-verified');
  assert.equal(detail.outcome, 'verified');
  await watched.settle();
  await page.close();
  watched.clean();
}

/** Returns whether a web server answers. @param {string} origin */
const answers = (origin) =>
  fetch(origin).then(
    () => true,
    () => false,
  );

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
