/** What every cluster has from its first minute: its endpoint, DNS, roles and priorities. */

import { POST_ONLY_GROUPS } from '../../api/discovery/discovery.ts';
import { priorityOf } from '../../api/discovery/priorities.ts';
import type { Resource } from '../../api/resources.ts';
import type { KubeObject } from '../../api/types.ts';
import type { Make } from './cluster.ts';
import { roles, type ServedSince } from './cluster-roles.ts';

/**
 * All of it but what is told when it is read. `addresses` are those of the control plane's Nodes, `served` says what its servers
 * bring.
 */
export function basics(
  make: Make,
  addresses: readonly string[],
  served: ServedSince,
  dnsAddress = '10.96.0.10',
): KubeObject[] {
  return [
    dnsService(make, dnsAddress),
    ...['controller-manager', 'scheduler', 'etcd-0'].map((name) =>
      make('v1', 'ComponentStatus', name, '', { conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] }),
    ),
    ...serverEndpoints(make, addresses),
    ...roles(make, served),
    ...priorityClasses(make),
  ];
}

const label = (object: KubeObject, labels: Record<string, string>): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, labels },
});

const dnsPorts = [
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
  { name: 'metrics', port: 9153, protocol: 'TCP' },
];

function dnsService(make: Make, address: string): KubeObject {
  const service = make('v1', 'Service', 'kube-dns', 'kube-system', {
    spec: {
      ...{ type: 'ClusterIP', clusterIP: address, clusterIPs: [address] },
      selector: { 'k8s-app': 'kube-dns' },
      ports: dnsPorts.map((one) => ({ ...one, targetPort: one.port })),
    },
  });
  return label(service, {
    'k8s-app': 'kube-dns',
    'kubernetes.io/cluster-service': 'true',
    'kubernetes.io/name': 'CoreDNS',
  });
}

/** Where the API server itself is reached, in both ways of saying it. Source of their order: k8s.io/kubernetes/pkg/api/v1/endpoints. */
function serverEndpoints(make: Make, servers: readonly string[]): KubeObject[] {
  const addresses = [...servers].sort();
  const ports = [{ name: 'https', port: 6443, protocol: 'TCP' }];
  const whole = make('v1', 'Endpoints', 'kubernetes', 'default', {
    subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports }],
  });
  const slice = make('discovery.k8s.io/v1', 'EndpointSlice', 'kubernetes', 'default', {
    addressType: 'IPv4',
    endpoints: addresses.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
    ports,
  });
  return [
    // Its slice is made by the server itself.
    label(whole, { 'endpointslice.kubernetes.io/skip-mirror': 'true' }),
    label(slice, { 'kubernetes.io/service-name': 'kubernetes' }),
  ];
}

const priorities = [
  ['system-cluster-critical', 2_000_000_000, 'run in the cluster, but can be moved to another node if necessary'],
  ['system-node-critical', 2_000_001_000, 'not be moved from their current node'],
] as const;

const priorityClasses = (make: Make): KubeObject[] =>
  priorities.map(([name, value, what]) =>
    make('scheduling.k8s.io/v1', 'PriorityClass', name, '', {
      value,
      description: `Used for system critical pods that must ${what}.`,
      preemptionPolicy: 'PreemptLowerPriority',
    }),
  );

const localOnly = {
  ...{ type: 'Available', status: 'True', reason: 'Local' },
  message: 'Local APIServices are always available',
};

/** One for each group and version that is served: all of them by the server itself. */
export function apiServices(make: Make, resources: readonly Resource[]): KubeObject[] {
  // The group that they are of themselves is served before any of them is asked.
  const all = [...resources, ...POST_ONLY_GROUPS].filter(({ group }) => group !== 'apiregistration.k8s.io');
  const served = new Map(all.map(({ group, version }) => [`${version}.${group}`, { group, version }]));
  return [...served].map(([name, { group, version }]) => {
    const numbers = priorityOf({ group, version });
    const priority = { groupPriorityMinimum: numbers.group, versionPriority: numbers.version };
    const object = make('apiregistration.k8s.io/v1', 'APIService', name, '', {
      spec: { ...(group === '' ? {} : { group }), ...priority, version },
    });
    object.status = { conditions: [{ ...localOnly, lastTransitionTime: object.metadata.creationTimestamp }] };
    // What definitions bring is registered as they come.
    const labels = { 'kube-aggregator.kubernetes.io/automanaged': numbers.group === 1000 ? 'true' : 'onstart' };
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
