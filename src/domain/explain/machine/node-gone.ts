import { findCondition } from '../../conditions.ts';
import { isGone, nodeWords } from '../../node-words.ts';
import { isLive } from '../../workload.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import { checksOf, type MachineFacts } from '../facts.ts';
import { clusterRef, hostRef, machineRef, refTo } from '../lookup.ts';
import { kubectlIn, open, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';
import { absenceEvidence, workloadOf } from '../workload-evidence.ts';
import { nodeCondition } from './node-lost.ts';

/**
 * The Node object was deleted under a machine that stays (Cluster API: `NodeDeleted`, before v1beta2 `NodeNotFound`). A
 * kubelet registers its Node when it starts, and never again: one that runs on without it only logs that it is not found.
 */
export const nodeGone: Failure<MachineFacts> = {
  id: 'node-gone',
  test(facts) {
    const { row, fleet } = facts;
    if (row.machine?.phase !== 'Running' || row.machine.deleting !== undefined) return undefined;
    const condition = nodeCondition(facts);
    if (!condition || !isGone(condition)) return undefined;
    // It is back, and Cluster API has yet to say so.
    if (row.nodeObject && isLive(workloadOf(fleet, row.cluster), 'node')) return undefined;
    return { severity: 'bad', text: nodeWords(condition), since: condition.since };
  },
  tell(facts) {
    const { fleet, row, host, cluster } = facts;
    const of = machineRef(row);
    const checks = checksOf(fleet, row.cluster);
    const node = row.node ?? 'its Node';
    const address = host?.object.addresses[0];
    const place = cluster?.name ?? 'the workload cluster';
    return {
      what: `The Node object ${node} of ${row.name} is gone from ${place}. Its host${host === undefined ? '' : ` ${host.name}`} was not told: nothing but a restart of its kubelet registers it again.`,
      evidence: [
        conditionOf(of, findCondition(row.machine?.conditions, 'NodeReady')),
        conditionOf(of, findCondition(row.machine?.conditions, 'NodeHealthy')),
        conditionOf(of, findCondition(row.machine?.conditions, 'HealthCheckSucceeded')),
        fieldOf(of, 'status.nodeRef', row.node ?? 'not set'),
        ...absenceEvidence(fleet, row),
        host && fieldOf(hostRef(host), 'boot id', host.object.bootId),
        ...checks.map((check) => fieldOf(refTo(check), 'remediations allowed', check.remediationsAllowed)),
      ],
      causes: [
        'somebody deleted the Node (kubectl delete node), and the machine was meant to stay or was forgotten',
        'the etcd of its cluster was restored from a backup that is older than the Node',
      ],
      next: [
        {
          text: `on the host${address === undefined ? '' : ` (${address})`}: restart the kubelet, which registers its Node when it starts`,
          command: 'systemctl restart kubelet',
        },
        row.node === undefined
          ? undefined
          : {
              text: 'see whether the Node is back; it comes without the labels and taints that others gave it',
              command: kubectlIn(cluster?.object, 'get', 'node', row.node, '--show-labels'),
            },
        // What kubeadm sets when a machine joins is not set again by the kubelet.
        row.controlPlane && row.node !== undefined
          ? {
              text: 'on the host, once it is back: give it the role of the control plane again',
              command: `kubeadm init phase mark-control-plane --node-name ${row.node}`,
            }
          : undefined,
        open(cluster && clusterRef(cluster), 'see whether other Nodes of the cluster are gone too'),
      ],
      remedies: [
        checks.length > 0
          ? remedy('remediate', row.machine && refTo(row.machine))
          : remedy('replace', row.machine && refTo(row.machine)),
      ],
    };
  },
};
