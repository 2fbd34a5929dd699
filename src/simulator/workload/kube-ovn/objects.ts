/** What Kube-OVN's controller keeps: its subnets and router, and an IP for each Pod and Node. Source: kubeovn/kube-ovn, pkg/controller. */

import type { Api } from '../../api/api.ts';
import type { KubeObject } from '../../api/types.ts';
import { digest } from '../../controllers/digest.ts';
import type { Condition } from '../../controllers/shapes/meta.ts';
import { isOfSet, keptIps } from './kept.ts';
import { addressAt, gatewayOf, isJoined, joinAddress, keepsAddress, macOf, type Network, noteOf } from './network.ts';

const apiVersion = 'kubeovn.io/v1';
const own = 'ovn.kubernetes.io';
const finalizers = ['kubeovn.io/kube-ovn-controller'];

/** An object with an identity that it has each time it is made. */
export type Make = (kind: string, name: string, born: string, rest: object) => KubeObject;

const sizeOf = (cidr: string): number => 2 ** (32 - Number(cidr.split('/')[1] ?? 32));
const lastOf = (cidr: string): string => addressAt(cidr, sizeOf(cidr) - 2);
const after = (address: string): string => addressAt(`${address}/32`, 1);
const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Addresses as ranges: `10.3.0.2-10.3.0.4,10.3.0.9`. */
function ranges(addresses: readonly string[]): string {
  const sorted = [...addresses].sort((a, b) => numberOf(a) - numberOf(b));
  const found: [string, string][] = [];
  for (const address of sorted) {
    const last = found.at(-1);
    if (last && after(last[1]) === address) last[1] = address;
    else found.push([address, address]);
  }
  return found.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(',');
}

/** What is left between the addresses that are taken. */
function gaps(cidr: string, taken: readonly string[]): string {
  const found: string[] = [];
  let from = numberOf(addressAt(cidr, 2));
  const text = (at: number) => addressAt('0.0.0.0/0', at);
  const add = (to: number) => {
    if (to >= from) found.push(from === to ? text(from) : `${text(from)}-${text(to)}`);
  };
  for (const at of taken.map(numberOf).sort((a, b) => a - b)) {
    add(at - 1);
    from = Math.max(from, at + 1);
  }
  add(numberOf(lastOf(cidr)));
  return found.join(',');
}

interface Used {
  kind: 'Pod' | 'Node';
  object: KubeObject;
  address: string;
}

/** Who has an address of which subnet. */
function usersOf(api: Api): Used[] {
  const pods = api.all({ apiVersion: 'v1', kind: 'Pod' }).flatMap((object): Used[] => {
    const address = object.metadata.annotations?.[`${own}/ip_address`];
    return address && keepsAddress(object) ? [{ kind: 'Pod', object, address }] : [];
  });
  const nodes = api.all({ apiVersion: 'v1', kind: 'Node' }).flatMap((object): Used[] => {
    const address = isJoined(object) ? joinAddress(object) : undefined;
    return address ? [{ kind: 'Node', object, address }] : [];
  });
  return [...pods, ...nodes];
}

/** What is filled in of a subnet. */
const defaultsOf = (cidr: string) => ({
  ...{ cidrBlock: cidr, excludeIps: [gatewayOf(cidr)], gateway: gatewayOf(cidr), gatewayType: 'distributed' },
  ...{ natOutgoing: false, private: false, protocol: 'IPv4', provider: 'ovn', vpc: 'ovn-cluster' },
});

