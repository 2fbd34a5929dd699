import { cordonedSince, isReady } from '../../workload.ts';
import { fieldOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { isLate, LIMITS } from '../limits.ts';
import { clusterRef, machineRef } from '../lookup.ts';
import { kubectlIn, open } from '../steps.ts';
import type { Failure } from '../types.ts';

/** Cordoned, and its machine is not on its way out: somebody did that by hand, and may have forgotten it. */
export const nodeCordoned: Failure<MachineFacts> = {
  id: 'node-cordoned',
  holdsNothing: true,
  test({ row, now, closely }) {
    const node = row.nodeObject;
    if (!node?.unschedulable || row.deleting || row.machine?.deleting !== undefined || !isReady(node)) return undefined;
    const since = cordonedSince(node);
    // Who has just done so is at work on it. Where nobody says when, it may be old.
    if (!closely && since !== undefined && !isLate(since, LIMITS.created, now)) return undefined;
    return { severity: 'warn', text: 'its node is cordoned: nothing new is placed on it', since };
  },
  tell({ row, cluster }) {
    const of = machineRef(row);
    const node = row.nodeObject?.name ?? row.node ?? '';
    const since = row.nodeObject && cordonedSince(row.nodeObject);
    const tainted = (row.nodeObject?.taints ?? []).map(({ key }) => key).join(', ');
    return {
      what: `The Node ${node} of ${row.name} is Ready and cordoned, and its machine is not being deleted: no new Pod is placed on it.`,
      evidence: [
        fieldOf(of, `Node ${node}: spec.unschedulable`, 'true', since),
        fieldOf(of, `Node ${node}: spec.taints`, tainted === '' ? 'none' : tainted),
      ],
      causes: [
        'somebody works on the host, or has drained it for that',
        'it was forgotten after that work',
        'a removal that cordoned it was given up',
      ],
      next: [
        {
          text: 'ask who did it; once it may work again, take that back',
          command: kubectlIn(cluster?.object, 'uncordon', node),
        },
        {
          text: 'see what still runs there',
          command: kubectlIn(cluster?.object, 'get', 'pods', '-A', '--field-selector', `spec.nodeName=${node}`),
        },
        open(cluster && clusterRef(cluster), 'see how much room its other Nodes have'),
      ],
    };
  },
};
