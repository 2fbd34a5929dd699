import { falseCondition } from '../../conditions.ts';
import { PLANE_CHECKS } from '../../fleet/plane-checks.ts';
import { conditionOf } from '../evidence.ts';
import type { GroupFacts } from '../facts.ts';
import { groupRef, machineRef } from '../lookup.ts';
import { describe, open } from '../steps.ts';
import type { Failure } from '../types.ts';

/** Summaries of a KubeadmControlPlane (Cluster API, conditions of the kubeadm provider). */
const SUMMARIES = ['CertificatesAvailable', 'EtcdClusterHealthy', 'ControlPlaneComponentsHealthy'] as const;

const summary = ({ row }: GroupFacts) =>
  SUMMARIES.map((type) => falseCondition(row.object.conditions, type)).find(Boolean);

/** The control plane does nothing more while one of its parts is not well; while it rolls, parts fail by turns. */
export const planeUnhealthy: Failure<GroupFacts> = {
  id: 'control-plane-unhealthy',
  test(facts) {
    const condition = facts.row.problem && summary(facts);
    return (
      condition && {
        severity: facts.row.rolling ? 'warn' : 'bad',
        text: `${condition.type} is False`,
        since: condition.since,
      }
    );
  },
  tell(facts) {
    const { row, machines } = facts;
    return {
      what: `${row.name} is not healthy (${summary(facts)?.type ?? 'see below'}), and no machine of it is replaced until it is.`,
      evidence: [
        ...SUMMARIES.map((type) => conditionOf(groupRef(row), falseCondition(row.object.conditions, type))),
        ...machines.flatMap((each) =>
          PLANE_CHECKS.map((type) => conditionOf(machineRef(each), falseCondition(each.machine?.conditions, type))),
        ),
      ],
      causes: [
        'a control-plane host is off or its disk too slow for etcd',
        'a static Pod does not start: its image or its manifest',
        'an etcd member was left behind by a machine that is gone',
      ],
      next: [
        ...machines.filter(({ problem }) => problem).map((each) => open(machineRef(each), `look at ${each.name}`)),
        describe(row.object),
        { text: 'take a backup of etcd before anything is deleted' },
      ],
    };
  },
};
