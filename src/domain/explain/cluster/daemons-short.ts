/** DaemonSets that every Node needs, and that lack Pods on Nodes that are Ready. */
import { type DaemonSet, shortDaemons } from '../../daemon-sets.ts';
import { fieldOf } from '../evidence.ts';
import type { ClusterFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { clusterRef } from '../lookup.ts';
import { kubectlIn } from '../steps.ts';
import type { Failure } from '../types.ts';
import { nodesEvidence, workloadOf } from '../workload-evidence.ts';

const ofCluster = ({ fleet, row }: ClusterFacts) => workloadOf(fleet, row.name);

/** Those that have not moved for too long. */
function late(facts: ClusterFacts): { set: DaemonSet; lacks: string }[] {
  return shortDaemons(ofCluster(facts)).filter(({ set }) => lateness(set.stillSince, LIMITS.daemons, facts.now));
}

export const daemonsShort: Failure<ClusterFacts> = {
  id: 'daemons-short',
  test(facts) {
    const found = late(facts);
    if (found.length === 0) return undefined;
    const since = Math.min(...found.map(({ set }) => set.stillSince ?? facts.now));
    return { severity: 'warn', text: found.map(({ lacks }) => lacks).join(', '), since };
  },
  tell(facts) {
    const found = late(facts);
    const { row } = facts;
    const of = clusterRef(row);
    const names = found.map(({ set }) => set.name).join(', ');
    return {
      what: `Nodes of ${row.name} are Ready without all that each of them needs: ${names} of its kube-system lacks Pods, and nothing of that has moved.`,
      evidence: [
        ...found.map(({ set, lacks }) => fieldOf(of, `DaemonSet ${set.name}`, lacks, set.stillSince)),
        nodesEvidence(of, ofCluster(facts)),
      ],
      causes: [
        'its image cannot be pulled on a Node, or is not in the registry',
        'its container fails or never becomes ready on a Node: kernel modules, ports, what the Node was before',
        'somebody has paused or changed it',
      ],
      next: [
        {
          text: `see which of its Pods is not there, or not ready, and on which Node (in ${row.name})`,
          command: kubectlIn(row.object, '-n', 'kube-system', 'get', 'daemonsets,pods', '-o', 'wide'),
        },
        { text: 'new Pods on such a Node get no network, or reach no Service: replace no machine before it is mended' },
      ],
    };
  },
};
