// npm shows www/README.md to people who see nothing else, so it must agree with the repository's README.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const [ours, npm] = ['README.md', 'www/README.md'].map(read);

test('both READMEs ask the back end for a session in the same way', () => {
  const [session, ...more] = ours.match(/^selfie\.session = [\s\S]+?^\};$/gm) ?? [];
  assert.ok(session, 'README.md sets no session');
  assert.deepEqual(more, []);
  assert.ok(npm.includes(session), 'the README on npm sets another one');
});

test('both READMEs hear the same events', () => {
  const heard = (text) => text.match(/^selfie\.addEventListener.+$/gm);
  assert.deepEqual(heard(npm), heard(ours));
});

test('both READMEs name the same sizes and browsers', () => {
  const facts = (text) =>
    text.match(/\d+ kB|(?:Chrome|Edge|Firefox|Safari) [\d.]+/g)?.map((it) => it.replace(/Edge/, 'Chrome'));
  assert.deepEqual([...new Set(facts(npm))].sort(), [...new Set(facts(ours))].sort());
});
