// docs/relay/tutorial.md is true: this test runs its commands, in their order and in one shell, on free ports.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { freePort } from './support/relay.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const binaries = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug');
const document = readFileSync(join(root, 'docs/relay/tutorial.md'), 'utf8');

/** Returns the commands below a heading: the indented lines, and blank ones between them. */
function commands(heading) {
  const section = document.split(/^## /m).find((each) => each.startsWith(heading));
  assert.ok(section, `no section ${heading}`);
  const lines = section.split('\n').filter((line) => line.startsWith('    '));
  assert.ok(lines.length > 0, `no commands in ${heading}`);
  return lines.map((line) => line.slice(4)).join('\n');
}

test('the commands of the tutorial do what it says', async () => {
  const [vendor, relay, page] = [await freePort(), await freePort(), await freePort()];
  const wait = (url) => `for _ in $(seq 200); do curl -so /dev/null ${url} && break; sleep 0.05; done`;
  const step = (number) => `echo "== ${number}"\n${commands(`${number}. `)}`;
  const script = [
    'set -eu',
    `relay=${binaries}/akiba-relay`,
    step(2).replace('target/debug', binaries),
    wait(`http://127.0.0.1:${vendor}/`),
    step(3),
    `export AKIBA_RELAY_LISTEN=127.0.0.1:${relay}`,
    step(4),
    wait(`http://127.0.0.1:${relay}/readyz`),
    ...[5, 6, 7, 8, 9].map(step),
    'wait || true',
  ]
    .join('\n')
    .replaceAll('8090', String(vendor))
    .replaceAll('8081', String(relay))
    .replaceAll(':3000', `:${page}`);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AKIBA_')));
  // A group of its own, so that nothing outlives a command that fails.
  const bash = spawn('bash', ['-c', script], { cwd: root, env, detached: true });
  const [output, errors] = [[], []];
  bash.stdout.on('data', (data) => output.push(data));
  bash.stderr.on('data', (data) => errors.push(data));
  const late = setTimeout(() => process.kill(-Number(bash.pid), 'SIGKILL'), 60_000);
  const closed = once(bash, 'close');
  const [status] = await once(bash, 'exit');
  clearTimeout(late);
  try {
    process.kill(-Number(bash.pid), 'SIGKILL');
  } catch {
    // All of them have ended.
  }
  await closed;
  const steps = Object.fromEntries(
    output
      .join('')
      .split('== ')
      .map((part) => [part[0], part.slice(2)]),
  );
  assert.equal(status, 0, `${output.join('')}\n${errors.join('')}`);
  assert.doesNotMatch(output.join(''), /"code":/, 'a call was an error');
  assert.match(steps[2], /^ready /m);
  assert.match(steps[5], /"session_id": "ses_/);
  assert.match(steps[6], /HTTP\/1.1 200/);
  // The verdict, and the claims of its proof.
  assert.equal(steps[6].match(/"outcome": "verified"/g)?.length, 2);
  assert.match(steps[6], /"aud": "bank"/);
  assert.match(steps[6], /"crv": "Ed25519"/);
  assert.doesNotMatch(steps[6], /0000000000001/, 'the page gets the identifier');
  assert.match(steps[7], /"final": true/);
  assert.match(steps[8], /session\.verified/);
  assert.match(steps[9], /HTTP\/1.1 204/);
});
