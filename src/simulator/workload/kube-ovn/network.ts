/** What Kube-OVN notes on Pods, Nodes and namespaces. Source: kubeovn/kube-ovn, pkg/util/const.go and pkg/controller. */

import type { Webhook } from '../../api/core.ts';
import type { KubeObject } from '../../api/types.ts';
import { isTrue } from '../../controllers/conditions.ts';
import { digest } from '../../controllers/digest.ts';
import { Random } from '../../controllers/random.ts';
import type { Condition } from '../../controllers/shapes/meta.ts';
import type { ClusterSettings } from '../settings.ts';

const own = 'ovn.kubernetes.io';

/** What is looked at of an object, in whatever shape it comes. */
interface Noted {
  kind: string;
  metadata: {
    name: string;
    uid?: string | undefined;
    annotations?: Record<string, string> | undefined;
    labels?: Record<string, string> | undefined;
    creationTimestamp?: string | null | undefined;
  };
  spec?: object | undefined;
  status?: object | undefined;
}

const fieldOf = (part: object | undefined, name: string): unknown =>
  (part as Record<string, unknown> | undefined)?.[name];

/** The networks of a cluster as CIDRs. */
export interface Network {
  pods: string;
  services: string;
  join: string;
}

/** Where a cluster does not say otherwise. */
export const networkOf = ({
  pods = '10.3.0.0/16',
  services = '10.96.0.0/12',
  join = '100.64.0.0/16',
}: Partial<ClusterSettings>): Network => ({ pods, services, join });

/** The first address of a network: its gateway. */
export const gatewayOf = (cidr: string): string => addressAt(cidr, 1);

/** An address of a network by its place in it. */
export function addressAt(cidr: string, at: number): string {
  const first = (cidr.split('/')[0] ?? '').split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [24, 16, 8, 0].map((shift) => Math.floor((first + at) / 2 ** shift) % 256).join('.');
}

/** The address of an interface, as Kube-OVN draws them. */
export const macOf = (of: string): string =>
  `00:00:00:${(digest(of).slice(0, 6).match(/../g) ?? []).join(':').toUpperCase()}`;

const hasAddress = ({ spec, status }: Noted): boolean =>
  fieldOf(spec, 'hostNetwork') !== true && Boolean(fieldOf(status, 'podIP'));
const isNoted = ({ metadata }: Noted): boolean => metadata.annotations?.[`${own}/allocated`] !== undefined;

const noted = <T extends Noted>(
  object: T,
  annotations: Record<string, string>,
  labels?: Record<string, string>,
): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, ...annotations },
    ...(labels ? { labels: { ...object.metadata.labels, ...labels } } : {}),
  },
});

/** A Pod with what is noted on one that has an address of the Pods' network; any other object as it is. */
export function attached<T extends Noted>(object: T, network: Network): T {
  if (object.kind !== 'Pod' || !hasAddress(object) || isNoted(object)) return object;
  return routed(allocated(object, network, String(fieldOf(object.status, 'podIP'))));
}

/** What is noted on an object of Kube-OVN's under a name. */
export const noteOf = ({ metadata }: Pick<Noted, 'metadata'>, name: string): string | undefined =>
  metadata.annotations?.[`${own}/${name}`];

/** A Pod that is given an address, and one of its interface, which is its own where left out. */
export const allocated = <T extends Noted>(
  pod: T,
  { pods }: Network,
  address: string,
  mac = macOf(pod.metadata.uid ?? pod.metadata.name),
): T =>
  noted(pod, {
    [`${own}/allocated`]: 'true',
    [`${own}/cidr`]: pods,
    [`${own}/gateway`]: gatewayOf(pods),
    [`${own}/ip_address`]: address,
    [`${own}/logical_router`]: 'ovn-cluster',
    [`${own}/logical_switch`]: 'ovn-default',
    [`${own}/mac_address`]: mac,
    [`${own}/pod_nic_type`]: 'veth-pair',
  });

/** A Pod that has its address and a Node. */
export const routed = <T extends Noted>(pod: T): T => noted(pod, { [`${own}/routed`]: 'true' });

/**
 * Whether a Pod keeps its address: one that has run to its end gives it back then, and not only when it goes, unless it is a StatefulSet's.
 * What is noted on it stays. Source: kubeovn/kube-ovn, pkg/controller/pod.go, enqueueUpdatePod and isPodStatusPhaseAlive.
 */
export function keepsAddress({ metadata, spec, status }: Pick<KubeObject, 'metadata' | 'spec' | 'status'>): boolean {
  if (metadata.ownerReferences?.some(({ kind }) => kind === 'StatefulSet')) return true;
  const again = spec?.['restartPolicy'] ?? 'Always';
  if (status?.['phase'] === 'Succeeded') return again === 'Always';
  return status?.['phase'] !== 'Failed' || (again !== 'Never' && status['reason'] !== 'Evicted');
}

/** Whether a Node is one that Kube-OVN has taken up. */
export const isJoined = isNoted;

