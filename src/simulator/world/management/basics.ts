/** What every cluster has from its first minute: its endpoint, DNS, roles and priorities. */

import type { Resource } from '../../api/resources.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Make } from './cluster.ts';

const rbac = 'rbac.authorization.k8s.io';
const bootstrap = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

const everything = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];
const reads = (resources: string[]) => [{ apiGroups: [''], resources, verbs: ['get', 'list', 'watch'] }];

/** ClusterRole, its rules, and who has it: of Kubernetes' own only the best known. */
const roles: readonly (readonly [name: string, rules: object[], group?: string])[] = [
  ['cluster-admin', everything, 'system:masters'],
  ['admin', reads(['pods', 'secrets', 'configmaps'])],
  ['edit', reads(['pods', 'configmaps'])],
  ['view', reads(['pods', 'configmaps'])],
  [
    'system:basic-user',
    [
      {
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        verbs: ['create'],
      },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ],
    'system:authenticated',
  ],
  [
    'system:discovery',
    [{ nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*'], verbs: ['get'] }],
    'system:authenticated',
  ],
  ['system:node', reads(['services', 'nodes'])],
  ['system:node-proxier', reads(['endpoints', 'services'])],
  ['system:kube-controller-manager', reads(['secrets', 'serviceaccounts'])],
  ['system:kube-scheduler', reads(['nodes', 'pods'])],
];

/** All of it. `addresses` are those of the control plane's Nodes, `dns` those of the Pods that answer names. */
export function basics(make: Make, addresses: readonly string[], dns: readonly string[]): KubeObject[] {
  const label = (object: KubeObject, labels: Record<string, string>): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, labels },
  });
  const ips = (list: readonly string[]) => list.map((ip) => ({ ip }));
  const dnsPorts = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    { name: 'metrics', port: 9153, protocol: 'TCP' },
  ];
  const dnsLabels = {
    'k8s-app': 'kube-dns',
    'kubernetes.io/cluster-service': 'true',
    'kubernetes.io/name': 'CoreDNS',
  };
  return [
    label(
      make('v1', 'Service', 'kube-dns', 'kube-system', {
        spec: {
          ...{ type: 'ClusterIP', clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'] },
          selector: { 'k8s-app': 'kube-dns' },
          ports: dnsPorts.map((one) => ({ ...one, targetPort: one.port })),
        },
      }),
      dnsLabels,
    ),
    label(
      make('v1', 'Endpoints', 'kube-dns', 'kube-system', { subsets: [{ addresses: ips(dns), ports: dnsPorts }] }),
      dnsLabels,
    ),
    ...['controller-manager', 'scheduler', 'etcd-0'].map((name) =>
      make('v1', 'ComponentStatus', name, '', {
        conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
      }),
    ),
    make('v1', 'Endpoints', 'kubernetes', 'default', {
      subsets: [{ addresses: ips(addresses), ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
    }),
    label(
      make('discovery.k8s.io/v1', 'EndpointSlice', 'kubernetes', 'default', {
        addressType: 'IPv4',
        endpoints: addresses.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
        ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
      }),
      { 'kubernetes.io/service-name': 'kubernetes' },
    ),
    ...roles.flatMap(([name, rules, group]) => {
      const role = label(make(`${rbac}/v1`, 'ClusterRole', name, '', { rules }), bootstrap);
      const subject = group ?? (name.startsWith('system:') ? name : undefined);
      if (!subject) return [role];
      const person = group ? { kind: 'Group' } : { kind: 'User' };
      const binding = make(`${rbac}/v1`, 'ClusterRoleBinding', name, '', {
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
        subjects: [{ apiGroup: rbac, ...person, name: subject }],
      });
      return [role, label(binding, bootstrap)];
    }),
    ...(
      [
        ['system-cluster-critical', 2_000_000_000, 'cluster'],
        ['system-node-critical', 2_000_001_000, 'node'],
      ] as const
    ).map(([name, value, what]) =>
      make('scheduling.k8s.io/v1', 'PriorityClass', name, '', {
        value,
        description: `Used for system critical pods that must ${what === 'node' ? 'not be moved from their current node' : 'run in the cluster, but can be moved to another node if necessary'}.`,
        preemptionPolicy: 'PreemptLowerPriority',
      }),
    ),
  ];
}

const localOnly = {
  ...{ type: 'Available', status: 'True', reason: 'Local' },
  message: 'Local APIServices are always available',
};

/** One for each group and version that is served: all of them by the server itself. */
export function apiServices(make: Make, resources: readonly Resource[], since: string): KubeObject[] {
  const served = new Map(resources.map(({ group, version }) => [`${version}.${group}`, { group, version }]));
  return [...served].map(([name, { group, version }]) => {
    const priority = { groupPriorityMinimum: group === '' ? 18_000 : 17_000, versionPriority: group === '' ? 1 : 15 };
    const object = make('apiregistration.k8s.io/v1', 'APIService', name, '', {
      spec: { ...(group === '' ? {} : { group }), ...priority, version },
      status: { conditions: [{ ...localOnly, lastTransitionTime: since }] },
    });
    const labels = { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' };
    return { ...object, metadata: { ...object.metadata, labels } };
  });
}

/** What a namespace is given when it is made: the server's authority, and an account. */
export function givenToNamespaces(make: Make, namespaces: readonly KubeObject[], ca: string | undefined): KubeObject[] {
  return namespaces.flatMap(({ metadata }) => {
    const born = (object: KubeObject): KubeObject => ({
      ...object,
      metadata: { ...object.metadata, creationTimestamp: metadata.creationTimestamp },
    });
    const account = born(make('v1', 'ServiceAccount', 'default', metadata.name, {}));
    if (ca === undefined) return [account];
    const annotations = {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
    };
    const root = born(make('v1', 'ConfigMap', 'kube-root-ca.crt', metadata.name, { data: { 'ca.crt': ca } }));
    return [account, { ...root, metadata: { ...root.metadata, annotations } }];
  });
}
