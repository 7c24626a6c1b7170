// Writes the notices that the licences of third parties ask for: every crate in a program with its licence texts, equal
// texts once.
//
//   node scripts/dist/notices.mjs relay|widget FILE
//
// Fails if a crate brings no licence text and its licence is not known here.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cratesOf, root } from './crates.mjs';

/** @type {Record<string, { title: string, parts: [crate: string, platform: string][], packages?: string[], others: string }>} */
const PROGRAMS = {
  relay: {
    title: 'akiba-relay',
    parts: [['akiba-relay', 'x86_64-unknown-linux-gnu']],
    others: "Rust's standard library (MIT OR Apache-2.0, https://www.rust-lang.org)",
  },
  widget: {
    title: 'akiba-selfie',
    parts: [
      ['akiba-selfie-npm', 'wasm32-unknown-unknown'],
      ['akiba-vision-module', 'wasm32-unknown-unknown'],
    ],
    packages: ['lean-qr'],
    others:
      "Rust's standard library (MIT OR Apache-2.0, https://www.rust-lang.org)\n" +
      'The weights of BlazeFace, short range, from MediaPipe (Apache-2.0, © The MediaPipe Authors), rounded to integers',
  },
};

const [what, file] = process.argv.slice(2);
const program = PROGRAMS[what];
if (!program || !file) throw new Error('usage: node scripts/dist/notices.mjs relay|widget FILE');

const read = (/** @type {string} */ path) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n').trim();
const OURS = { Apache: read(`${root}LICENSE-APACHE`), MIT: read(`${root}LICENSE-MIT`) };
/** The text of https://spdx.org/licenses/BSD-3-Clause.html after its line of copyright. */
const BSD = `Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following
   disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
   disclaimer in the documentation and/or other materials provided with the distribution.
3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse or promote
   products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`;

/** Returns the texts that a crate brings, or the ones of its licence. @param {import('./crates.mjs').Crate} crate */
function textsOf(crate) {
  const folder = dirname(crate.manifest_path);
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((each) => each.isFile() && /^(licen[cs]e|copying|copyright|notice|unlicense)/i.test(each.name))
    .map((each) => read(join(folder, each.name)));
  if (files.length > 0) return files;
  if (crate.license?.includes('Apache-2.0')) return [OURS.Apache];
  const copyright = `Copyright (c) ${crate.authors.join(', ') || `the authors of ${crate.name}`}`;
  if (crate.license?.includes('MIT')) return [OURS.MIT.replace(/^Copyright .*$/m, copyright)];
  if (crate.license === 'BSD-3-Clause') return [`${copyright}\n\n${BSD}`];
  throw new Error(`${crate.name} ${crate.version} brings no licence text («${crate.license}»)`);
}

const crates = new Map(
  program.parts
    .flatMap(([name, platform]) => cratesOf(name, platform, { build: false }).crates)
    .filter((crate) => crate.source)
    .map((crate) => [`${crate.name} ${crate.version}`, crate]),
);
/** The crates of each text. @type {Map<string, string[]>} */
const texts = new Map();
for (const [name, crate] of [...crates].sort(([a], [b]) => (a < b ? -1 : 1))) {
  for (const text of textsOf(crate)) texts.set(text, [...(texts.get(text) ?? []), `${name} (${crate.license})`]);
}

for (const name of program.packages ?? []) {
  const folder = `${root}node_modules/${name}/`;
  const { version, license } = JSON.parse(read(`${folder}package.json`));
  const text = read(`${folder}LICENSE`);
  texts.set(text, [...(texts.get(text) ?? []), `${name} ${version} (${license})`]);
}

const rule = '='.repeat(80);
const sections = [...texts].map(([text, names]) => `${rule}\n${names.join('\n')}\n\n${text}\n`);
writeFileSync(
  file,
  `${program.title} contains the work of third parties. Their licences:\n\n${program.others}\n\n${sections.join('\n')}`,
);
