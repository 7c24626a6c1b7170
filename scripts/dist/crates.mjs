// Lists the crates that are compiled into a program, or that run while it is built.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Returns what a command prints. @type {(command: string, ...args: string[]) => string} */
export const run = (command, ...args) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }).trim();

/** A crate as `cargo metadata` describes it. @typedef {{ id: string, name: string, version: string, license?: string, [field: string]: any }} Crate */

/** The checksum of each crate of the registry, from Cargo.lock. */
export const checksums = new Map(
  [
    ...readFileSync(`${root}Cargo.lock`, 'utf8').matchAll(
      /name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"/g,
    ),
  ].map(([, name, version, sum]) => [`${name}@${version}`, sum]),
);

/**
 * Returns the crate `name` with all crates that it needs on a platform, the crate itself first, and a function that
 * returns the direct needs of one.
 * @param {string} name
 * @param {string} platform
 * @param {{ build?: boolean }} [options] `build: false` leaves out what only runs while the program is built
 */
export function cratesOf(name, platform, { build = true } = {}) {
  /** @type {{ packages: Crate[], resolve: { nodes: { id: string, deps: any[] }[] } }} */
  const metadata = JSON.parse(
    run('cargo', 'metadata', '--locked', '--format-version=1', `--filter-platform=${platform}`),
  );
  // The metadata holds the features that any crate of the workspace needs. The tree holds only this crate's.
  const edges = build ? 'normal,build' : 'normal,no-proc-macro';
  const tree = [`--package=${name}`, `--edges=${edges}`, '--prefix=none', `--target=${platform}`, '--format={p}'];
  const built = new Set(
    run('cargo', 'tree', '--locked', ...tree)
      .split('\n')
      .map((line) => line.replace(/^(\S+) v(\S+).*/, '$1@$2')),
  );
  const packages = new Map(metadata.packages.map((each) => [each.id, each]));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const crateOf = (/** @type {string} */ id) => /** @type {Crate} */ (packages.get(id));
  const kinds = build ? [null, 'build'] : [null];

  /** Returns the crates that a crate needs: in the program (kind null), or for its build scripts. @param {Crate} crate */
  const needs = (crate) =>
    (nodes.get(crate.id)?.deps ?? [])
      .filter((dep) => dep.dep_kinds.some((/** @type {{ kind: string | null }} */ { kind }) => kinds.includes(kind)))
      .map((dep) => crateOf(dep.pkg))
      .filter((need) => built.has(`${need.name}@${need.version}`));

  const first = metadata.packages.find((each) => each.name === name);
  if (!first) throw new Error(`there is no crate «${name}» in this workspace`);
  const found = new Set([first]);
  for (const crate of found) for (const need of needs(crate)) found.add(need);
  return { crates: [...found], needs };
}
