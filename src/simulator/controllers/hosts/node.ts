/** The Node a simulated kubelet registers in its workload cluster. */

import { copy } from '../json.ts';
import { minorOf } from '../kubernetes-version.ts';
import { annotate } from '../owners.ts';
import type { NodeIdentity } from '../provider/plans.ts';
import type { Node, NodeAddress, NodeCondition } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import { newNode, uninitialized, untaint, welcome } from './node-lifecycle.ts';
import type { Registration } from './registration.ts';
import { machineID, resourcesOf } from './server.ts';

/** containerd by Kubernetes minor version, from the OS Support Matrix. */
const containerd: Readonly<Record<number, string>> = {
  31: '1.7.23-4',
  32: '1.7.27-4',
  33: '1.7.29-4',
  34: '2.2.1-5',
  35: '2.2.6-3',
};

/** The label and the taint kubeadm gives Nodes of a control plane. */
const planeRole = 'node-role.kubernetes.io/control-plane';

/** The addresses of a host: those it showed when it registered. */
export function addressesOf(inventory: MachineInventory, node: string): NodeAddress[] {
  const addresses: NodeAddress[] = [];
  for (const { addresses: list = [] } of inventory.spec?.observedNetwork?.interfaces ?? []) {
    for (const address of list) {
      const bare = address.split('/')[0] ?? '';
      if (bare && !bare.startsWith('fe80') && !bare.startsWith('127.')) {
        addresses.push({ type: 'InternalIP', address: bare });
      }
    }
  }
  return [...addresses.slice(0, 1), { type: 'Hostname', address: node }];
}

/** A Node as its kubelet registers it: not Ready before its network is. */
export function joinedNode(
  { node: name, version, providerID }: NodeIdentity,
  inventory: MachineInventory,
  bootID: string,
  at: string,
  { labels, taints = [] }: Registration = { labels: {} },
): Node {
  const { annotations = {}, uid } = inventory.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        ...labels,
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
      },
    },
    spec: { providerID, taints: [...taints, newNode] },
    status: {
      addresses: addressesOf(inventory, name),
      ...resourcesOf(inventory),
      conditions: [
        ...(['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const).map((type) => calm(type, at)),
        {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message:
            'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
            'message:Network plugin returns error: cni plugin not initialized',
          lastHeartbeatTime: at,
          lastTransitionTime: at,
        },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
      ...runtimeOf(version),
      nodeInfo: {
        architecture: 'amd64',
        bootID,
        containerRuntimeVersion: `containerd://${containerdOf(version) ?? '2.2.1-5'}`,
        kernelVersion: '6.4.0-150600.23.47-default',
        kubeProxyVersion: proxyVersion(version),
        kubeletVersion: version,
        machineID: machineID(inventory),
        operatingSystem: 'linux',
        osImage: osOf(version),
        systemUUID: annotations['elemental.cattle.io/machine-uuid'] ?? uid ?? name,
      },
    },
  };
}

const ABLE = { recursiveReadOnlyMounts: true, userNamespaces: true };
const HANDLERS = [
  { name: '', features: ABLE },
  { name: 'runc', features: ABLE },
];
const FEATURES = { supplementalGroupsPolicy: true };

/** What its runtime can do: containerd says so since 2.0, and nobody else's words are there. */
const runtimeOf = (version: string): object => {
  const tells = Number((containerdOf(version) ?? '2').split('.')[0]) >= 2;
  return tells ? { features: FEATURES, runtimeHandlers: HANDLERS } : {};
};

/** The system that comes with a version's image: it takes the place of the one that the host registered with. */
const osOf = (version: string): string => `Alauda OS 6.${isBefore(version, 33) ? 1 : 2}`;

/** Kubelets told of a version of kube-proxy that they did not know; since 1.33 the field is empty. */
export const proxyVersion = (version: string): string => (isBefore(version, 33) ? version : '');

const containerdOf = (version: string): string | undefined => containerd[minorOf(version) ?? 0];

/** Whatever is no version is taken for a late one. */
const isBefore = (version: string, minor: number): boolean => (minorOf(version) ?? minor) < minor;

/** What kubeadm writes on the Node once its kubelet has registered it; `taints` undefined where nobody wants any. */
export function markNode(draft: Node, { controlPlane, version }: NodeIdentity, { taints }: Registration): void {
  // Since 1.34 it is written into a file of the host.
  if (isBefore(version, 34)) {
    annotate(draft, { 'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///var/run/containerd/containerd.sock' });
  }
  if (!controlPlane) return;
  const roles = { [planeRole]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' };
  draft.metadata.labels = { ...draft.metadata.labels, ...roles };
  if (taints) return;
  const before = draft.spec?.taints ?? [];
  draft.spec = { ...draft.spec, taints: [...before, { key: planeRole, effect: 'NoSchedule' }] };
}

/** A Node that has been there since it joined at `joined` and was Ready at `ready`; only its share of the Pods' network is missing. */
export function runningNode(
  identity: NodeIdentity,
  inventory: MachineInventory,
  bootID: string,
  { joined, ready }: { joined: string; ready?: string },
  registration: Registration = { labels: {} },
): Node {
  const taints = registration.taints?.filter(({ key }) => key !== uninitialized);
  const wanted = { ...registration, taints: taints?.length || identity.controlPlane ? taints : undefined };
  const node = joinedNode(identity, inventory, bootID, joined, wanted);
  welcome(node, undefined, joined);
  markNode(node, identity, wanted);
  if (ready !== undefined) {
    readyNode(node, bootID, ready);
    untaint(node);
  }
  return node;
}

function calm(type: 'MemoryPressure' | 'DiskPressure' | 'PIDPressure', at: string): NodeCondition {
  const short = { MemoryPressure: 'Memory', DiskPressure: 'Disk', PIDPressure: 'PID' }[type];
  const enough = { MemoryPressure: 'memory', DiskPressure: 'disk', PIDPressure: 'PID' }[type];
  return {
    type,
    status: 'False',
    reason: type === 'DiskPressure' ? 'KubeletHasNoDiskPressure' : `KubeletHasSufficient${short}`,
    message: type === 'DiskPressure' ? 'kubelet has no disk pressure' : `kubelet has sufficient ${enough} available`,
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  };
}

/** Writes into `draft` that its kubelet posts and its network is up, since the boot `bootID`, at the time `at`. */
export function readyNode(draft: Node, bootID: string, at: string): void {
  const now = { lastHeartbeatTime: at, lastTransitionTime: at };
  const conditions = copy(draft.status?.conditions ?? []).map((condition): NodeCondition => {
    if (condition.type === 'Ready') {
      if (condition.status === 'True') return condition;
      const message = 'kubelet is posting ready status';
      return { type: 'Ready', status: 'True', reason: 'KubeletReady', message, ...now };
    }
    const known = (['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const).find((type) => type === condition.type);
    if (!known) return condition;
    // A kubelet tells all of them at once.
    return condition.status === 'Unknown' ? calm(known, at) : { ...condition, lastHeartbeatTime: at };
  });
  draft.status = { ...draft.status, conditions };
  if (draft.status.nodeInfo && bootID) draft.status.nodeInfo.bootID = bootID;
}

/** Writes into `draft` that its kubelet is not ready, for it has only begun. */
export function unreadyNode(draft: Node): void {
  const conditions = (draft.status?.conditions ?? []).map(
    (one): NodeCondition => (one.type === 'Ready' ? { ...one, status: 'False' } : one),
  );
  draft.status = { ...draft.status, conditions };
}
