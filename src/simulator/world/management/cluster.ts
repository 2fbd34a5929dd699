/** The management cluster itself: its Nodes, and what runs on them beside what a workload cluster has too. */

import type { KubeObject } from '../../api/types.ts';
import { Random } from '../../controllers/random.ts';
import { timestamp } from '../../controllers/time.ts';
import { containerStatus } from '../../workload/containers.ts';
import { clusterConfiguration } from '../../workload/kubeadm-texts.ts';
import { serverName, within } from '../../workload/leases.ts';
import { toldImages } from '../../workload/node-images.ts';
import { between, completed, ownedPod, settled } from '../../workload/owned.ts';
import { programsOf, systemRepository } from '../../workload/programs.ts';
import { registry } from '../releases.ts';
import { controllerRoles } from './controller-roles.ts';
import { nodeAddress } from './scheduler.ts';

const namespace = 'cpaas-system';

/** Where its API server is reached that answers. */
export const managementAddress = nodeAddress(1);

/** The version of Kubernetes it runs. */
export const managementVersion = 'v1.32.11-2';

const network = { endpoint: `${managementAddress}:6443`, pods: '10.3.0.0/16' };

/** What it says of itself. */
export const managementSettings = {
  ...network,
  version: managementVersion,
  configuration: clusterConfiguration('global', {
    ...{ ...network, version: managementVersion, repository: `${registry}/tkestack` },
  }),
};

/** The controllers: name and image. Their versions are not documented, so they are named as simulated. */
const controllers: readonly (readonly [name: string, image: string])[] = [
  ['cluster-api-provider-baremetal-manager', 'acp/cluster-api-provider-baremetal:v0.0.0-sim'],
  ['elemental-operator', 'acp/elemental-operator:v0.0.0-sim'],
  ['capi-controller-manager', 'acp/cluster-api-controller:v0.0.0-sim'],
  ['capi-kubeadm-bootstrap-controller-manager', 'acp/kubeadm-bootstrap-controller:v0.0.0-sim'],
  ['capi-kubeadm-control-plane-controller-manager', 'acp/kubeadm-control-plane-controller:v0.0.0-sim'],
];

