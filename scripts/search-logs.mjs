// Fails if a log line of a test run contains a secret or personal data that the tests used.
//
//     node scripts/search-logs.mjs FOLDER
//
// FOLDER has the logs (*.log) and the secrets (*.secrets, one in each line) of a test run with
// AKIBA_SELFIE_LOGS=FOLDER. It also fails if a kind of log is missing, or if it does not find a secret that it plants
// itself.
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Patterns of secrets, each with an example that it must find.
 * @type {[pattern: RegExp, sample: string, name: string][]}
 */
const PATTERNS = [
  [/v4\.local\.[\w-]{8}/, 'v4.local.AAAAAAAAAAAA', 'a session token'],
  [/k4\.local\.[\w-]{8}/, 'k4.local.AAAAAAAAAAAA', 'a session key'],
  [/akr_[\w-]{16}/, 'akr_AAAAAAAAAAAAAAAAAAAA', 'an API key'],
  [/whsec_[\w+/]{8}/, 'whsec_AAAAAAAAAAAA', 'a webhook secret'],
  [/x-amz-/i, 'https://s3.example/k?X-Amz-Date=1', 'a signed link'],
  [/\bselfies\/\w/, 'selfies/of-1', 'an S3 key'],
  [/\w\.(jpe?g|png)\b/i, 'face-1.jpg', 'a file name'],
  [/\bbearer [\w.-]{8}/i, 'Bearer AAAAAAAA', 'a bearer token'],
];

// Prefixes of the logs that must exist: of the tests' own relays and of the demo's.
const KINDS = process.env.AKIBA_SELFIE_LOG_KINDS?.split(',') ?? ['relay-', 'demo-'];

/** Returns the identifiers and names of the sandbox's people. */
function fixtures() {
  const source = (/** @type {string} */ path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const identities = [...source('crates/sandbox/src/identities.rs').matchAll(/^ +id: "(\d+)"/gm)].map(
    (match) => match[1],
  );
  const record = source('crates/sandbox/src/vendor_api/record.rs').split('#[cfg(test)]')[0];
  const names = [...record.matchAll(/"([A-Z]{5,})"/g)].map((match) => match[1]);
  if (identities.length < 10 || names.length < 6)
    throw new Error('the sandbox’s people are not in these files any longer');
  return [...identities, ...names];
}

/**
 * Returns the first secret in a line, if there is one.
 * @param {string} line
 * @param {string[]} words
 */
function found(line, words) {
  return words.find((word) => line.includes(word)) ?? PATTERNS.find(([pattern]) => pattern.test(line))?.[2];
}

const folder = process.argv[2];
const files = readdirSync(folder);
const logs = files.filter((name) => name.endsWith('.log'));
const noted = files
  .filter((name) => name.endsWith('.secrets'))
  .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
const words = [...new Set([...noted, ...fixtures()])].filter((word) => word !== '');
const short = words.find((word) => word.length < 5);
const missing = KINDS.find((kind) => !logs.some((name) => name.startsWith(kind)));

// The search must find each planted secret, or it proves nothing.
const planted = [...words, ...PATTERNS.map(([, sample]) => sample)];
const unseen = planted.find((secret) => !found(`{"level":"INFO","cause":"planted ${secret} here"}`, words));
const innocent =
  '{"level":"INFO","request_id":"5f0c","session":"ses_01","route":"/v1/customer","status":200,"code":"ok"}';
const problem =
  (short && 'a noted secret is too short to distinguish it from other words') ??
  (missing && `there is no log with the prefix ${missing}`) ??
  (noted.length < 10 && 'the tests have noted no secrets') ??
  (unseen && 'a planted secret was not found') ??
  (found(innocent, words) && 'a secret was found in a line without one');
if (problem) {
  console.error(`search-logs: ${problem}`);
  process.exit(1);
}

let [lines, traced, hits] = [0, 0, 0];
for (const name of logs) {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(join(folder, name)), crlfDelay: Infinity })) {
    number += 1;
    if (/TRACE/.test(line)) traced += 1;
    const what = found(line, words);
    if (what === undefined) continue;
    hits += 1;
    if (hits <= 20) console.error(`search-logs: ${name}:${number} contains ${what}\n  ${line.slice(0, 400)}`);
  }
  lines += number;
}
console.log(
  `search-logs: ${lines} lines of ${logs.length} logs (${traced} at trace), ${words.length} words, ${hits} found`,
);
if (traced === 0) console.error('search-logs: no log has the level trace');
process.exit(hits === 0 && traced > 0 ? 0 : 1);
