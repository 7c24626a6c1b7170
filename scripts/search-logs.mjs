// Searches every log line of a test run for what must be in none: the secrets and personal data that the tests used.
//
//     node scripts/search-logs.mjs FOLDER
//
// FOLDER holds the logs (*.log) and what must not be in them (*.secrets, one a line), as the tests have kept them while
// AKIBA_SELFIE_LOGS named it. It fails, too, where a kind of log is missing, and where it would not find what it looks for.
import { createReadStream, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// What is a secret by its look, with one that must be found.
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

// Logs that must be there, by the begin of their names: the tests' own relays and those of the demo.
const KINDS = process.env.AKIBA_SELFIE_LOG_KINDS?.split(',') ?? ['relay-', 'demo-'];

// What no test makes up: the people of the sandbox and those of the fixtures.
function fixtures() {
  const source = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const identities = [...source('crates/sandbox/src/identities.rs').matchAll(/^ +id: "(\d+)"/gm)].map((match) => match[1]);
  const record = source('crates/sandbox/src/vendor_api/record.rs').split('#[cfg(test)]')[0];
  const names = [...record.matchAll(/"([A-Z]{5,})"/g)].map((match) => match[1]);
  if (identities.length < 10 || names.length < 6) throw new Error('the sandbox’s people are not where they were');
  return [...identities, ...names];
}

/** What of `words` and PATTERNS is in a line. */
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

// Every one is found where it is planted, or the search proves nothing.
const planted = [...words, ...PATTERNS.map(([, sample]) => sample)];
const unseen = planted.find((secret) => !found(`{"level":"INFO","cause":"planted ${secret} here"}`, words));
const innocent = '{"level":"INFO","request_id":"5f0c","session":"ses_01","route":"/v1/customer","status":200,"code":"ok"}';
const problem =
  (short && 'a noted secret is too short to be told from other words') ??
  (missing && `there is no log of ${missing}…`) ??
  (noted.length < 10 && 'the tests have noted no secrets') ??
  (unseen && 'a planted line was not found') ??
  (found(innocent, words) && 'a line with no secret is taken for one');
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
    if (hits <= 20) console.error(`search-logs: ${name}:${number} holds ${what}\n  ${line.slice(0, 400)}`);
  }
  lines += number;
}
console.log(`search-logs: ${lines} lines of ${logs.length} logs (${traced} at trace), ${words.length} words, ${hits} found`);
if (traced === 0) console.error('search-logs: no log was written at trace');
process.exit(hits === 0 && traced > 0 ? 0 : 1);
