import { findCondition } from '../../conditions.ts';
import { nodeWords } from '../../node-words.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import { checksOf, type MachineFacts } from '../facts.ts';
import { clusterRef, hostRef, machineRef, refTo } from '../lookup.ts';
import { agentJournal, kubectl, open, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';
import { nodeEvidence, reachEvidence, workloadOf } from '../workload-evidence.ts';

/** What says how the node is: the served generation's own condition first. */
export function nodeCondition({ row: { machine } }: Pick<MachineFacts, 'row'>) {
  for (const type of ['NodeReady', 'NodeHealthy']) {
    const condition = findCondition(machine?.conditions, type);
    if (condition && condition.status !== 'True') return condition;
  }
  return undefined;
}

/** A node that was up and is not. */
export const nodeLost: Failure<MachineFacts> = {
  id: 'node-lost',
  test(facts) {
    const { machine, problem } = facts.row;
    if (machine?.phase !== 'Running' || machine.deleting !== undefined || !problem) return undefined;
    const condition = nodeCondition(facts);
    if (!condition || condition.reason === 'WaitingForNodeRef') return undefined;
    const silent = condition.status === 'Unknown';
    return {
      severity: silent ? 'warn' : 'bad',
      text: nodeWords(condition),
      since: condition.since,
    };
  },
  tell(facts) {
    const { fleet, row, host, cluster } = facts;
    const of = machineRef(row);
    const checks = checksOf(fleet, row.cluster);
    const silent = nodeCondition(facts)?.status === 'Unknown';
    return {
      what: `The node ${row.node ?? '(without a name)'} of ${row.name}${host === undefined ? '' : `, on host ${host.name},`} is ${silent ? 'silent: its kubelet has stopped reporting' : 'up and not fit for work'}.`,
      evidence: [
        ...nodeEvidence(of, row.nodeObject),
        reachEvidence(of, workloadOf(fleet, row.cluster), 'node'),
        conditionOf(of, findCondition(row.machine?.conditions, 'NodeReady')),
        conditionOf(of, findCondition(row.machine?.conditions, 'NodeHealthy')),
        conditionOf(of, findCondition(row.machine?.conditions, 'HealthCheckSucceeded')),
        host && fieldOf(hostRef(host), 'boot id', host.object.bootId),
        ...checks.map((check) => fieldOf(refTo(check), 'remediations allowed', check.remediationsAllowed)),
      ],
      causes: [
        'the host is off, hangs, or has lost its network',
        'its kubelet or its container runtime has stopped',
        'the network plugin on it is not ready',
      ],
      next: [
        row.node === undefined
          ? undefined
          : {
              text: `read the conditions of the Node (in ${cluster?.name ?? 'the workload cluster'})`,
              command: kubectl('', 'describe', 'node', row.node),
            },
        host && agentJournal(host.object),
        open(cluster && clusterRef(cluster), 'see whether other nodes of the cluster are gone too'),
      ],
      remedies: [
        checks.length > 0
          ? remedy('remediate', row.machine && refTo(row.machine))
          : remedy('replace', row.machine && refTo(row.machine)),
      ],
    };
  },
};