/** What its servers have, and what of it the kubelet leaves to Pods. */
const capacity = {
  ...{ cpu: '32', 'ephemeral-storage': '468386068Ki', 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' },
  ...{ memory: '131723348Ki', pods: '110' },
};
const allocatable = { ...capacity, 'ephemeral-storage': '431664599555', memory: '131620948Ki' };

/** What the kubelet of the server with a number from 1 tells of: what runs there. */
const images = [1, 2, 3].map((at) =>
  toldImages(
    [
      ...programsOf(managementVersion, undefined, { tokens: [] }).map(({ image }) => image),
      ...controllers.flatMap(([, image], index) => (index % 3 === at - 1 ? [`${registry}/${image}`] : [])),
    ],
    systemRepository,
  ),
);

/** The identities of a server, as its kubelet reads them from its firmware and its system. */
function identityOf(name: string): Record<string, string> {
  const random = new Random('management', 'server', name);
  return { bootID: random.uuid(), machineID: random.uuid().replaceAll('-', ''), systemUUID: random.uuid() };
}

/** Gives an object its identity and birth; namespaced where a namespace is given. */
export type Make = (apiVersion: string, kind: string, name: string, namespace: string, rest: object) => KubeObject;

/** So many ms after `at`, a time as Kubernetes writes it. */
const later = (at: string, ms: number): string => timestamp(Date.parse(at) + ms);

/** Its three Nodes, ready, having told so at `heartbeat`. Times are as Kubernetes writes them. */
export function managementNodes(make: Make, since: string, heartbeat: string): KubeObject[] {
  return [1, 2, 3].map((at) => {
    const name = `global-${at}`;
    const joined = make('v1', 'Node', name, '', {}).metadata.creationTimestamp ?? since;
    // It is ready once its network is.
    const condition = (type: string, status: string, reason: string, message: string, after = 0) => ({
      ...{ type, status, reason, message, lastHeartbeatTime: heartbeat, lastTransitionTime: later(joined, after) },
    });
    const node = make('v1', 'Node', name, '', {
      spec: { podCIDR: `10.3.${at - 1}.0/24`, podCIDRs: [`10.3.${at - 1}.0/24`] },
      status: {
        addresses: [
          { type: 'InternalIP', address: nodeAddress(at) },
          { type: 'Hostname', address: name },
        ],
        capacity,
        allocatable,
        conditions: [
          condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
          condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
          condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
          condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', 34_000 + at * 1000),
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
        images: images[at - 1],
        nodeInfo: {
          ...identityOf(name),
          architecture: 'amd64',
          containerRuntimeVersion: 'containerd://1.7.27',
          kernelVersion: '6.4.0-150600.23.65-default',
          kubeletVersion: managementVersion,
          kubeProxyVersion: managementVersion,
          operatingSystem: 'linux',
          osImage: 'SUSE Linux Enterprise Server 15 SP6',
        },
      },
    });
    const labels = {
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'node-role.kubernetes.io/control-plane': '',
      'node.kubernetes.io/exclude-from-external-load-balancers': '',
    };
    const annotations = {
      'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///var/run/containerd/containerd.sock',
      'node.alpha.kubernetes.io/ttl': '0',
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    };
    return { ...node, metadata: { ...node.metadata, annotations, labels } };
  });
}

/** The Service under which the API server itself is reached. */
export function serverService(make: Make): KubeObject {
  const ports = [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }];
  const service = make('v1', 'Service', 'kubernetes', 'default', {
    spec: { type: 'ClusterIP', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ports },
  });
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  return { ...service, metadata: { ...service.metadata, labels } };
}

/** The controllers' Deployments with their ReplicaSets and Pods, and the Services every cluster has. */
export function managementPrograms(make: Make, nodes: readonly KubeObject[], now: string): KubeObject[] {
  const services = [
    serverService(make),
    ...['cluster-api-provider-baremetal', 'capi', 'capi-kubeadm-bootstrap', 'capi-kubeadm-control-plane'].map((owner) =>
      make('v1', 'Service', `${owner}-webhook-service`, namespace, {
        spec: { ports: [{ port: 443, protocol: 'TCP', targetPort: 9443 }] },
      }),
    ),
  ];
  return [...services, ...controllers.flatMap(([name, image], at) => program(make, name, image, nodes, now, at))];
}

/** Where its webhooks listen, and where it says whether it is well, as kubebuilder's default has it. */
const ports = [
  { containerPort: 9443, name: 'webhook-server', protocol: 'TCP' },
  { containerPort: 9440, name: 'healthz', protocol: 'TCP' },
];

/** Those of Cluster API show what they measure to whoever may see it. */
const argumentsOf = (name: string): string[] => [
  '--leader-elect',
  ...(name.startsWith('capi') ? ['--diagnostics-address=:8443', '--insecure-diagnostics=false'] : []),
];

/** What a controller asks for, as kubebuilder's default has it. */
const resources = { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '10m', memory: '64Mi' } };

function program(make: Make, name: string, image: string, nodes: readonly KubeObject[], now: string, at: number) {
  const labels = { 'app.kubernetes.io/name': name };
  const containers = [{ name: 'manager', image: `${registry}/${image}`, args: argumentsOf(name), ports, resources }];
  const inner = { containers, serviceAccountName: name, terminationGracePeriodSeconds: 10 };
  const counts = { replicas: 1, readyReplicas: 1, availableReplicas: 1 };
  const owner = completed(
    make('apps/v1', 'Deployment', name, namespace, {
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: inner } },
      status: counts,
    }),
  );
  const set = between(owner, (apiVersion, kind, space, called, _born, rest) =>
    make(apiVersion, kind, called, space, rest),
  );
  const since = owner.metadata.creationTimestamp ?? now;
  // Its image was pulled, its program began, and was asked whether it is ready.
  const begun = later(since, 5000 + at * 900);
  const ready = later(begun, 11_000);
  const node = nodes[at % Math.max(nodes.length, 1)];
  const podIP = `10.3.${at % 3}.${20 + at}`;
  const ofStart = (type: string) =>
    /Ready$/.test(type) ? ready : type === 'PodReadyToStartContainers' ? begun : since;
  const podName = `${set.metadata.name}-${new Random('management', name).suffix()}`;
  const { metadata, ...pod } = make('v1', 'Pod', podName, namespace, {
    spec: { ...inner, ...(node ? { nodeName: node.metadata.name } : {}) },
    status: {
      phase: 'Running',
      qosClass: 'Burstable',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        (type) => ({
          ...{ type, status: 'True', lastProbeTime: null, lastTransitionTime: ofStart(type) },
        }),
      ),
      ...(node ? hostOf(node) : {}),
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: since,
      containerStatuses: [
        containerStatus({
          name: 'manager',
          image: `${registry}/${image}`,
          pod: podName,
          since: begun,
          now,
          ready: true,
        }),
      ],
    },
  });
  const account = make('v1', 'ServiceAccount', name, namespace, {});
  const suffix = new Random('management', name, 'token').suffix();
  const owned = ownedPod({ ...pod, metadata: { ...metadata, labels } }, owner, set, suffix);
  return [account, ...controllerRoles(make, name), settled(owner, set), set, owned];
}

