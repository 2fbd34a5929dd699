/** How a server shares its attention: the flow schemas and priority levels it makes itself. */

import type { KubeObject } from '../../api/types.ts';
import type { Make } from './cluster.ts';

const version = 'flowcontrol.apiserver.k8s.io/v1';

type Flow = readonly [
  name: string,
  level: string,
  precedence: number,
  by: 'User' | 'Namespace' | '',
  subjects: string[],
];

/** Subjects: groups, or users after `@`. */
const flows: readonly Flow[] = [
  ['exempt', 'exempt', 1, '', ['system:masters']],
  ['probes', 'exempt', 2, '', ['system:unauthenticated', 'system:authenticated']],
  [
    'system-leader-election',
    'leader-election',
    100,
    'User',
    ['@system:kube-controller-manager', '@system:kube-scheduler'],
  ],
  ['endpoint-controller', 'workload-high', 150, 'User', ['@system:kube-controller-manager']],
  ['workload-leader-election', 'leader-election', 200, 'User', ['system:serviceaccounts']],
  ['system-node-high', 'node-high', 400, 'User', ['system:nodes']],
  ['system-nodes', 'system', 500, 'User', ['system:nodes']],
  ['kube-controller-manager', 'workload-high', 800, 'Namespace', ['@system:kube-controller-manager']],
  ['kube-scheduler', 'workload-high', 800, 'Namespace', ['@system:kube-scheduler']],
  ['kube-system-service-accounts', 'workload-high', 900, 'Namespace', ['system:serviceaccounts:kube-system']],
  ['service-accounts', 'workload-low', 9000, 'User', ['system:serviceaccounts']],
  ['global-default', 'global-default', 9900, 'User', ['system:unauthenticated', 'system:authenticated']],
  ['catch-all', 'catch-all', 10_000, 'User', ['system:unauthenticated', 'system:authenticated']],
];

type Level = readonly [name: string, shares: number, lendable: number, queues?: number, hand?: number];

const levels: readonly Level[] = [
  ['catch-all', 5, 0],
  ['exempt', 0, 0],
  ['global-default', 20, 50, 128, 6],
  ['leader-election', 10, 0, 16, 4],
  ['node-high', 40, 25, 64, 6],
  ['system', 30, 33, 64, 6],
  ['workload-high', 40, 50, 128, 6],
  ['workload-low', 100, 90, 128, 6],
];

const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] };

const subjectOf = (text: string) =>
  text.startsWith('@') ? { kind: 'User', user: { name: text.slice(1) } } : { kind: 'Group', group: { name: text } };

/** All of it. */
export function flowControl(make: Make): KubeObject[] {
  const since = make(version, 'FlowSchema', 'exempt', '', {}).metadata.creationTimestamp ?? '';
  return [
    ...flows.map(([name, level, matchingPrecedence, by, subjects]) =>
      make(version, 'FlowSchema', name, '', {
        spec: {
          priorityLevelConfiguration: { name: level },
          matchingPrecedence,
          ...(by ? { distinguisherMethod: { type: `By${by}` } } : {}),
          rules: [
            {
              subjects: subjects.map(subjectOf),
              resourceRules: [everything],
              nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
            },
          ],
        },
        status: {
          conditions: [
            {
              type: 'Dangling',
              status: 'False',
              reason: 'Found',
              lastTransitionTime: since,
              message: `This FlowSchema references the PriorityLevelConfiguration object named "${level}" and it exists`,
            },
          ],
        },
      }),
    ),
    ...levels.map(([name, nominalConcurrencyShares, lendablePercent, queues, handSize]) => {
      const queuing = queues === undefined ? undefined : { queues, handSize, queueLengthLimit: 50 };
      const limitResponse = queuing ? { type: 'Queue', queuing } : { type: 'Reject' };
      const shares = { nominalConcurrencyShares, lendablePercent };
      const spec =
        name === 'exempt'
          ? { type: 'Exempt', exempt: shares }
          : { type: 'Limited', limited: { ...shares, limitResponse } };
      return make(version, 'PriorityLevelConfiguration', name, '', { spec, status: {} });
    }),
  ];
}