/** The address of a Node that has been taken up, in the network of Nodes. */
export const joinAddress = ({
  metadata,
}: {
  metadata: { annotations?: Record<string, string> | undefined };
}): string | undefined => metadata.annotations?.[`${own}/ip_address`];

/** A Node as it is taken up, with this address; its own daemon has reached the network where it is ready. */
export function takenUp<T extends Noted>(node: T, { join }: Network, address: string): T {
  const { name, uid = '' } = node.metadata;
  const annotations = {
    [`${own}/allocated`]: 'true',
    [`${own}/cidr`]: join,
    [`${own}/gateway`]: gatewayOf(join),
    [`${own}/ip_address`]: address,
    [`${own}/logical_switch`]: 'join',
    [`${own}/mac_address`]: macOf(uid),
    [`${own}/port_name`]: `node-${name}`,
  };
  const joined = noted(node, annotations, { [`${own}/ovs_dp_type`]: 'kernel' });
  const conditions = (fieldOf(node.status, 'conditions') ?? []) as Condition[];
  const at = conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  return at === undefined || !isReady(node) ? joined : reached(joined, at);
}

/** Whether the daemon of a Node has reached the gateway of the network of Nodes. */
export const isReached = ({ status }: Pick<Noted, 'status'>): boolean =>
  ((fieldOf(status, 'conditions') ?? []) as Condition[]).some(({ type }) => type === 'NetworkUnavailable');

/** The chassis of a Node, which is the system-id of its Open vSwitch: as its daemon has noted it, or will. Source: kubeovn/kube-ovn, pkg/daemon. */
export const chassisOf = (node: Pick<Noted, 'metadata'>): string =>
  noteOf(node, 'chassis') ?? new Random('chassis', node.metadata.uid ?? '').uuid();

/** A Node that has been taken up as its daemon tells of it that reaches the network at a time, as Kubernetes writes it. */
export function reached<T extends Noted>(node: T, at: string): T {
  const known = noted(node, { [`${own}/chassis`]: chassisOf(node) });
  if (isReached(node)) return known;
  const conditions = (fieldOf(node.status, 'conditions') ?? []) as Condition[];
  const gateway = noteOf(node, 'gateway') ?? '';
  // The first in the list, as a patch puts it.
  const told = {
    ...{ type: 'NetworkUnavailable', status: 'False', lastHeartbeatTime: at, lastTransitionTime: at },
    ...{ reason: 'JoinSubnetGatewayReachable', message: `ping check to gateway ip ${gateway} succeeded` },
  };
  return { ...known, status: { ...(node.status as object), conditions: [told, ...conditions] } };
}

/**
 * The Nodes that have not been taken up and could be, as they are then: each gets the first address that nobody has. One that was
 * `released` is handed out only when there is no other. Source: kubeovn/kube-ovn, pkg/ipam/subnet.go.
 */
export function newlyJoined<T extends Noted>(
  nodes: readonly T[],
  network: Network,
  released: ReadonlySet<string> = new Set(),
): T[] {
  const taken = new Set(nodes.flatMap((node) => joinAddress(node) ?? []));
  const size = 2 ** (32 - Number(network.join.split('/')[1] ?? 32));
  const first = (isFree: (address: string) => boolean): string | undefined => {
    for (let at = 2; at < size - 1; at++) {
      const address = addressAt(network.join, at);
      if (isFree(address)) return address;
    }
    return undefined;
  };
  const born = ({ metadata }: T) => `${metadata.creationTimestamp}/${metadata.name}`;
  return nodes
    .filter((node) => !isJoined(node))
    .sort((a, b) => (born(a) < born(b) ? -1 : 1))
    .flatMap((node) => {
      const isFree = (address: string) => !taken.has(address);
      const address = first((one) => isFree(one) && !released.has(one)) ?? first(isFree);
      if (address === undefined) return [];
      taken.add(address);
      return [takenUp(node, network, address)];
    });
}

/** Whether a Node is ready. */
export const isReady = ({ status }: Pick<Noted, 'status'>): boolean =>
  isTrue(fieldOf(status, 'conditions') as Condition[] | undefined, 'Ready');

/** A namespace with the subnet that its Pods are in. */
export function bound<T extends Noted>(namespace: T, { pods }: Network): T | undefined {
  if (namespace.metadata.annotations?.[`${own}/logical_switch`] !== undefined) return undefined;
  return noted(namespace, {
    [`${own}/cidr`]: pods,
    [`${own}/exclude_ips`]: gatewayOf(pods),
    [`${own}/logical_switch`]: 'ovn-default',
  });
}

/** Notes it on Pods as their kubelets tell of their addresses; `network` is undefined where there is no Kube-OVN. */
export const attaching = (network: () => Network | undefined): Webhook => ({
  ...{ name: 'sim-kube-ovn', group: '', resources: ['pods/status'], operations: ['UPDATE'] },
  // Its controller notes it by a patch of its own, before the kubelet tells of the address.
  signs: 'kube-ovn-controller',
  mutate: ({ object }) => {
    const known = network();
    const after: KubeObject | undefined = object && known && attached(object, known);
    return after && after !== object ? { object: after } : undefined;
  },
});
