// The README's table of engines has the groups and the number of their scenarios.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { ENGINES } from '../engines/drivers/index.mjs';
import { MARK, table } from '../engines/table.mjs';

test('the table of engines in the README has every scenario', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const none = Object.fromEntries(Object.keys(ENGINES).map((engine) => [engine, { version: '', scenarios: {} }]));
  // Without the versions, and without how many pass.
  const plain = (/** @type {string} */ text) =>
    text
      .replace(/(\d+|\?) of/g, 'of')
      .split('\n')
      .slice(1);
  assert.deepEqual(plain(MARK.exec(readme)?.[0] ?? ''), plain(table(none)));
});
