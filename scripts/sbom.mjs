// Writes the software bill of materials (SBOM) of the relay's program, as CycloneDX 1.6: every crate that is compiled into it,
// or that runs while it is built, with version, licence and checksum. The same commit gives the same file.
//
//   node scripts/sbom.mjs [FILE]     writes to standard output without FILE
//
// The image also holds Debian's C library and certificates, from its base image. A scanner of images lists those.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
/** @type {(command: string, ...args: string[]) => string} */
const run = (command, ...args) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }).trim();

// The image's platform. Other platforms need other crates.
const platform = 'x86_64-unknown-linux-gnu';
/** @typedef {{ id: string, name: string, version: string, [field: string]: any }} Package */
/** @type {{ packages: Package[], resolve: { nodes: { id: string, deps: any[] }[] } }} */
const metadata = JSON.parse(
  run('cargo', 'metadata', '--locked', '--format-version=1', `--filter-platform=${platform}`),
);
// The metadata holds the features that any crate of the workspace needs. The tree holds only the relay's.
const tree = ['--package=akiba-relay', '--edges=normal,build', '--prefix=none', `--target=${platform}`, '--format={p}'];
const built = new Set(
  run('cargo', 'tree', '--locked', ...tree)
    .split('\n')
    .map((line) => line.replace(/^(\S+) v(\S+).*/, '$1@$2')),
);
const packages = new Map(metadata.packages.map((each) => [each.id, each]));
/** @type {(id: string) => Package} */
const packageOf = (id) => /** @type {Package} */ (packages.get(id));
const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
const relay = /** @type {Package} */ (metadata.packages.find((each) => each.name === 'akiba-relay'));

/** The checksum of each crate of the registry, from Cargo.lock. */
const checksums = new Map(
  [
    ...readFileSync(`${root}Cargo.lock`, 'utf8').matchAll(
      /name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"/g,
    ),
  ].map(([, name, version, sum]) => [`${name}@${version}`, sum]),
);

/**
 * Returns the crates that a crate needs: in the program (kind null), or for its build scripts and macros.
 * @type {(id: string) => string[]}
 */
const needs = (id) =>
  (nodes.get(id)?.deps ?? [])
    .filter((dep) =>
      dep.dep_kinds.some((/** @type {{ kind: string | null }} */ { kind }) => kind === null || kind === 'build'),
    )
    .map((dep) => dep.pkg)
    .filter((need) => built.has(`${packageOf(need).name}@${packageOf(need).version}`));

const found = new Set([relay.id]);
for (const id of found) for (const need of needs(id)) found.add(need);

/** @type {(each: Package) => string} */
const purl = ({ name, version }) => `pkg:cargo/${encodeURIComponent(name)}@${encodeURIComponent(version)}`;

/** @param {Package} each */
function component(each) {
  const sum = checksums.get(`${each.name}@${each.version}`);
  // Cargo still accepts "MIT/Apache-2.0", which is not an SPDX expression.
  const license = each.license?.replaceAll(/\s*\/\s*/g, ' OR ');
  return {
    type: each === relay ? 'application' : 'library',
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

const all = [...found].map(packageOf).sort((a, b) => purl(a).localeCompare(purl(b), 'en'));
const content = {
  components: all.filter((each) => each !== relay).map(component),
  dependencies: all.map((each) => ({
    ref: purl(each),
    dependsOn: [...new Set(needs(each.id).map((id) => purl(packageOf(id))))].sort(),
  })),
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
    component: component(relay),
    properties: [{ name: 'git:commit', value: run('git', 'rev-parse', 'HEAD') }],
  },
  ...content,
};
const text = `${JSON.stringify(sbom, null, 2)}\n`;
if (process.argv[2]) writeFileSync(process.argv[2], text);
else process.stdout.write(text);
