// The real widget sends a real photo to an independent S3 (OpenStack Swift), with links that boto3 signs. The test
// answers the relay's calls, as it does not test the vendor.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { launch } from '../e2e/support/browser.mjs';
import { Selfie } from '../e2e/support/selfie.mjs';
import { serve } from '../e2e/support/site.mjs';
import { watch } from '../e2e/support/watch.mjs';
import { film } from '../fixtures/face/film.mjs';

const execute = promisify(execFile);
const script = fileURLToPath(new URL('run.sh', import.meta.url));

const PAGE = `<!doctype html>
<html lang="en">
  <title>A page</title>
  <link rel="icon" href="/icon.svg">
  <script type="module" src="/akiba-selfie/define.js"></script>
  <akiba-selfie relay="/" identifier="1" capture="manual"></akiba-selfie>
</html>`;

let folder, ready, swift, site, browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'akiba-selfie-'));
  ready = join(folder, 'swift.json');
  site = await serve({
    '/': Buffer.from(PAGE),
    '/icon.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    '/akiba-selfie/': new URL('../../build/package/', import.meta.url),
  });
  swift = spawn(script, ['swift', '--origin', site.origin, '--ready-file', ready], { stdio: 'ignore' });
  site.uploads = await endpoint();
  browser = await launch({ film: (await film()).file });
});

after(async () => {
  await browser?.close();
  await site?.close();
  if (swift && swift.exitCode === null) {
    const fallback = setTimeout(() => swift.kill('SIGKILL'), 10_000);
    swift.kill();
    await new Promise((ended) => swift.once('exit', ended));
    clearTimeout(fallback);
  }
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Waits until Swift listens, and returns its URL. */
async function endpoint() {
  for (let tries = 0; tries < 600; tries += 1) {
    if (swift.exitCode !== null) throw new Error(`Swift ended with status ${swift.exitCode}`);
    try {
      return JSON.parse(await readFile(ready, 'utf8')).endpoint;
    } catch {
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }
  throw new Error('Swift did not start');
}

for (const version of ['v4', 'v2']) {
  test(`uploads a photo with a link of signature version ${version.slice(1)}`, async () => {
    const key = `selfies/${version}.jpg`;
    const { stdout } = await execute(script, ['sign', ready, key]);
    const links = JSON.parse(stdout);

    const page = await browser.newPage();
    const watched = await watch(page);
    let verified;
    await page.route('**/v1/customer', (route) =>
      route.fulfill({
        json: {
          identifier: '1',
          signed_link: links[version],
          s3_key: key,
          selfie_filename: 'selfie.jpg',
          customer_id: 'A1',
        },
      }),
    );
    await page.route('**/v1/customer/verify', async (route) => {
      verified = route.request().postDataJSON();
      await route.fulfill({ json: { status: 'success', message: 'm', data: { identity: { fraud_detected: 'Low' } } } });
    });

    const selfie = await Selfie.open(page, `${site.origin}/`);
    await selfie.takeAndSend();
    await selfie.event('selfie-verified');
    assert.deepEqual(verified, { selfie_filename: 'selfie.jpg', id: '1', user_type: '1', s3_key: key });

    const object = Buffer.from(await (await fetch(links.read)).arrayBuffer());
    assert.ok(object.equals(await selfie.capturedBytes()), 'the object is not the photo of selfie-captured');
    await watched.settle();
    await page.close();
    watched.clean();
  });
}
