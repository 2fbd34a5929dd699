import { falseCondition } from '../../conditions.ts';
import { isReady, networkRelease } from '../../workload.ts';
import { nodeText, releaseText } from '../../workload-text.ts';
import { baremetalRef, conditionOf, fieldOf, planOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { LIMITS, late } from '../limits.ts';
import { clusterRef, hostRef, machineRef } from '../lookup.ts';
import { agentJournal, kubectl, open, remedy } from '../steps.ts';
import type { Failure, Match } from '../types.ts';
import { absenceEvidence, nodeEvidence, reachEvidence, workloadOf } from '../workload-evidence.ts';

/** Since when its plan is applied and it is not in its place, where that is too long. */
function unplaced(facts: MachineFacts, text: string): Match | undefined {
  const { row, plan } = facts;
  const applied = plan?.type === 'reprovision' && plan.state.word === 'applied';
  const { phase, deleting } = row.baremetal ?? {};
  // One that was given up waits for nothing.
  const waits = row.baremetal !== undefined && phase !== 'Running' && phase !== 'Failed' && deleting === undefined;
  if (!applied || !waits || row.deleting) return undefined;
  const since = plan.since ?? row.since;
  return late(facts, { cluster: row.cluster, what: 'join', since, limit: LIMITS.join, text });
}

/** Joined and not fit for work: the cluster's own word, which Cluster API passes on late or not at all. */
export const nodeNotReady: Failure<MachineFacts> = {
  id: 'node-not-ready',
  test(facts) {
    const node = facts.row.nodeObject;
    return node && !isReady(node) ? unplaced(facts, 'its node has joined and is not ready') : undefined;
  },
  tell({ row, fleet, host, cluster, plan }) {
    const of = machineRef(row);
    const node = row.nodeObject;
    const workload = workloadOf(fleet, row.cluster);
    const release = networkRelease(workload);
    return {
      what: `${row.name} waits for its Node: ${node?.name ?? 'it'} has joined ${cluster?.name ?? 'the cluster'} and says ${node ? nodeText(node) : 'nothing'}.`,
      evidence: [
        ...nodeEvidence(of, node),
        release && cluster
          ? fieldOf(clusterRef(cluster), `AppRelease ${release.name}`, releaseText(release))
          : undefined,
        reachEvidence(of, workload, 'node'),
        fieldOf(of, 'status.nodeRef', row.node ?? 'not set'),
        planOf(plan),
      ],
      causes: [
        'the network plugin is not there or not ready on it',
        'the container runtime fails, or an image it needs cannot be pulled',
        'the disk, the memory or the processes of the host are exhausted',
      ],
      next: [
        node && {
          text: `read the conditions and Events of the Node (in ${cluster?.name ?? 'the workload cluster'})`,
          command: kubectl('', 'describe', 'node', node.name),
        },
        host && agentJournal(host.object),
        open(cluster && clusterRef(cluster), 'see how its network plugin and its other Nodes stand'),
      ],
      remedies: [remedy('replace', of)],
    };
  },
};

/** Applied, rebooted, and no Node: what happens then is only to be seen on the host. */
export const neverJoins: Failure<MachineFacts> = {
  id: 'never-joins',
  mode: 'F11',
  test(facts) {
    // A Node that is there is another matter.
    return facts.row.nodeObject ? undefined : unplaced(facts, 'plan applied, no node yet');
  },
  tell(facts) {
    const { fleet, row, host, plan, cluster } = facts;
    const of = machineRef(row);
    return {
      what: `${row.name} waits for a Node: ${host?.name ?? 'its host'} has applied its plan and rebooted, and its kubelet has not joined ${cluster?.name ?? 'the cluster'}.`,
      evidence: [
        planOf(plan),
        fieldOf(baremetalRef(row), 'status.phase', row.baremetal?.phase, row.since),
        ...absenceEvidence(fleet, row),
        fieldOf(of, 'status.nodeRef', row.node ?? 'not set'),
        conditionOf(of, falseCondition(row.machine?.conditions, 'NodeHealthy')),
        host && fieldOf(hostRef(host), 'boot id', host.object.bootId),
      ],
      causes: [
        'after the reboot the host cannot reach the virtual IP of the API: keepalived, IPVS, routes',
        'it came up in the wrong state: wrong disk or boot entry, recovery mode',
        'kubeadm or the kubelet fails: an expired token, an image that cannot be pulled',
      ],
      next: [
        {
          text: 'on its serial console: how it came up, and whether it reaches the API',
          command: 'journalctl -u kubelet -b',
        },
        {
          text: `see whether a Node is there under another name (in ${cluster?.name ?? 'the workload cluster'})`,
          command: kubectl('', 'get', 'nodes', '-o', 'wide'),
        },
        open(cluster && clusterRef(cluster), 'check that the endpoint of the cluster is ready'),
      ],
      remedies: [remedy('replace', of)],
    };
  },
};
