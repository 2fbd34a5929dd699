/** What the logs of Kube-OVN's programs share: the Pods and Nodes that have addresses, and how its programs write. */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { KubeObject } from '../../../api/types.ts';
import { digest } from '../../../controllers/digest.ts';
import { isOfSet } from '../../kube-ovn/kept.ts';
import { keepsAddress } from '../../kube-ovn/network.ts';
import { all, chance, klog, madeAt, type Run, records, removed, timeOf } from '../run.ts';
import { pluggedAt } from './plugged.ts';

const own = 'ovn.kubernetes.io';
/** The program is started by a shell, which is the first process. */
const pid = 7;

/** A Pod with an address of the Pods' network. */
export interface Attached {
  key: string;
  name: string;
  namespace: string;
  uid: string;
  /** When it got its address, and when its controller learnt of its Node: Unix time in ms; NaN where it has none. */
  given: number;
  routed: number;
  /** When its port came, when its sandbox went, and when it was gone itself: Unix time in ms; NaN where it has not come to that. */
  at: number;
  ends: number;
  released: number;
  /** When its end gave its address back before it was gone; NaN where it did not. */
  freed: number;
  /** Whether it left its address to the next Pod of its name. */
  kept: boolean;
  address: string;
  mac: string;
  cidr: string;
  gateway: string;
  subnet: string;
}

/** The Pods that have an address, or had one, of one Node or of all. */
export function attachedPods(run: Run, node?: string): Attached[] {
  const there = all(run, 'pods').map((pod) => ({ pod, gone: Number.NaN }));
  const gone = removed(run, 'pods').map(({ object, at }) => ({ pod: object, gone: at }));
  const servers = serversOf([...there, ...gone]);
  const addresses = new Map(all(run, 'ips').map((ip) => [ip.metadata.name, ip]));
  const hosts = new Map(all(run, 'nodes').map((one) => [one.metadata.name, one]));
  const isKept = keeping([...there, ...gone], addresses);
  return [...there, ...gone].flatMap(({ pod: { metadata, spec, status }, gone: released }) => {
    const note = (name: string) => metadata.annotations?.[`${own}/${name}`] ?? '';
    if (note('allocated') !== 'true' || (node !== undefined && spec?.['nodeName'] !== node)) return [];
    const { namespace = '', name, uid = '' } = metadata;
    const host = String(spec?.['nodeName'] ?? '');
    const began = timeOf(status?.['startTime']) || (host ? timeOf(metadata.creationTimestamp) : Number.NaN);
    const given = givenAt(
      { metadata, kind: 'Pod', apiVersion: 'v1' },
      addresses.get(`${name}.${namespace}`),
      note('mac_address'),
    );
    const at = pluggedAt({ metadata, spec, status }, hosts.get(host), served(began, servers.get(host)), given);
    const ends = endOf(uid, status, released);
    return {
      ...{ key: `${namespace}/${name}`, name, namespace, uid, given, at, released, ends },
      routed: note('routed') === 'true' ? routedAt(uid, given, at, status) : Number.NaN,
      // Its kubelet says that it has ended once its sandbox is down.
      freed: keepsAddress({ metadata, spec, status }) ? Number.NaN : ends + chance(uid, 'freed').integer(20, 120),
      kept: !Number.isNaN(released) && isKept(name, namespace, note('mac_address'), released),
      ...{ address: note('ip_address'), mac: note('mac_address'), cidr: note('cidr') },
      ...{ gateway: note('gateway'), subnet: note('logical_switch') },
    };
  });
}

/** Tells whether the address of a Pod that is gone was kept: it has an IP still, or the next one of its name got the same. */
function keeping(pods: readonly { pod: KubeObject }[], addresses: ReadonlyMap<string, KubeObject>) {
  const [name, mac] = ['ip_address', 'mac_address'].map((key) => `${own}/${key}`) as [string, string];
  const sets = pods.filter(({ pod }) => isOfSet(pod) && pod.metadata.annotations?.[name]);
  return (called: string, space: string, address: string, released: number): boolean => {
    const named = sets.filter(({ pod: { metadata } }) => metadata.name === called && metadata.namespace === space);
    if (named.length === 0) return false;
    const next = named.some(
      ({ pod: { metadata } }) =>
        // A second is told of it, and no more.
        timeOf(metadata.creationTimestamp) + 999 >= released && metadata.annotations?.[mac] === address,
    );
    return next || addresses.get(`${called}.${space}`)?.spec?.['macAddress'] === address;
  };
}

/** When a Pod or Node got its address: as soon as it was made, where its IP does not tell that it had to wait for it. */
function givenAt(one: KubeObject, ip: KubeObject | undefined, mac: string): number {
  const made = madeAt(one);
  const told = ip?.spec?.['macAddress'] === mac ? timeOf(ip.metadata.creationTimestamp) : Number.NaN;
  const drawn = chance(one.metadata.uid ?? one.metadata.name, 'given');
  return told > made ? told + drawn.integer(20, 400) : made + drawn.integer(12, 60);
}

