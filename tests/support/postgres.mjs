// The programs of PostgreSQL, and who may run them.
//
// Exports: `program()`, `owner`.

import { existsSync, readdirSync } from 'node:fs';

/** On Debian they are not in the PATH. */
const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort() : [];
const bin = versions.map((version) => `/usr/lib/postgresql/${version}/bin/`).at(-1) ?? '';

/** Who owns the folder of a server. PostgreSQL refuses to run as root. @type {string | null} */
export const owner = process.getuid() === 0 ? 'postgres' : null;

/**
 * Returns the command that runs a program of the server.
 * @param {string} name such as `initdb`
 * @param {string[]} args
 * @returns {[string, string[]]}
 */
export function program(name, args) {
  if (!owner) return [`${bin}${name}`, args];
  return ['setpriv', [`--reuid=${owner}`, `--regid=${owner}`, '--clear-groups', `${bin}${name}`, ...args]];
}
