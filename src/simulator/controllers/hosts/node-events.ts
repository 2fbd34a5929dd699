/**
 * What kubelets and the node lifecycle controller of a cluster tell of its Nodes, as `kubectl describe node` shows it. After
 * k8s.io/kubernetes/pkg/kubelet and pkg/controller/nodelifecycle: their reasons and words.
 */

import type { NodeAccess } from '../node-access.ts';
import type { Node } from '../shapes/core.ts';

/** The conditions that a kubelet has just found well, in its order. */
const calm = ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'];

/** A kubelet by its Node, and which of its processes it is: it counts what it tells from when it has started. */
export interface Kubelet {
  node: string;
  /** The boot since when it runs. */
  boot: string;
}

/** Tells, as a kubelet, of states of its Node: `NodeReady`. Never throws. */
export async function kubeletTells(nodes: NodeAccess, kubelet: Kubelet, ...states: string[]): Promise<void> {
  for (const state of states) await tell(nodes, kubelet, state, `Node ${kubelet.node} status is now: ${state}`);
}

/** Tells that a kubelet has started; `wasThere`: its Node was there before it was booted. Never throws. */
export async function kubeletStarted(nodes: NodeAccess, kubelet: Kubelet, wasThere = false): Promise<void> {
  await tell(nodes, kubelet, 'Starting', 'Starting kubelet.');
  // It has not asked its container runtime yet.
  await tell(nodes, kubelet, 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem', 'Warning');
  await kubeletTells(nodes, kubelet, ...calm);
  // Its Node is not there at the first try.
  if (!wasThere) await kubeletTells(nodes, kubelet, ...calm);
  await tell(nodes, kubelet, 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
  if (!wasThere) return;
  const { node, boot } = kubelet;
  await tell(nodes, kubelet, 'Rebooted', `Node ${node} has been rebooted, boot id: ${boot}`, 'Warning');
}

/** Tells that a kubelet which was silent posts again. Never throws. */
export const kubeletPosts = (nodes: NodeAccess, kubelet: Kubelet): Promise<void> =>
  kubeletTells(nodes, kubelet, ...calm);

/** Tells that the node lifecycle controller follows a Node, or no longer. Never throws. */
export function registration(nodes: NodeAccess, node: Node, is: 'RegisteredNode' | 'RemovingNode'): Promise<void> {
  const { name } = node.metadata;
  const what = is === 'RegisteredNode' ? `Registered Node ${name} in` : `Removing Node ${name} from`;
  return controllerTells(nodes, node, is, `Node ${name} event: ${what} Controller`);
}

/** Tells that a Node which was Ready has been called lost. Never throws. */
export const controllerLost = (nodes: NodeAccess, node: Node): Promise<void> =>
  controllerTells(nodes, node, 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);

function controllerTells(nodes: NodeAccess, { metadata }: Node, reason: string, message: string): Promise<void> {
  const { name, uid } = metadata;
  const about = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid } };
  const { events } = nodes.as('kube-controller-manager');
  return events.record(about, { type: 'Normal', reason, message, component: 'node-controller' });
}

/** A kubelet knows no uid of its Node: it writes the name in its place, and no version. */
function tell(
  nodes: NodeAccess,
  { node: name, boot }: Kubelet,
  reason: string,
  message: string,
  type: 'Normal' | 'Warning' = 'Normal',
) {
  const about = { apiVersion: '', kind: 'Node', metadata: { name, uid: name } };
  const { events } = nodes.as('kubelet');
  return events.record(about, { type, reason, message, component: 'kubelet', host: name, process: boot });
}
