// All scenarios, in the groups of the README's table.
//
// Exports: `GROUPS`, `SCENARIOS`.

import { scenarios as faults } from './faults.mjs';
import { scenarios as files } from './files.mjs';
import { scenarios as main } from './main.mjs';

/** @type {[string, import('../bench.mjs').Scenario[]][]} */
export const GROUPS = [
  ['From consent to the verdict', main],
  ['Cameras that fail', faults],
  ['Files of each kind', files],
];

export const SCENARIOS = GROUPS.flatMap(([, scenarios]) => scenarios);
