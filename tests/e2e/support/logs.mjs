// Keeps the relays' logs of a whole run, at level trace, and the secrets that must not be in them, if AKIBA_SELFIE_LOGS
// names a folder. scripts/search-logs.mjs reads them.
//
// Exports: `talkative`, `keepLog()`, `noteSecrets()`.

import { createWriteStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = process.env.AKIBA_SELFIE_LOGS;

/** The relay's arguments for the most detailed log, if logs are kept. */
export const talkative = folder ? ['--log=trace', '--log-format=json'] : [];

/**
 * Keeps a program's standard error.
 * @param {string} kind the prefix of the file's name
 * @param {import('node:child_process').ChildProcess} child
 */
export function keepLog(kind, child) {
  if (folder && child.pid) child.stderr.pipe(createWriteStream(join(folder, `${kind}-${child.pid}.log`)));
}

/**
 * Notes secrets that no log may contain.
 * @param {string[]} secrets
 */
export async function noteSecrets(secrets) {
  if (folder)
    await appendFile(join(folder, `e2e-${process.pid}.secrets`), secrets.map((secret) => `${secret}\n`).join(''));
}
