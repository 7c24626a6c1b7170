// The clients in clients/: the typed TypeScript client is generated from docs/openapi.json, compiles strictly and calls a real
// relay; the Bruno collection has a request for each call, and each gets the answer that it expects.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { startSandbox } from './support/demo.mjs';
import { freePort, newKeys, startRelay } from './support/relay.mjs';

const clients = fileURLToPath(new URL('../../clients/', import.meta.url));
const { bruToJsonV2, bruToEnvJsonV2 } = createRequire(join(clients, 'package.json'))('@usebruno/lang');

/** @type {Record<string, any>} */
const it = {};

before(async () => {
  it.sandbox = await startSandbox({ args: ['--origin', 'http://127.0.0.1:1'] });
  it.keys = newKeys();
  const admin = `127.0.0.1:${await freePort()}`;
  it.admin = `http://${admin}`;
  const webhookUrl = 'http://127.0.0.1:1/hooks';
  const args = [`--admin-listen=${admin}`, '--handoff-page=http://127.0.0.1:1/s', '--handoff-link-ttl-max=1day'];
  it.relay = await startRelay({ sandbox: it.sandbox, page: 'http://127.0.0.1:1', webhookUrl, keys: it.keys, args });
});

after(async () => {
  await it.relay?.stop();
  await it.sandbox?.stop();
});

test('the generated TypeScript client compiles strictly and calls a relay', async () => {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: clients, stdio: ['ignore', 'ignore', 'inherit'] });
  const { tryOut } = await import(pathToFileURL(join(clients, 'build/js/example.js')).href);
  const { session, token, ...answer } = await tryOut(it.relay.url, it.keys.apiKey);
  assert.match(session, /^ses_/);
  assert.match(token, /^v4\.local\./);
  assert.deepEqual(answer, {
    reference: 'case-1',
    isOpen: true,
    outcome: undefined,
    code: 'session-state',
    deleted: 204,
  });
  await assert.rejects(tryOut(it.relay.url, 'akr_wrong'), /^Error: unauthorized: /);
});

const collection = join(clients, 'bruno');
const requests = readdirSync(collection)
  .filter((name) => name.endsWith('.bru'))
  .map((name) => ({ name, ...bruToJsonV2(readFileSync(join(collection, name), 'utf8')) }))
  .sort((a, b) => Number(a.meta.seq) - Number(b.meta.seq));

test('the Bruno collection has each call of the OpenAPI document', () => {
  const document = JSON.parse(readFileSync(join(clients, '../docs/openapi.json'), 'utf8'));
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => {
      const id = path.startsWith('/v1/handoffs') ? '{{handoff_id}}' : '{{session_id}}';
      return `${method} ${path.replace('{id}', id)}`;
    }),
  );
  const has = new Set(
    requests
      .filter(({ http }) => http.url.startsWith('{{url}}'))
      .map(({ http }) => `${http.method} ${http.url.replace('{{url}}', '').split('?')[0]}`),
  );
  assert.deepEqual([...has].sort(), [...new Set(documented)].sort());
});

/** Checks an assertion of Bruno. */
function holds(value, rule) {
  const [, operator, expected] = /^(\S+) (.*)$/.exec(rule);
  const text = String(value);
  switch (operator) {
    case 'eq':
      return text === expected;
    case 'in':
      return expected.split(', ').includes(text);
    case 'contains':
      return text.includes(expected);
    case 'startsWith':
      return text.startsWith(expected);
    default:
      throw new Error(`the test does not know the operator ${operator}`);
  }
}

test('each request of the Bruno collection gets its answer', async () => {
  const { variables } = bruToEnvJsonV2(readFileSync(join(collection, 'environments/local.bru'), 'utf8'));
  const values = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  Object.assign(values, { url: it.relay.url, admin: it.admin, api_key: it.keys.apiKey });
  const fill = (text) =>
    text.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => {
      assert.ok(values[name], `no value for ${name}`);
      return values[name];
    });
  for (const { name, http, auth, headers = [], body, assertions, vars } of requests) {
    const sent = Object.fromEntries(headers.map((header) => [header.name, fill(header.value)]));
    if (http.auth === 'bearer') sent.Authorization = `Bearer ${fill(auth.bearer.token)}`;
    let content;
    if (http.body === 'json') {
      sent['Content-Type'] = 'application/json';
      content = fill(body.json);
    } else if (http.body === 'file') {
      sent['Content-Type'] = body.file[0].contentType;
      content = readFileSync(resolve(collection, body.file[0].filePath));
    }
    const answer = await fetch(fill(http.url), { method: http.method.toUpperCase(), headers: sent, body: content });
    const text = await answer.text();
    const res = { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
    const at = (path) =>
      path.split('.').reduce(
        (value, key) => {
          const parts = /^split\("(.)"\)\[(\d)\]$/.exec(key);
          return parts ? value.split(parts[1])[Number(parts[2])] : value?.[key];
        },
        { res },
      );
    assert.ok(assertions?.length, `${name} expects nothing`);
    for (const { name: path, value } of assertions)
      assert.ok(holds(at(path), fill(value)), `${name}: ${path} must be ${value}, but is ${at(path)}`);
    for (const each of vars?.res ?? []) values[each.name] = at(each.value);
  }
});
