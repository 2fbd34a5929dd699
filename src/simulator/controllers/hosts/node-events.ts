/**
 * What kubelets and the node lifecycle controller of a cluster tell of its Nodes, as `kubectl describe node` shows it. After
 * k8s.io/kubernetes/pkg/kubelet and pkg/controller/nodelifecycle: their reasons and words.
 */

import type { NodeAccess } from '../runtime.ts';
import type { Node } from '../shapes/core.ts';

/** The conditions that a kubelet has just found well, in its order. */
const calm = ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'];

/** Tells, as the kubelet of the Node `name`, of states of it: `NodeReady`. Never throws. */
export async function kubeletTells(nodes: NodeAccess, name: string, ...states: string[]): Promise<void> {
  for (const state of states) await tell(nodes, name, state, `Node ${name} status is now: ${state}`);
}

/** Tells that a kubelet has started. `bootID`: the boot after which a Node that was there before is again. Never throws. */
export async function kubeletStarted(nodes: NodeAccess, name: string, bootID?: string): Promise<void> {
  await tell(nodes, name, 'Starting', 'Starting kubelet.');
  // It has not asked its container runtime yet.
  await tell(nodes, name, 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem', 'Warning');
  await kubeletTells(nodes, name, ...calm);
  // Its Node is not there at the first try.
  if (bootID === undefined) await kubeletTells(nodes, name, ...calm);
  await tell(nodes, name, 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
  if (bootID === undefined) return;
  await tell(nodes, name, 'Rebooted', `Node ${name} has been rebooted, boot id: ${bootID}`, 'Warning');
}

/** Tells that a kubelet which was silent posts again. Never throws. */
export const kubeletPosts = (nodes: NodeAccess, name: string): Promise<void> => kubeletTells(nodes, name, ...calm);

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
  return nodes.events.record(about, { type: 'Normal', reason, message, component: 'node-controller' });
}

/** A kubelet knows no uid of its Node: it writes the name in its place, and no version. */
function tell(nodes: NodeAccess, name: string, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal') {
  const about = { apiVersion: '', kind: 'Node', metadata: { name, uid: name } };
  return nodes.events.record(about, { type, reason, message, component: 'kubelet', host: name });
}
