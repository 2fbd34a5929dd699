import { formatDuration } from '../../age.ts';
import { findCondition } from '../../conditions.ts';
import { podsIn } from '../../fleet/machine-waiting.ts';
import { shorten } from '../../text.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { machineRef } from '../lookup.ts';
import { describe, kubectlIn } from '../steps.ts';
import type { Failure } from '../types.ts';
import { stageOf } from './deletion.ts';
import { drainLimitField, drainLimitStep } from './drain-limit.ts';

const BUDGET = 'a PodDisruptionBudget allows no more Pods to go';
const OTHERWISE = [
  'a Pod has a finalizer, or its termination hangs on the node',
  'the node does not answer, so that nothing confirms that its Pods have ended',
];

/** What the drain's own words leave (Cluster API, what its drain says of each Pod): every budget has let go who is evicted. */
function causesOf(message: string): readonly string[] {
  const evicted = /deletionTimestamp set/i.test(message) && !/disruption budget/i.test(message);
  return evicted ? OTHERWISE : [BUDGET, ...OTHERWISE];
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
  tell(facts) {
    const { row, cluster } = facts;
    const of = machineRef(row);
    const limit = row.machine?.drainLimit ?? 0;
    const condition = stageOf(row)?.condition;
    const deleting = findCondition(row.machine?.conditions, 'Deleting');
    const end = limit > 0 ? `and goes on without it after ${formatDuration(limit)}` : 'and nothing limits the drain';
    const node = row.node;
    // The legacy condition may not name them where the newer one does.
    const message = [condition, deleting].map((each) => each?.message ?? '').find((text) => podsIn(text)) ?? '';
    const pods = podsIn(message);
    const held = pods === undefined ? 'a Pod does not go' : `not gone: ${shorten(pods, 60)}`;
    return {
      what: `The deletion of ${row.name} waits for its node to be drained: ${held}, ${end}.`,
      evidence: [
        conditionOf(of, condition),
        deleting === condition ? undefined : conditionOf(of, deleting),
        fieldOf(of, drainLimitField(facts), limit > 0 ? formatDuration(limit) : 'none'),
      ],
      causes: causesOf(message),
      next: [
        node === undefined
          ? undefined
          : {
              text: `see what still runs there (in ${cluster?.name ?? 'the workload cluster'})`,
              command: kubectlIn(cluster?.object, 'get', 'pods', '-A', '--field-selector', `spec.nodeName=${node}`),
            },
        { text: 'see which budgets allow nothing', command: kubectlIn(cluster?.object, 'get', 'pdb', '-A') },
        row.machine && describe(row.machine, 'read which Pods its condition names'),
        limit > 0 ? undefined : drainLimitStep(facts),
      ],
    };
  },
};
