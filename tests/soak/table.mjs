// What the soak has seen, as a table.
//
// Exports: `table()`.

import { group } from './ledger.mjs';

/** Returns the rows of the table. */
export function table({ reports, calls, sessions, webhooks, receiver, proofs, parts, storm, bank }) {
  const tally = (values) => {
    const counts = [...group(values, (value) => value)].map(([name, all]) => `${name} ${all.length}`);
    return counts.sort().join(', ');
  };
  const verdicts = sessions.flatMap((session) => session.verdicts);
  const rows = [
    ['sessions', Object.keys(reports).length, tally(Object.values(reports).map(({ state }) => state))],
    [
      'calls to the vendor for a verdict',
      calls.length,
      tally(calls.map(({ end, cut }) => (cut ? `${end}, then lost` : end))),
    ],
    ['of them repeated by the back end', sessions.reduce((sum, { repeats }) => sum + repeats, 0), ''],
    ['verdicts told to pages', verdicts.length, tally(verdicts.map(({ outcome }) => outcome))],
    [
      'webhooks',
      webhooks.length,
      `${tally(webhooks.map(({ type }) => type.slice(8)))}; ${receiver.deliveries} deliveries`,
    ],
    ['proofs checked', proofs, ''],
    [
      'answers of the relays',
      Object.values(bank.answers).reduce((sum, count) => sum + count, 0),
      Object.entries(bank.answers)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
    ],
    [
      'kills',
      parts.reduce((sum, { kills }) => sum + kills, 0),
      parts.map(({ name, kills, starts }) => `${name} ${kills} (${starts} starts)`).join(', '),
    ],
    [
      'blows',
      Object.values(storm.counts).reduce((sum, count) => sum + count, 0),
      Object.entries(storm.counts)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(', '),
    ],
  ];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}
