/**
 * Whether the network plugin can bring a new Pod into the network of Pods: its daemon has to run on the Node, and its
 * controller somewhere. Words: kubelet, containerd, and kube-ovn's cmd/cni, pkg/request and pkg/daemon.
 */

import { digest } from '../digest.ts';
import type { Node } from '../shapes/core.ts';
import type { WorkPod } from './shapes.ts';
import type { Picture } from './turn.ts';

/** How often it is tried again, ms. */
export const sandboxAgain = 15_000;

/** Kube-OVN has given this Node or Pod its address: from then on it is asked for each Pod of the Node. */
const isAllocated = ({ metadata }: Node | WorkPod): boolean =>
  metadata.annotations?.['ovn.kubernetes.io/allocated'] === 'true';

const runs = ({ metadata, status }: WorkPod, app: string): boolean =>
  metadata.labels?.['app'] === app &&
  (status?.containerStatuses ?? []).some(({ state }) => state.running !== undefined);

const isReady = ({ status }: WorkPod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

/** Whether a Pod has a sandbox. */
const hasSandbox = ({ status }: WorkPod): boolean =>
  status?.podIP !== undefined ||
  status?.conditions?.some(({ type, status: is }) => type === 'PodReadyToStartContainers' && is === 'True') === true;

/** What keeps a new Pod out of the network of Pods; undefined where nothing does. */
export function unplugged({ pods, others }: Picture, pod: WorkPod, node: Node): string | undefined {
  if (pod.spec.hostNetwork === true || !isAllocated(node) || hasSandbox(pod)) return undefined;
  const { name, namespace } = pod.metadata;
  const all = [...pods, ...others];
  const here = node.metadata.name;
  if (!all.some((one) => one.spec.nodeName === here && runs(one, 'kube-ovn-cni')))
    return 'Post "http://dummy/api/v1/add": dial unix /run/openvswitch/kube-ovn-daemon.sock: connect: connection refused';
  // One that has its address waits for nobody; and one that has none for a controller that works.
  if (!isAllocated(pod) && !all.some((one) => runs(one, 'kube-ovn-controller') && isReady(one)))
    return `request ip return 500 no address allocated to pod ${namespace}/${name} provider ovn, please see kube-ovn-controller logs to find errors`;
  return undefined;
}

/** What the kubelet tells of it, the `turn`th time. */
export const sandboxFailure = (why: string, { metadata: { uid, name } }: WorkPod, turn: number): string =>
  `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${digest(`${uid ?? name}/sandbox/${turn}`).slice(0, 64)}": plugin type="kube-ovn" failed (add): RPC failed; ${why}`;
