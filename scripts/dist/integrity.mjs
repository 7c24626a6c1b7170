// Writes integrity.json into a folder: the hash of each file, for the attribute `integrity` and for the field of the same
// name in an import map (W3C Subresource Integrity).
//
//   node scripts/dist/integrity.mjs FOLDER

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const folder = process.argv[2];
if (!folder) throw new Error('usage: node scripts/dist/integrity.mjs FOLDER');

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((each) => each.isFile())
  .map((each) => relative(folder, join(each.parentPath, each.name)))
  .filter((name) => /\.(js|mjs|css|wasm)$/.test(name))
  .sort();
const hashes = files.map((name) => [
  name,
  `sha384-${createHash('sha384')
    .update(readFileSync(join(folder, name)))
    .digest('base64')}`,
]);
writeFileSync(join(folder, 'integrity.json'), `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`);
