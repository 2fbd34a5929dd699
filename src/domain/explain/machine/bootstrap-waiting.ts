import { falseCondition } from '../../conditions.ts';
import { baremetalRef, conditionOf, fieldOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { isLate, LIMITS } from '../limits.ts';
import { clusterRef, machineRef } from '../lookup.ts';
import { describe, kubectl, open } from '../steps.ts';
import type { Failure } from '../types.ts';

const condition = ({ row: { baremetal } }: MachineFacts) =>
  baremetal?.deleting === undefined ? falseCondition(baremetal?.conditions, 'BootstrapReady') : undefined;

/** The host is there, and what it is to become is not. */
export const bootstrapWaiting: Failure<MachineFacts> = {
  id: 'bootstrap-waiting',
  mode: 'F5',
  test(facts) {
    const found = condition(facts);
    const waits = found?.reason === 'BootstrapWaiting';
    if (!found || (waits && !isLate(found.since, LIMITS.bootstrap, facts.now))) return undefined;
    return { severity: 'warn', text: 'no bootstrap data yet', since: found.since };
  },
  tell(facts) {
    const { row, cluster } = facts;
    const config = row.machine?.bootstrap;
    const namespace = row.machine?.namespace ?? '';
    return {
      what: `${row.name} has ${row.host ?? 'a host'} and waits for its bootstrap data, which its ${config?.apiKind || 'bootstrap config'} has not made.`,
      evidence: [
        conditionOf(baremetalRef(row), condition(facts)),
        conditionOf(machineRef(row), falseCondition(row.machine?.conditions, 'BootstrapReady')),
        cluster &&
          fieldOf(
            clusterRef(cluster),
            'control plane initialised',
            cluster.object.controlPlaneReady === false ? 'no' : 'yes',
          ),
      ],
      causes: [
        'the first control-plane machine has not come up yet: other machines wait for it',
        'no join token can be made, because the API of the cluster does not answer',
        'the bootstrap config is not valid',
      ],
      next: [
        config && {
          text: 'read the conditions of its bootstrap config',
          command: kubectl(namespace, 'describe', 'kubeadmconfig', config.name),
        },
        open(cluster && clusterRef(cluster), 'look at the cluster'),
        row.baremetal && describe(row.baremetal),
      ],
    };
  },
};
