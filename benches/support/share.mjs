// A share of a core for a process, by a cgroup (version 1 or 2). That needs root.
//
// Exports: `holdTo()`.

import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PERIOD = 20_000;
const [V1, V2] = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup'];

/**
 * Holds a process to a share of a core. Returns what removes the group after the end of the process, or `null` where this is not
 * allowed.
 * @param {number} pid
 * @param {number} share
 */
export function holdTo(pid, share) {
  const isV2 = existsSync(join(V2, 'cgroup.controllers'));
  const folder = join(isV2 ? V2 : V1, `akiba-bench-${pid}`);
  const quota = String(Math.round(share * PERIOD));
  try {
    mkdirSync(folder);
    if (isV2) writeFileSync(join(folder, 'cpu.max'), `${quota} ${PERIOD}`);
    else {
      writeFileSync(join(folder, 'cpu.cfs_period_us'), String(PERIOD));
      writeFileSync(join(folder, 'cpu.cfs_quota_us'), quota);
    }
    writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  } catch {
    if (existsSync(folder)) rmdirSync(folder);
    return null;
  }
  return () => rmdirSync(folder);
}
