// The back ends of examples/backend.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

/**
 * Returns the command, the arguments and the folder of each back end.
 * @type {Record<string, () => [string, string[], string]>}
 */
export const BACKENDS = {
  node: () => [process.execPath, ['server.js'], path('examples/backend/node')],
  python: () => {
    const requirements = path('examples/backend/python/requirements.txt');
    const python = execFileSync(path('scripts/venv.sh'), ['backend', requirements], { encoding: 'utf8' }).trim();
    return [python, ['-B', 'server.py'], path('examples/backend/python')];
  },
};
