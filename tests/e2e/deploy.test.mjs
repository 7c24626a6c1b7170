// The settings in deploy/ are valid for this relay: for Kubernetes and for compose. scripts/lint checks the files' schemas.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { newKeys } from './support/relay.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = join(resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug'), 'akiba-relay');
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'akiba-deploy-'));
  const keys = newKeys();
  const secrets = {
    token: 'a-token',
    'session-keys': keys.session,
    'data-keys': keys.data,
    'webhook-secrets': keys.webhook,
    'database-url': 'postgres://relay:word@database/relay?sslmode=verify-full',
  };
  for (const [name, text] of Object.entries(secrets)) writeFileSync(join(folder, name), text, { mode: 0o600 });
});

after(() => rmSync(folder, { recursive: true }));

/** Checks settings, with the secrets of this test in place of the container's. */
function check(settings, variables = {}) {
  const file = join(folder, 'relay.toml');
  writeFileSync(file, settings.replaceAll(/\/run\/secrets(\/akiba-relay)?/g, folder));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AKIBA_')));
  const { status, stdout, stderr } = spawnSync(program, ['--config', file, '--check-config'], {
    env: { ...env, ...variables },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('the settings for Kubernetes are valid', () => {
  for (const variant of ['postgres', 'sqlite']) {
    const settings = readFileSync(join(root, `deploy/kubernetes/${variant}/relay.toml`), 'utf8');
    const checked = check(settings);
    assert.deepEqual([checked.status, checked.stderr], [0, ''], variant);
    assert.notEqual(check(settings.replace('drain-delay', 'drain-dealy')).status, 0, 'an unknown key is an error');
  }
});

test('the variables of the compose file are valid', () => {
  const compose = readFileSync(join(root, 'deploy/compose.yaml'), 'utf8');
  const pairs = [...compose.matchAll(/^ {6}(AKIBA_RELAY_\w+): "?([^"\n]+)/gm)].map(([, name, value]) => [name, value]);
  assert.ok(pairs.length > 8);
  const given = {
    ALLOW_ORIGIN: 'https://bank.example',
    API_KEY: newKeys().apiSetting,
    WEBHOOK_URL: 'https://bank.example/hooks/akiba',
    TRUSTED_PROXY: '172.16.0.0/12',
  };
  const filled = pairs.map(([name, value]) => [
    name,
    value.replace(/\$\{(\w+)[^}]*\}/, (_, key) => given[key]).replace('/run/secrets', folder),
  ]);
  // The Dockerfile sets these.
  const image = { AKIBA_RELAY_LISTEN: '[::]:8081', AKIBA_RELAY_LOG_FORMAT: 'json' };
  const checked = check('', { ...image, ...Object.fromEntries(filled) });
  assert.deepEqual([checked.status, checked.stderr], [0, '']);
});
