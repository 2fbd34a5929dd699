import { PRE_DRAIN_HOOK, PRE_TERMINATE_HOOK } from '../../annotations.ts';
import type { Machine } from '../../objects.ts';
import { annotationOf, conditionOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { groupRef, machineRef } from '../lookup.ts';
import { describe, kubectl, open } from '../steps.ts';
import type { Failure, Step } from '../types.ts';
import { stageOf } from './deletion.ts';

/** The kubeadm provider's own hook: it takes the etcd member out before the machine goes. */
const ETCD_HOOK = 'kcp-cleanup';

/** How a hook is taken off that nobody minds any more. */
const released = ({ name, namespace }: Machine, key: string): Step => ({
  text: 'it writes: where whoever set it is gone for good, and what it was set for is done, take it off',
  command: kubectl(namespace, 'annotate', 'machines.cluster.x-k8s.io', name, `${key}-`),
});

function hookFailure(
  id: string,
  stage: 'preDrain' | 'preTerminate',
  word: string,
  prefix: string,
): Failure<MachineFacts> {
  const hooks = ({ row }: MachineFacts) =>
    Object.entries(row.machine?.annotations ?? {}).filter(([key]) => key.startsWith(prefix));
  return {
    id,
    test(facts) {
      const at = stageOf(facts.row);
      if (at?.stage !== stage) return undefined;
      const since = at.condition?.since ?? facts.row.machine?.deleting;
      const severity = lateness(since, LIMITS.deletion, facts.now);
      return severity && { severity, text: `deletion waits for a ${word} hook`, since };
    },
    tell(facts) {
      const { row, group } = facts;
      const found = hooks(facts);
      const names = found.map(([key]) => key.slice(prefix.length).replace(/^[/.]/, '') || key);
      const etcd = names.some((name) => name.endsWith(ETCD_HOOK));
      const of = machineRef(row);
      return {
        what: `The deletion of ${row.name} waits for ${names.length === 0 ? `a ${word} hook` : `the ${word} hook ${names.join(', ')}`}; whoever set it has to take it off.`,
        evidence: [
          conditionOf(of, stageOf(row)?.condition),
          ...found.map(([key, value]) => annotationOf(of, key, value)),
        ],
        causes: etcd
          ? [
              'its etcd member cannot be taken out: etcd has no quorum or cannot be reached',
              'the control plane controller does not run',
            ]
          : [
              'the controller that set the hook has not finished its work',
              'that controller is gone, and its hook was left behind',
            ],
        next: [
          open(etcd && group ? groupRef(group) : undefined, 'look at the control plane: EtcdClusterHealthy'),
          row.machine && describe(row.machine, 'see who set the hook'),
          // Of etcd's member the control plane itself has to take leave.
          ...(etcd || !row.machine ? [] : found.map(([key]) => released(row.machine!, key))),
        ],
      };
    },
  };
}

export const preDrainHook = hookFailure('pre-drain-hook', 'preDrain', 'pre-drain', PRE_DRAIN_HOOK);
export const preTerminateHook = hookFailure('pre-terminate-hook', 'preTerminate', 'pre-terminate', PRE_TERMINATE_HOOK);