/** When its controller has seen that a Pod was placed: before anybody asked for its port. */
function routedAt(uid: string, given: number, at: number, status: KubeObject['status']): number {
  const placed = records(status?.['conditions']).find(({ type }) => type === 'PodScheduled')?.['lastTransitionTime'];
  const seen = Math.max(given + 100, timeOf(placed) || given) + chance(uid, 'routed').integer(3, 40);
  return at - 25 > given ? Math.min(seen, at - 20) : seen;
}

/** From when and until when a server of the CNI plugin runs on a Node, Unix time in ms; NaN where it has not ended. */
interface Server {
  from: number;
  until: number;
}

/** So long after its container has begun a server of the CNI plugin answers; and so long a Pod waits for one at most, ms. */
const answers = 3000;
const patience = 120_000;

/** The servers of the CNI plugin by their Nodes. */
function serversOf(pods: readonly { pod: KubeObject; gone: number }[]): Map<string, Server[]> {
  const found = new Map<string, Server[]>();
  for (const { pod, gone } of pods) {
    const { metadata, spec, status } = pod;
    if (metadata.labels?.['app'] !== 'kube-ovn-cni') continue;
    const node = String(spec?.['nodeName'] ?? '');
    const [first] = records(status?.['containerStatuses']);
    const state = first?.['state'] as { running?: { startedAt?: string } } | undefined;
    const from = timeOf(state?.running?.startedAt) || timeOf(status?.['startTime']);
    found.set(node, [...(found.get(node) ?? []), { from, until: gone }]);
  }
  return found;
}

/** When a Pod that has begun at a moment is served: at once, or when the next server answers. */
function served(began: number, servers: readonly Server[] = []): number {
  if (servers.some(({ from, until }) => from + answers <= began && !(until <= began))) return began;
  const next = Math.min(...servers.map(({ from }) => from + answers).filter((at) => at > began));
  return next - began < patience ? next : began;
}

/** When the sandbox of a Pod is taken down: soon after it has run to its end, and before it is gone. */
function endOf(uid: string, status: KubeObject['status'], gone: number): number {
  const drawn = chance(uid, 'torn');
  const latest = gone - drawn.integer(130, 640);
  if (!/^(Succeeded|Failed)$/.test(String(status?.['phase'] ?? ''))) return latest;
  const last = records(status?.['containerStatuses']).map(({ state }) =>
    timeOf((state as { terminated?: { finishedAt?: string } } | undefined)?.terminated?.finishedAt),
  );
  const torn = Math.max(...last) + drawn.integer(700, 1900);
  // Of one that was collected with its Node nobody has told how its containers ended.
  if (!Number.isFinite(torn)) return latest;
  return Number.isNaN(gone) ? torn : Math.min(torn, latest);
}

/** A line as its programs write it. */
export const said = (at: number, place: string, message: string, level = 'I'): LogLine =>
  klog(at, place, message, { level, pid });

/** A Node that has an address in the network of Nodes, since it joined, and until it was gone: NaN where it is there. */
export interface Joined {
  node: KubeObject;
  name: string;
  address: string;
  mac: string;
  at: number;
  gone: number;
}

/** The Nodes that have an address, or had one. */
export function joinedNodes(run: Run): Joined[] {
  const there = all(run, 'nodes').map((node) => ({ node, gone: Number.NaN }));
  const left = removed(run, 'nodes').map(({ object, at }) => ({ node: object, gone: at }));
  const addresses = new Map(all(run, 'ips').map((ip) => [ip.metadata.name, ip]));
  return [...there, ...left].flatMap(({ node, gone }) => {
    const { name, annotations = {} } = node.metadata;
    const { [`${own}/ip_address`]: address, [`${own}/mac_address`]: mac = '' } = annotations;
    const at = givenAt(node, addresses.get(`node-${name}`), mac);
    return address ? [{ node, name, address, mac, at, gone }] : [];
  });
}

const day = 86_400_000;
/** When the first minor of its fourth major was there, and so long until the next, and until the next patch of one, ms. */
const first = Date.parse('2025-03-12T00:00:00Z');
const minors = 118 * day;
const patches = 5 * day;

/** When a version was built, as its programs write it: after those before it, at an hour of its own. */
function builtAt(version: string): string {
  const [, minor = 0, patch = 0] = (/^v?\d+\.(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const at = first + minor * minors + patch * patches + chance(version, 'built').integer(3_600_000, patches - day);
  return new Date(at).toISOString().slice(0, 19).replace('T', '_');
}

/** What its programs say of themselves first: one entry of several lines, said at a place in their code. */
export function banner({ version }: Run, at: number, place: string): LogLine[] {
  const rule = '-'.repeat(79);
  const [head, ...rest] = [
    'Kube-OVN:',
    `  Version:       ${version}`,
    `  Build:         ${builtAt(version)}`,
    `  Commit:        git-${digest(version).slice(0, 7)}`,
    '  Go Version:    go1.24.9',
    '  Arch:          amd64',
    rule,
  ];
  return [said(at, place, ''), ...[rule, head!, ...rest].map((text) => ({ at, text }))];
}