/** What is said of a subnet of which these addresses are taken, good since `born`. */
function statusOf(cidr: string, taken: readonly string[], born: string) {
  const condition = (type: string, status: string, reason: string) => ({
    ...{ lastTransitionTime: born, lastUpdateTime: born, reason, status, type },
  });
  return {
    ...{ activateGateway: '', dhcpV4OptionsUUID: '', dhcpV6OptionsUUID: '', natOutgoingPolicyRules: [] },
    ...{ u2oInterconnectionIP: '', u2oInterconnectionMAC: '', u2oInterconnectionVPC: '' },
    ...{ v4usingIPs: taken.length, v4usingIPrange: ranges(taken) },
    v4availableIPs: sizeOf(cidr) - 3 - taken.length,
    v4availableIPrange: gaps(cidr, taken),
    ...{ v6availableIPs: 0, v6availableIPrange: '', v6usingIPs: 0, v6usingIPrange: '' },
    conditions: [
      condition('Validated', 'True', 'ResetLogicalSwitchAclSuccess'),
      condition('Ready', 'True', 'ResetLogicalSwitchAclSuccess'),
      condition('Error', 'Unknown', 'Init'),
    ],
  };
}

const IPV4 = /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;

/** The subnets that somebody has made, as Kube-OVN takes them up: nothing is in them. Those that it has taken up stay as they are. */
export function takenSubnets(api: Api): KubeObject[] {
  return api.all({ apiVersion, kind: 'Subnet' }).flatMap((subnet) => {
    const { spec = {}, metadata } = subnet;
    const cidr = String(spec['cidrBlock'] ?? '');
    if (subnet.status !== undefined || metadata.deletionTimestamp || !IPV4.test(cidr)) return [];
    const status = statusOf(cidr, [], metadata.creationTimestamp ?? '');
    return [{ ...subnet, spec: { ...defaultsOf(cidr), ...spec }, status }];
  });
}

/** The subnets and the router between them; `born`: since when there is the cluster. */
export function toldSubnets(api: Api, network: Network, born: string, make: Make): KubeObject[] {
  const users = usersOf(api);
  const kept = keptIps(api).map(({ spec }) => String(spec?.['ipAddress']));
  const subnet = (name: string, cidr: string, of: Used['kind'], more: object) => {
    const used = users.flatMap(({ kind, address }) => (kind === of ? address : []));
    const taken = of === 'Pod' ? [...used, ...kept] : used;
    const made = make('Subnet', name, born, {
      spec: { ...defaultsOf(cidr), enableLb: true, enableMulticastSnoop: false, gatewayNode: '', ...more },
      status: statusOf(cidr, taken, born),
    });
    return { ...made, metadata: { ...made.metadata, finalizers, generation: 2 } };
  };
  const loadBalancer = (of: string) => ({
    [`${of}LoadBalancer`]: `cluster-${of}-loadbalancer`,
    [`${of}SessionLoadBalancer`]: `cluster-${of}-session-loadbalancer`,
  });
  const own = new Set(['ovn-default', 'join']);
  const made = api
    .all({ apiVersion, kind: 'Subnet' })
    .filter(({ spec, metadata }) => (spec?.['vpc'] ?? 'ovn-cluster') === 'ovn-cluster' && !own.has(metadata.name))
    .map(({ metadata }) => metadata.name);
  const router = make('Vpc', 'ovn-cluster', born, {
    spec: {},
    status: {
      ...{ default: true, defaultLogicalSwitch: 'ovn-default', enableBfd: false, enableExternal: false },
      ...{ extraExternalSubnets: [], router: 'ovn-cluster', standby: true, subnets: ['ovn-default', 'join', ...made] },
      ...{ ...loadBalancer('tcp'), ...loadBalancer('udp'), ...loadBalancer('sctp'), vpcPeerings: [] },
    },
  });
  return [
    subnet('ovn-default', network.pods, 'Pod', { default: true, natOutgoing: true }),
    subnet('join', network.join, 'Node', {}),
    { ...router, metadata: { ...router.metadata, generation: 1 } },
  ];
}

/** Who has a sandbox so soon after it was made, ms, has not waited for its address. */
const shortly = 3000;

