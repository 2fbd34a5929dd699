/** The management cluster itself: its Nodes, and what runs on them beside what a workload cluster has too. */

import type { KubeObject } from '../../api/types.ts';
import { proxyVersion } from '../../controllers/hosts/node.ts';
import { ableOf, withTold } from '../../controllers/kubernetes/container-status.ts';
import { podAddress } from '../../controllers/kubernetes/pod-address.ts';
import { Random } from '../../controllers/random.ts';
import { timestamp } from '../../controllers/time.ts';
import { containerStatus, runningSince } from '../../workload/containers.ts';
import { addressAt, attached, networkOf, takenUp } from '../../workload/kube-ovn/network.ts';
import { clusterConfiguration } from '../../workload/kubeadm-texts.ts';
import { renewed, serverName, within } from '../../workload/leases.ts';
import { toldImages } from '../../workload/node-images.ts';
import { between, completed, ownedPod, settled } from '../../workload/owned.ts';
import { programsOf, systemRepository } from '../../workload/programs.ts';
import { registry, releaseOf } from '../releases.ts';
import { controllerRoles } from './controller-roles.ts';
import type { Leadership } from './leadership.ts';
import { type Manager, managers } from './managers.ts';
import { nodeAddress } from './scheduler.ts';

const namespace = 'cpaas-system';

/** Where its API server is reached that answers. */
export const managementAddress = nodeAddress(1);

/** The version of Kubernetes it runs. */
export const managementVersion = 'v1.32.11-2';

/** The chart of Kube-OVN that it runs. */
export const managementNetwork = releaseOf(managementVersion).kubeOvn;

const network = { endpoint: `${managementAddress}:6443`, pods: '10.3.0.0/16' };

/** Its networks. */
export const managementNetworks = networkOf(network);

/** What it says of itself. */
export const managementSettings = {
  ...network,
  version: managementVersion,
  configuration: clusterConfiguration('global', {
    ...{ ...network, version: managementVersion, repository: `${registry}/tkestack` },
  }),
};

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
      ...programsOf(managementVersion, managementNetwork, { tokens: [] }).map(({ image }) => image),
      ...managers.flatMap(({ image }, index) => (index % 3 === at - 1 ? [`${registry}/${image}`] : [])),
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
          // The first of them waits for the network.
          condition(
            'Ready',
            'True',
            'KubeletReady',
            'kubelet is posting ready status',
            at === 1 ? 71_000 : 34_000 + at * 1000,
          ),
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
        images: images[at - 1],
        nodeInfo: {
          ...identityOf(name),
          architecture: 'amd64',
          containerRuntimeVersion: 'containerd://1.7.27',
          kernelVersion: '6.4.0-150600.23.65-default',
          kubeletVersion: managementVersion,
          kubeProxyVersion: proxyVersion(managementVersion),
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
    const registered = { ...node, metadata: { ...node.metadata, annotations, labels } };
    return takenUp(registered, managementNetworks, addressAt(managementNetworks.join, at + 1));
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
  const services = managers.flatMap(({ owner, chosen, labels }) => {
    if (!owner) return [];
    const selector = { 'cluster.x-k8s.io/provider': chosen['cluster.x-k8s.io/provider'] };
    const made = make('v1', 'Service', `${owner}-webhook-service`, namespace, {
      spec: { ports: [{ port: 443, protocol: 'TCP', targetPort: 'webhook-server' }], selector },
    });
    return [{ ...made, metadata: { ...made.metadata, labels: withoutRole(labels) } }];
  });
  return [serverService(make), ...services, ...managers.flatMap((one, at) => program(make, one, nodes, now, at))];
}

/** The labels of all that belongs to a provider: its Pods also say what they are. */
const withoutRole = ({ 'control-plane': _role, ...labels }: Record<string, string>): Record<string, string> => labels;

