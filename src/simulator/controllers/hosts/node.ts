/** The Node a simulated kubelet registers in its workload cluster. */

import { copy } from '../json.ts';
import type { NodeIdentity } from '../provider/plans.ts';
import type { Node, NodeAddress, NodeCondition } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import { taintNotReady, untaint } from './node-lifecycle.ts';

/** containerd by Kubernetes minor version, from the OS Support Matrix. */
const containerd: Record<string, string> = {
  '1.31': '1.7.23-4',
  '1.32': '1.7.27-4',
  '1.33': '1.7.29-4',
  '1.34': '2.2.1-5',
  '1.35': '2.2.6-3',
};

/** The label and the taint kubeadm gives Nodes of a control plane. */
const planeRole = 'node-role.kubernetes.io/control-plane';

/** What a server of the simulated racks has, and what of it the kubelet leaves to Pods. */
const capacity = { cpu: '64', memory: '263856232Ki', 'ephemeral-storage': '468386068Ki', pods: '256' };
const allocatable = { ...capacity, cpu: '63500m', memory: '262705256Ki', 'ephemeral-storage': '431664600Ki' };

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

/** A Node that has just joined: not Ready before its network is. */
export function joinedNode(identity: NodeIdentity, inventory: MachineInventory, bootID: string, at: string): Node {
  const { node: name, version, providerID, controlPlane } = identity;
  const minor = version.replace(/^v/, '').split('.').slice(0, 2).join('.');
  const uuid = inventory.metadata.annotations?.['elemental.cattle.io/machine-uuid'] ?? inventory.metadata.uid ?? name;
  const role: Record<string, string> = controlPlane ? { [planeRole]: '' } : {};
  const made: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...role,
      },
    },
    spec: { providerID, ...(controlPlane ? { taints: [{ key: planeRole, effect: 'NoSchedule' }] } : {}) },
    status: {
      capacity,
      allocatable,
      addresses: addressesOf(inventory, name),
      conditions: [
        ...(['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const).map((type) => calm(type, at)),
        {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message: 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady',
          lastHeartbeatTime: at,
          lastTransitionTime: at,
        },
      ],
      nodeInfo: {
        architecture: 'amd64',
        bootID,
        containerRuntimeVersion: `containerd://${containerd[minor] ?? '2.2.1-5'}`,
        kernelVersion: '6.4.0-150600.23.47-default',
        kubeProxyVersion: version,
        kubeletVersion: version,
        machineID: uuid.replaceAll('-', ''),
        operatingSystem: 'linux',
        osImage: 'Alauda OS',
        systemUUID: uuid,
      },
    },
  };
  taintNotReady(made, at);
  return made;
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
    return known && condition.status === 'Unknown' ? calm(known, at) : condition;
  });
  draft.status = { ...draft.status, conditions };
  if (draft.status.nodeInfo && bootID) draft.status.nodeInfo.bootID = bootID;
  untaint(draft);
}
