import { formatDuration } from '../../age.ts';
import { findCondition } from '../../conditions.ts';
import { shorten } from '../../text.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { machineRef } from '../lookup.ts';
import { describe, kubectl, quoted } from '../steps.ts';
import type { Failure } from '../types.ts';
import { stageOf } from './deletion.ts';

/** Causes in the order that speaks for the drain's own words (Cluster API, what its drain says of each Pod). */
function causesOf(message: string): readonly string[] {
  const budget = 'a PodDisruptionBudget allows no more Pods to go';
  const hangs = 'a Pod has a finalizer, or its termination hangs on the node';
  const silent = 'the node does not answer, so that nothing confirms that its Pods have ended';
  if (/disruption budget/i.test(message)) return [budget, hangs, silent];
  // What has its deletionTimestamp was let go by every budget.
  return /deletionTimestamp set/i.test(message) ? [hangs, silent] : [budget, hangs, silent];
}

/** The first Pods a drain's message names, as a phrase. */
function podsOf(message: string): string {
  const found = /\bpods? ([^\n:]+)/i.exec(message)?.[1];
  return found === undefined ? 'a Pod' : `Pod ${shorten(found.trim(), 60)}`;
}

/** A drain without a limit waits for a Pod for ever; with one it goes on over it (Cluster API, Machine deletion). */
export const drainBlocked: Failure<MachineFacts> = {
  id: 'drain-blocked',
  test({ row, now }) {
    const at = stageOf(row);
    if (at?.stage !== 'drain') return undefined;
    const failing = at.condition?.reason === 'DrainingFailed';
    const since = at.condition?.since ?? row.machine?.deleting;
    const severity = lateness(since, LIMITS.deletion, now) ?? (failing ? 'warn' : undefined);
    return severity && { severity, text: failing ? 'drain fails' : 'drain does not end', since };
  },
  tell({ row, cluster }) {
    const of = machineRef(row);
    const limit = row.machine?.drainLimit ?? 0;
    const condition = stageOf(row)?.condition;
    const deleting = findCondition(row.machine?.conditions, 'Deleting');
    const end = limit > 0 ? `and goes on without it after ${formatDuration(limit)}` : 'and nothing limits the drain';
    const node = row.node;
    // The legacy condition may not name them where the newer one does.
    const message =
      [condition, deleting].map((each) => each?.message ?? '').find((text) => /\bpods? /i.test(text)) ?? '';
    return {
      what: `The deletion of ${row.name} waits for its node to be drained: ${podsOf(message)} does not go, ${end}.`,
      evidence: [
        conditionOf(of, condition),
        deleting === condition ? undefined : conditionOf(of, deleting),
        fieldOf(of, 'spec.nodeDrainTimeout', limit > 0 ? formatDuration(limit) : 'none'),
      ],
      causes: causesOf(message),
      next: [
        node === undefined
          ? undefined
          : {
              text: `see what still runs there (in ${cluster?.name ?? 'the workload cluster'})`,
              command: kubectl('', 'get', 'pods', '-A', '--field-selector', `spec.nodeName=${node}`),
            },
        { text: 'see which budgets allow nothing', command: kubectl('', 'get', 'pdb', '-A') },
        row.machine && describe(row.machine, 'read which Pods its condition names'),
        limit > 0
          ? undefined
          : {
              text: 'setting a limit lets it go on; it writes',
              command: `${kubectl(row.machine?.namespace ?? '', 'patch', 'machine', row.name, '--type', 'merge')} -p ${quoted('{"spec":{"nodeDrainTimeout":"5m"}}')}`,
            },
      ],
    };
  },
};
