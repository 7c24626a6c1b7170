// Writes the software bill of materials (SBOM) of what is published, as CycloneDX 1.6: every crate that is compiled into it,
// or that runs while it is built, with version, licence and checksum. The same commit gives the same file.
//
//   node scripts/sbom.mjs [relay|widget] [FILE]     writes to standard output without FILE
//
// The relay's image also holds Debian's C library and certificates, from its base image. A scanner of images lists those.
// The npm package depends on no other package. Its WebAssembly also holds Rust's standard library.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { checksums, cratesOf, root, run } from './dist/crates.mjs';

const [what, file] = ['relay', 'widget'].includes(process.argv[2]) ? process.argv.slice(2) : ['relay', process.argv[2]];

// The platforms that are published. Other platforms need other crates.
const parts =
  what === 'relay'
    ? [cratesOf('akiba-relay', 'x86_64-unknown-linux-gnu')]
    : ['akiba-selfie-npm', 'akiba-vision-module'].map((name) => cratesOf(name, 'wasm32-unknown-unknown'));
const crates = new Map(parts.flatMap((part) => part.crates.map((crate) => [purl(crate), crate])));

/** @typedef {import('./dist/crates.mjs').Crate} Crate */
/** Returns the crate's package URL. @param {Crate} each */
function purl({ name, version }) {
  return `pkg:cargo/${encodeURIComponent(name)}@${encodeURIComponent(version)}`;
}

/** @param {Crate} each */
function component(each) {
  const sum = checksums.get(`${each.name}@${each.version}`);
  // Cargo still accepts "MIT/Apache-2.0", which is not an SPDX expression.
  const license = each.license?.replaceAll(/\s*\/\s*/g, ' OR ');
  return {
    type: 'library',
    'bom-ref': purl(each),
    name: each.name,
    version: each.version,
    ...(each.description && { description: each.description.trim().replaceAll(/\s+/g, ' ') }),
    ...(sum && { hashes: [{ alg: 'SHA-256', content: sum }] }),
    ...(license && { licenses: [{ expression: license }] }),
    purl: purl(each),
    ...(each.repository && { externalReferences: [{ type: 'vcs', url: each.repository }] }),
  };
}

/** What is published: the relay's crate, or the npm package, which has two modules. */
function published() {
  if (what === 'relay') return { ...component(parts[0].crates[0]), type: 'application' };
  const { name, version, description, license } = JSON.parse(readFileSync(`${root}www/package.json`, 'utf8'));
  const ref = `pkg:npm/${name}@${version}`;
  const licenses = [{ expression: license }];
  return { type: 'library', 'bom-ref': ref, name, version, description, licenses, purl: ref };
}

const main = published();
/** Returns what a crate needs, in any of the modules. @param {Crate} each */
const needs = (each) => [...new Set(parts.flatMap((part) => part.needs(each)).map(purl))].sort();
const byName = (/** @type {string} */ a, /** @type {string} */ b) => a.localeCompare(b, 'en');
const refs = [...crates.keys()].sort(byName);
const dependencies = refs.map((ref) => ({ ref, dependsOn: needs(/** @type {Crate} */ (crates.get(ref))) }));
const modules = parts.map((part) => purl(part.crates[0]));
const content = {
  components: refs
    .filter((ref) => ref !== main['bom-ref'])
    .map((ref) => component(/** @type {Crate} */ (crates.get(ref)))),
  dependencies: crates.has(main['bom-ref'])
    ? dependencies
    : [{ ref: main['bom-ref'], dependsOn: modules }, ...dependencies],
};
// A UUID that depends on the content alone.
const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-8$3-a$4-$5');
const sbom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: `urn:uuid:${uuid}`,
  version: 1,
  metadata: {
    timestamp: new Date(Number(run('git', 'log', '-1', '--format=%ct')) * 1000).toISOString(),
    component: main,
    properties: [{ name: 'git:commit', value: run('git', 'rev-parse', 'HEAD') }],
  },
  ...content,
};
const text = `${JSON.stringify(sbom, null, 2)}\n`;
if (file) writeFileSync(file, text);
else process.stdout.write(text);