/** Where a Pod is that is on a Node. */
function hostOf({ status }: KubeObject): object {
  const addresses = status?.['addresses'] as { type: string; address: string }[] | undefined;
  const hostIP = addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return hostIP ? { hostIP, hostIPs: [{ ip: hostIP }] } : {};
}

/**
 * Whoever leads of those that run more than once or may: the name of the lease, its namespace, and its holder; of those
 * that servers run from files also how often it went to another, and when last, in ms after the cluster's first server.
 */
type Leader = readonly [lease: string, namespace: string, holder: string, transitions?: number, after?: number];

/** When the container of a Pod last began, and how often it had to. */
function lifeOf(pod: KubeObject | undefined): { begun?: string; restarts?: number } {
  const statuses = pod?.status?.['containerStatuses'] as
    | { restartCount?: number; state?: { running?: { startedAt?: string } } }[]
    | undefined;
  const begun = statuses?.[0]?.state?.running?.startedAt;
  const acquired = begun && new Date(Date.parse(begun) + 17_000).toISOString().replace('.000Z', 'Z');
  return { begun: acquired, restarts: statuses?.[0]?.restartCount };
}

/** The leases by which one is elected to lead, renewed at `renewed`; `pods`: the controllers' own. */
export function leaderLeases(make: Make, renewed: string, since: string, pods: readonly KubeObject[]): KubeObject[] {
  const podOf = (name: string) => pods.find(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === name);
  const leaders: Leader[] = [
    ...controllers.map(([name]): Leader => [`${name}-leader-election`, namespace, podOf(name)?.metadata.name ?? name]),
    ['kube-controller-manager', 'kube-system', 'global-2', 7, 14_800_417_000],
    ['kube-scheduler', 'kube-system', 'global-1', 4, 16_318_902_000],
  ];
  const led = leaders.map(([name, space, holder, transitions = 0, after = 0]) => {
    const lease = make('coordination.k8s.io/v1', 'Lease', name, space, {});
    // Whoever begins anew waits until the lease of its last life is over.
    const { begun = later(since, after), restarts = transitions } = lifeOf(
      pods.find(({ metadata }) => metadata.name === holder),
    );
    const times = { acquireTime: within(begun, `${name}/begun`), renewTime: within(renewed, name) };
    const holderIdentity = `${holder}_${lease.metadata.uid ?? ''}`;
    return { ...lease, spec: { holderIdentity, leaseDurationSeconds: 15, leaseTransitions: restarts, ...times } };
  });
  const servers = [1, 2, 3].map((at) => {
    const hostname = `global-${at}`;
    const name = serverName(hostname);
    const lease = make('coordination.k8s.io/v1', 'Lease', name, 'kube-system', {});
    const labels = { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': hostname };
    const holderIdentity = `${name}_${lease.metadata.uid ?? ''}`;
    const spec = { holderIdentity, leaseDurationSeconds: 3600, renewTime: within(renewed, name) };
    const joined = make('v1', 'Node', hostname, '', {}).metadata.creationTimestamp ?? since;
    return { ...lease, metadata: { ...lease.metadata, labels, creationTimestamp: later(joined, 4000) }, spec };
  });
  return [...led, ...servers];
}
