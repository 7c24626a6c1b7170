// The npm package like users get it: packed, unpacked into node_modules, and used by a page without a bundler.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { transform } from 'esbuild';

import { launch } from '../e2e/support/browser.mjs';
import { Selfie } from '../e2e/support/selfie.mjs';
import { serve } from '../e2e/support/site.mjs';
import { watch } from '../e2e/support/watch.mjs';
import { film } from '../fixtures/face/film.mjs';

const run = promisify(execFile);
const built = fileURLToPath(new URL('../../build/package/', import.meta.url));

const PAGE = `<!doctype html>
<html lang="en">
  <title>A page</title>
  <link rel="icon" href="/icon.svg">
  <script type="module" src="/node_modules/akiba-selfie/define.js"></script>
  <akiba-selfie relay="/" identifier="1" capture="manual" no-consent></akiba-selfie>
</html>`;

let folder, site, browser, shot;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akiba-selfie-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: built });
  const [packed] = JSON.parse(stdout);
  shot = packed.files.map(({ path }) => path);
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'akiba-selfie'), { recursive: true });
  await run('tar', [
    '-xzf',
    join(folder, packed.filename),
    '-C',
    join(modules, 'akiba-selfie'),
    '--strip-components=1',
  ]);
  site = await serve({
    '/': Buffer.from(PAGE),
    '/icon.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    '/node_modules/': modules,
  });
  browser = await launch({ film: (await film()).file });
});

after(async () => {
  await browser?.close();
  await site?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('it contains exactly the files that its package.json lists', async () => {
  const { default: manifest } = await import('../../www/package.json', { with: { type: 'json' } });
  assert.deepEqual([...shot].sort(), [...manifest.files, 'README.md', 'package.json'].sort());
});

test('Safari 15 reads its syntax', async () => {
  const { default: manifest } = await import('../../www/package.json', { with: { type: 'json' } });
  // Angular's build compiles its component once more.
  for (const name of manifest.files.filter((file) => /\.m?js$/.test(file) && file !== 'angular.mjs')) {
    const code = await readFile(join(folder, 'node_modules/akiba-selfie', name), 'utf8');
    // esbuild rewrites what the target does not have. It counts new names of scripts, which no expression here uses.
    const supported = { 'regexp-unicode-property-escapes': true };
    const [as, plain] = await Promise.all(
      ['esnext', 'safari15'].map((target) => transform(code, { target, supported, legalComments: 'none' })),
    );
    assert.ok(plain.code === as.code, `${name} has newer syntax`);
  }
});

test('a plain page takes a photo with it, under a strict policy', async () => {
  const page = await browser.newPage();
  // There is no relay here, so the widget's first call fails while the person frames.
  const watched = await watch(page, [/status of 404/]);
  site.seen.length = 0;
  const selfie = await Selfie.open(page, `${site.origin}/`);
  await selfie.button('Start').click();
  await selfie.state('framing');
  await selfie.shoot();
  const [{ photo }] = await selfie.events('selfie-captured');
  assert.equal(photo.type, 'image/jpeg');
  // The vision module loads with the camera, and the photo does not wait for it.
  for (const end = Date.now() + 10_000; !site.seen.some((path) => path.endsWith('/akiba-vision.wasm')); ) {
    assert.ok(Date.now() < end, 'the vision module is not loaded');
    await page.waitForTimeout(50);
  }
  await watched.settle();
  await page.close();
  watched.clean();

  // scripts/size.mjs counts the files that a page loads.
  const loaded = site.seen
    .filter((path) => path.startsWith('/node_modules/akiba-selfie/'))
    .map((path) => path.slice(27));
  // These load only with an attribute, in another language, without WebAssembly, in Safari before 16.4, or when the page asks.
  const late = [
    'debug.js',
    'full.js',
    'handoff-words.js',
    'handoff.js',
    'in-app.js',
    'language.js',
    'linked.js',
    'plain.css',
    'plain.js',
    'supports.js',
    'widget.css',
  ];
  const counted = shot.filter(
    (path) => /^(?!inline\/|lang\/|phone\/|themes\/).+\.(js|wasm|css)$/.test(path) && !late.includes(path),
  );
  assert.deepEqual([...loaded].sort(), [...counted].sort());
});

test('a server can import it', async () => {
  const script = `
    const { AkibaSelfieElement } = await import('akiba-selfie');
    const defined = await import('akiba-selfie/define.js');
    console.log(AkibaSelfieElement.name, defined.AkibaSelfieElement === AkibaSelfieElement);`;
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
  assert.equal(stdout.trim(), 'AkibaSelfieElement true');
  assert.equal(stderr, '');
});
