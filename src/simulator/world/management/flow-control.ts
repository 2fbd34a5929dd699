/**
 * How a server shares its attention: the flow schemas and priority levels it makes itself. Source: k8s.io/apiserver,
 * pkg/apis/flowcontrol/bootstrap.
 */

import type { KubeObject } from '../../api/types.ts';
import type { Make } from './cluster.ts';

const version = 'flowcontrol.apiserver.k8s.io/v1';

type Flow = readonly [
  name: string,
  level: string,
  precedence: number,
  by: 'User' | 'Namespace' | '',
  subjects: string[],
  /** Where it is not everything: as `verbs group/resources`, with `+` those outside of namespaces too, or `verbs /paths`. */
  rules?: string[],
];

const leading = 'get,create,update';
const manager = '@system:kube-controller-manager';
const scheduler = '@system:kube-scheduler';
const everybody = ['system:unauthenticated', 'system:authenticated'];

/** Subjects: groups, users after `@`, or accounts of kube-system after `~`. */
const flows: readonly Flow[] = [
  ['exempt', 'exempt', 1, '', ['system:masters']],
  ['probes', 'exempt', 2, '', everybody, ['get /healthz,/readyz,/livez']],
  [
    ...(['system-leader-election', 'leader-election', 100, 'User'] as const),
    [manager, scheduler, '~*'],
    [`${leading} coordination.k8s.io/leases`],
  ],
  [
    ...(['endpoint-controller', 'workload-high', 150, 'User'] as const),
    [manager, '~endpoint-controller', '~endpointslicemirroring-controller'],
    [`${leading} core/endpoints`],
  ],
  [
    ...(['workload-leader-election', 'leader-election', 200, 'User'] as const),
    ['~*'],
    [`${leading} core/endpoints,configmaps`, `${leading} coordination.k8s.io/leases`],
  ],
  [
    ...(['system-node-high', 'node-high', 400, 'User'] as const),
    ['system:nodes'],
    ['* +core/nodes,nodes/status', '* coordination.k8s.io/leases'],
  ],
  ['system-nodes', 'system', 500, 'User', ['system:nodes']],
  ['kube-controller-manager', 'workload-high', 800, 'Namespace', [manager]],
  ['kube-scheduler', 'workload-high', 800, 'Namespace', [scheduler]],
  ['kube-system-service-accounts', 'workload-high', 900, 'Namespace', ['~*']],
  ['service-accounts', 'workload-low', 9000, 'User', ['system:serviceaccounts']],
  ['global-default', 'global-default', 9900, 'User', everybody],
  ['catch-all', 'catch-all', 10_000, 'User', everybody],
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

const all = ['* +*/*', '* /'];

/** What a flow is of: rules for resources, and for what is none. */
function rulesOf(texts: readonly string[]): object {
  const parts = texts.map((text) => text.split(' ') as [string, string]);
  const resourceRules = parts
    .filter(([, what]) => !what.startsWith('/'))
    .map(([verbs, what]) => {
      const [, wide, group = '', resources = ''] = /^(\+?)([^/]+)\/(.*)$/.exec(what) ?? [];
      return {
        ...{ verbs: verbs.split(','), apiGroups: [group === 'core' ? '' : group], resources: resources.split(',') },
        ...(wide ? { clusterScope: true } : {}),
        namespaces: ['*'],
      };
    });
  const nonResourceRules = parts
    .filter(([, what]) => what.startsWith('/'))
    .map(([verbs, what]) => ({ verbs: verbs.split(','), nonResourceURLs: what === '/' ? ['*'] : what.split(',') }));
  return {
    ...(resourceRules.length > 0 ? { resourceRules } : {}),
    ...(nonResourceRules.length > 0 ? { nonResourceRules } : {}),
  };
}

function subjectOf(text: string): object {
  const name = text.slice(1);
  if (text.startsWith('@')) return { kind: 'User', user: { name } };
  if (text.startsWith('~')) return { kind: 'ServiceAccount', serviceAccount: { name, namespace: 'kube-system' } };
  return { kind: 'Group', group: { name: text } };
}

/** The server keeps them as they are to be. */
const kept = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } },
});

/** All of it. */
export function flowControl(make: Make): KubeObject[] {
  const since = make(version, 'FlowSchema', 'exempt', '', {}).metadata.creationTimestamp ?? '';
  const schemas = [
    ...flows.map(([name, level, matchingPrecedence, by, subjects, rules = all]) =>
      make(version, 'FlowSchema', name, '', {
        spec: {
          priorityLevelConfiguration: { name: level },
          matchingPrecedence,
          ...(by ? { distinguisherMethod: { type: `By${by}` } } : {}),
          rules: [{ subjects: subjects.map(subjectOf), ...rulesOf(rules) }],
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
  return schemas.map(kept);
}
