import { falseCondition } from '../../conditions.ts';
import { baremetalRef, conditionOf, fieldOf, planOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { clusterRef, hostRef, machineRef } from '../lookup.ts';
import { kubectl, open, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';

function since({ row, plan }: MachineFacts): number | undefined {
  return plan?.since ?? row.since;
}

/** Applied, rebooted, and no Node: what happens then is only to be seen on the host. */
export const neverJoins: Failure<MachineFacts> = {
  id: 'never-joins',
  mode: 'F11',
  test(facts) {
    const { row, plan, now } = facts;
    const applied = plan?.type === 'reprovision' && plan.state.word === 'applied';
    const waits =
      row.baremetal !== undefined && row.baremetal.phase !== 'Running' && row.baremetal.deleting === undefined;
    if (!applied || !waits || row.deleting) return undefined;
    const severity = lateness(since(facts), LIMITS.join, now);
    return severity && { severity, text: 'plan applied, and no node has joined', since: since(facts) };
  },
  tell(facts) {
    const { row, host, plan, cluster } = facts;
    const of = machineRef(row);
    return {
      what: `${row.name} waits for a Node: ${host?.name ?? 'its host'} has applied its plan and rebooted, and its kubelet has not joined ${cluster?.name ?? 'the cluster'}.`,
      evidence: [
        planOf(plan),
        fieldOf(baremetalRef(row), 'status.phase', row.baremetal?.phase, row.since),
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
