// The logs of the relays of a whole run, at trace, and what must not be in them: kept where AKIBA_SELFIE_LOGS names a
// folder, for scripts/search-logs.mjs.
//
// Exports: `talkative`, `keepLog()`, `noteSecrets()`.

import { createWriteStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = process.env.AKIBA_SELFIE_LOGS;

/** What makes a relay say all that it can, if logs are kept. */
export const talkative = folder ? ['--log=trace', '--log-format=json'] : [];

/**
 * Keeps what a program writes to its standard error.
 * @param {string} kind the begin of the files' names
 * @param {import('node:child_process').ChildProcess} child
 */
export function keepLog(kind, child) {
  if (folder && child.pid) child.stderr.pipe(createWriteStream(join(folder, `${kind}-${child.pid}.log`)));
}

/**
 * Notes what must be in no line of any log.
 * @param {string[]} secrets
 */
export async function noteSecrets(secrets) {
  if (folder)
    await appendFile(join(folder, `e2e-${process.pid}.secrets`), secrets.map((secret) => `${secret}\n`).join(''));
}
