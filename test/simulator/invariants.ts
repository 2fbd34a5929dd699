/**
 * What must hold in the simulated datacenter at all times, whatever is going on: judged at every change that anybody
 * can see, so after every step and in the middle of it too.
 */

import type { Runtime } from '../../src/simulator/controllers/runtime.ts';
import { watchGroups } from './invariants/groups.ts';
import { watchHosts } from './invariants/hosts.ts';
import { watchPlans } from './invariants/plans.ts';

/** Notes what did not hold. */
export type Complain = (what: string) => void;

/** Watches a runtime. `broken` collects what did not hold; it stays short. */
export function watchInvariants(runtime: Runtime, maxSurge = 0): { broken: string[] } {
  const broken: string[] = [];
  const complain: Complain = (what) => {
    if (broken.length < 10) broken.push(what);
  };
  watchHosts(runtime, complain);
  watchPlans(runtime, complain);
  watchGroups(runtime, maxSurge, complain);
  return { broken };
}