function program(make: Make, manager: Manager, nodes: readonly KubeObject[], now: string, at: number) {
  const { name, chosen, account } = manager;
  const image = `${registry}/${manager.image}`;
  const containers = [{ image, ...manager.container }];
  const inner = { containers, ...manager.pod, serviceAccountName: account };
  const counts = { replicas: 1, readyReplicas: 1, availableReplicas: 1 };
  const whole = completed(
    make('apps/v1', 'Deployment', name, namespace, {
      spec: { replicas: 1, selector: { matchLabels: chosen }, template: { metadata: { labels: chosen }, spec: inner } },
      status: counts,
    }),
  );
  const owner = { ...whole, metadata: { ...whole.metadata, labels: manager.labels } };
  const set = between(owner, (apiVersion, kind, space, called, _born, rest) =>
    make(apiVersion, kind, called, space, rest),
  );
  const since = owner.metadata.creationTimestamp ?? now;
  // Its image was pulled, its program began, and was asked whether it is ready.
  const begun = later(since, 5000 + at * 900);
  const node = nodes[at % Math.max(nodes.length, 1)];
  const podIP = podAddress(network.pods, name);
  const podName = `${set.metadata.name}-${new Random('management', name).suffix()}`;
  const container = containerStatus({
    ...{ name: manager.container.name, image, pod: podName, since: begun, now, ready: true },
  });
  // It was ready for the last time a little after it began for the last time.
  const ready = later(runningSince(container) ?? begun, 11_000);
  const ofStart = (type: string) =>
    /Ready$/.test(type) ? ready : type === 'PodReadyToStartContainers' ? begun : since;
  const { metadata, ...pod } = make('v1', 'Pod', podName, namespace, {
    spec: { ...inner, ...(node ? { nodeName: node.metadata.name } : {}) },
    status: {
      phase: 'Running',
      qosClass: 'BestEffort',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        (type) => ({
          ...{ type, status: 'True', lastProbeTime: null, lastTransitionTime: ofStart(type) },
        }),
      ),
      ...(node ? hostOf(node) : {}),
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: since,
      containerStatuses: [container],
    },
  });
  const suffix = new Random('management', name, 'token').suffix();
  const owned = ownedPod({ ...pod, metadata: { ...metadata, labels: chosen } }, owner, set, suffix);
  return [
    make('v1', 'ServiceAccount', account, namespace, {}),
    ...controllerRoles(make, name, account),
    ...[
      settled(owner, set, [owned], Date.parse(begun) + 11_000),
      set,
      withTold(attached(owned, managementNetworks), ableOf(node)),
    ],
  ];
}

/** Where a Pod is that is on a Node. */
function hostOf({ status }: KubeObject): object {
  const addresses = status?.['addresses'] as { type: string; address: string }[] | undefined;
  const hostIP = addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return hostIP ? { hostIP, hostIPs: [{ ip: hostIP }] } : {};
}

/** The leases of the platform's own programs and of API servers, as they are at `now`, Unix time in ms; `leadership`: of those programs. */
export function platformLeases(make: Make, now: number, since: string, leadership: Leadership): KubeObject[] {
  const elected = (name: string, space: string, holderIdentity: string, leaseTransitions: number, times: object) => ({
    ...make('coordination.k8s.io/v1', 'Lease', name, space, {}),
    spec: { holderIdentity, leaseDurationSeconds: 15, leaseTransitions, ...times },
  });
  const platform = managers.flatMap((manager) => {
    const leader = leadership.leaderOf(manager);
    // Until the lease of the last one is over the next has not taken it.
    if (!leader || leader.acquired > now) return [];
    const { identity, acquired, transitions, silent } = leader;
    const acquireTime = within(timestamp(acquired), `${identity}/begun`);
    const last = silent === undefined ? undefined : timestamp(Math.max(silent, acquired));
    return renewed(elected(manager.lease, namespace, identity, transitions, { acquireTime }), now, last);
  });
  const servers = [1, 2, 3].map((at) => {
    const hostname = `global-${at}`;
    const name = serverName(hostname);
    const lease = make('coordination.k8s.io/v1', 'Lease', name, 'kube-system', {});
    const labels = { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': hostname };
    const holderIdentity = `${name}_${lease.metadata.uid ?? ''}`;
    const spec = { holderIdentity, leaseDurationSeconds: 3600 };
    const joined = make('v1', 'Node', hostname, '', {}).metadata.creationTimestamp ?? since;
    const metadata = { ...lease.metadata, labels, creationTimestamp: later(joined, 4000) };
    return renewed({ ...lease, metadata, spec }, now);
  });
  return [...platform, ...servers];
}
