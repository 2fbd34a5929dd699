/** A machine's trouble that is its host's. */

import { type HostFacts, hostFacts, type MachineFacts } from '../facts.ts';
import { agentSilent } from '../host/agent-silent.ts';
import { claimedTwice } from '../host/claimed-twice.ts';
import { cleanSlow } from '../host/clean-slow.ts';
import { hostFlap } from '../host/flapping.ts';
import { mountFailed } from '../host/mount-failed.ts';
import { cleanFailed, otherPlanFailed, reprovisionFailed } from '../host/plan-failed.ts';
import { storageFailed } from '../host/storage-failed.ts';
import { storageInDoubt } from '../host/storage-in-doubt.ts';
import { hostRef } from '../lookup.ts';
import type { Failure, Follow } from '../types.ts';
import { nodeGone } from './node-gone.ts';

const FAILED: readonly Failure<HostFacts>[] = [
  claimedTwice,
  storageInDoubt,
  reprovisionFailed,
  cleanFailed,
  otherPlanFailed,
  mountFailed,
  storageFailed,
];
const LATE: readonly Failure<HostFacts>[] = [agentSilent, cleanSlow];

const hostWith = (failures: readonly Failure<HostFacts>[]): Follow<MachineFacts> => ({
  follow(around) {
    const { row, host } = around;
    // A machine that runs does not wait for its host's plan.
    if (!host || (row.problem === undefined && row.waiting === undefined)) return [];
    const facts = hostFacts(around, host);
    return failures.some((failure) => failure.test(facts)) ? [hostRef(host)] : [];
  },
});

/** Between two falls nothing is wrong with its row, and nothing waited for. A Node that is gone is the more certain matter. */
export const hostFell: Follow<MachineFacts> = {
  follow(facts) {
    const { host, row } = facts;
    return host && !nodeGone.test(facts) && hostFlap(facts, host, row) ? [hostRef(host)] : [];
  },
};

export const hostFailed = hostWith(FAILED);
export const hostLate = hostWith(LATE);
