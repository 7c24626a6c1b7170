// All scenarios, in the groups of the README's table.
//
// Exports: `GROUPS`, `SCENARIOS`.

import { scenarios as faults } from './faults.mjs';
import { scenarios as files } from './files.mjs';
import { scenarios as frames } from './frames.mjs';
import { scenarios as main } from './main.mjs';
import { scenarios as network } from './network.mjs';
import { scenarios as old } from './old.mjs';
import { scenarios as page } from './page.mjs';
import { scenarios as people } from './people.mjs';

/** @type {[string, import('../bench.mjs').Scenario[]][]} */
export const GROUPS = [
  ['From consent to the verdict', main],
  ['Cameras that fail', faults],
  ['Files of each kind', files],
  ['Hints, and the way of each frame', frames],
  ['Networks that fail', network],
  ['The page around the element', page],
  ['Keyboards, looks and languages', people],
  ['Old browsers', old],
];

export const SCENARIOS = GROUPS.flatMap(([, scenarios]) => scenarios);