/** When a Pod or Node got its address that is heard of now, as Kubernetes writes it: as it was made, or no later than its sandbox. */
function givenBy({ metadata, status }: KubeObject, now: string): string {
  const made = metadata.creationTimestamp ?? '';
  const conditions = status?.['conditions'] as Condition[] | undefined;
  const sandbox = conditions?.find((one) => one.type === 'PodReadyToStartContainers' && one.status === 'True');
  const latest = sandbox && sandbox.lastTransitionTime < now ? sandbox.lastTransitionTime : now;
  return Date.parse(latest) - Date.parse(made) > shortly ? latest : made;
}

/**
 * An IP for each Pod with an address of its own, and for each Node; `since`: when the network was there, as Kubernetes writes it. One that
 * is there stays as old as it is; `now`, as Kubernetes writes it: when the others came, where somebody follows them; as they got their
 * addresses where that is left out.
 */
export function toldIps(api: Api, since: string, make: Make, now?: string): KubeObject[] {
  const used = usersOf(api).map(({ kind, object, address }) => {
    const { name, namespace = '', uid = '' } = object.metadata;
    const pod = kind === 'Pod';
    const called = pod ? `${name}.${namespace}` : `node-${name}`;
    const mac = noteOf(object, 'mac_address') ?? macOf(uid);
    const known = api.find({ apiVersion, kind: 'IP', metadata: { name: called } });
    const isSame = known?.spec?.['macAddress'] === mac && known.spec['ipAddress'] === address;
    const came = now === undefined ? (object.metadata.creationTimestamp ?? '') : givenBy(object, now);
    const born = (isSame ? known.metadata.creationTimestamp : undefined) ?? came;
    return ipOf(make, called, born > since ? born : since, {
      ...{ address, mac, namespace, node: pod ? String(object.spec?.['nodeName'] ?? '') : name },
      ...{ of: pod ? name : `node-${name}`, subnet: pod ? 'ovn-default' : 'join' },
      type: isOfSet(object) ? 'StatefulSet' : '',
    });
  });
  return [
    ...used,
    ...keptIps(api).map(({ metadata, spec = {} }) => {
      const of = (key: string) => String(spec[key] ?? '');
      return ipOf(make, metadata.name, metadata.creationTimestamp ?? '', {
        ...{ address: of('ipAddress'), mac: of('macAddress'), namespace: of('namespace'), node: of('nodeName') },
        ...{ of: of('podName'), subnet: of('subnet'), type: of('podType') },
      });
    }),
  ];
}

/** What an IP says. */
interface Owned {
  address: string;
  mac: string;
  namespace: string;
  node: string;
  /** Whose it is. */
  of: string;
  subnet: string;
  type: string;
}

function ipOf(make: Make, name: string, born: string, ip: Owned): KubeObject {
  const { address, mac, namespace, node, of, subnet, type } = ip;
  const made = make('IP', name, born, {
    spec: {
      ...{ attachIps: [], attachMacs: [], attachSubnets: [], containerID: '', ipAddress: address },
      ...{ macAddress: mac, namespace, nodeName: node, podName: of },
      ...{ podType: type, subnet, v4IpAddress: address, v6IpAddress: '' },
    },
  });
  const labels = {
    [subnet]: '',
    [`${own}/ip_reserved`]: 'false',
    [`${own}/node-name`]: node,
    [`${own}/subnet`]: subnet,
  };
  return { ...made, metadata: { ...made.metadata, labels, generation: 1 } };
}

/** The identity of what Kube-OVN keeps. */
export const ovnUid = (of: string): string => {
  const bits = digest(of);
  return `${bits.slice(0, 8)}-${bits.slice(8, 12)}-4${bits.slice(13, 16)}-9${bits.slice(17, 20)}-${bits.slice(20, 32)}`;
};

/** Makes them. */
export const makeOvn: Make = (kind, name, creationTimestamp, rest) => ({
  ...{ apiVersion, kind },
  metadata: { name, uid: ovnUid(`${kind}/${name}/${creationTimestamp}`), creationTimestamp },
  ...rest,
});
