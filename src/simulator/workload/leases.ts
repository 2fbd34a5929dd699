/** The Leases by which kubelets say that they live. */

import type { KubeObject } from '../api/types.ts';
import { digest } from '../controllers/digest.ts';
import { Random } from '../controllers/random.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import { Beginning } from '../world/beginning.ts';
import type { Term } from './elections.ts';
import { renewal } from './lease-times.ts';
import type { Remembered } from './remembered.ts';
import { readyOf } from './summary.ts';

/** Makes an object that a server has given an identity and its birth, RFC 3339. */
export type Make = (
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
  born: string,
  rest: object,
) => KubeObject;

/** A Node is called lost so long after its kubelet has fallen silent, at most, ms. */
const grace = 40_000;

/**
 * The Lease of a Node at Unix time `now` in ms. A kubelet that is silent renews nothing; where nobody knows since when it is, it has been so
 * for the whole time after which a Node is called lost. `silentSince`: Unix time in ms.
 */
export function nodeLease(node: Node, now: number, make: Make, silentSince?: number): KubeObject {
  const { name, uid, creationTimestamp = timestamp(now) } = node.metadata;
  const lost = readyOf(node) === 'Unknown' ? transitionOf(node) : undefined;
  const spoke = silentSince ?? (lost === undefined ? now : Date.parse(lost) - grace);
  const spec = { holderIdentity: name, leaseDurationSeconds: 40 };
  const made = renewed(
    make('coordination.k8s.io/v1', 'Lease', 'kube-node-lease', name, creationTimestamp, { spec }),
    Math.min(spoke, now),
  );
  return {
    ...made,
    metadata: { ...made.metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: uid ?? '' }] },
  };
}

/** A Lease as its holder renewed it last by Unix time `now` in ms; `last`, as Kubernetes writes it, of one that is silent. */
export function renewed(lease: KubeObject, now: number, last?: string): KubeObject {
  const { name, namespace } = lease.metadata;
  const renewTime = last === undefined ? renewal(lease, now).last : within(last, `${namespace}/${name}`);
  return { ...lease, spec: { ...lease.spec, renewTime } };
}

/** When Leases are told, and of what: Unix time in ms. */
export interface LeaseTimes {
  /** Since when there is the cluster, as Kubernetes writes it. */
  born: string;
  now: number;
}

/** The Lease by which a part of a control plane says who leads. One whose Node is gone renews nothing. */
export function leaderLease(name: string, term: Term, { born, now }: LeaseTimes, make: Make) {
  const { node, acquired, running, transitions, gone } = term;
  const { name: host } = node.metadata;
  const acquireTime = `${new Date(acquired).toISOString().slice(0, 23)}${decimals(`${name}/${acquired}`, 3)}Z`;
  const spec = {
    // A process draws its own when it begins.
    holderIdentity: `${host}_${new Random(name, host, String(running)).uuid()}`,
    leaseDurationSeconds: 15,
    leaseTransitions: transitions,
    acquireTime,
  };
  const since = timestamp(new Beginning({ born: Date.parse(born) }).at('leaders'));
  const made = make('coordination.k8s.io/v1', 'Lease', 'kube-system', name, since, { spec });
  const told = renewed(made, now, gone === undefined || gone > now ? undefined : new Date(gone).toISOString());
  // What has just been acquired has not been renewed.
  const isNew = String(told.spec?.['renewTime']) < acquireTime;
  return isNew ? { ...told, spec: { ...told.spec, renewTime: acquireTime } } : told;
}

/** Where the process runs that holds a Lease; undefined where nobody does. */
export const holderHost = (lease: KubeObject | undefined): string | undefined =>
  /^(.+)_[^_]*$/.exec(String(lease?.spec?.['holderIdentity'] ?? ''))?.[1];

/** The Leases of a cluster as they were before, when somebody else led within the last hour. */
export const pastLeases = (remembered: Remembered, born: string | undefined, now: number, make: Make): KubeObject[] =>
  remembered.elections.past(now).map(({ lease, term }) => {
    const since = new Date(term.acquired).toISOString();
    return leaderLease(lease, term, { born: born ?? since, now: term.acquired }, make);
  });

/** By which Leases those parts of a control plane of which one works elect who leads; `nodes`: its own. */
export const leaderLeases = (nodes: readonly Node[], { born, now }: LeaseTimes, remembered: Remembered, make: Make) =>
  ['kube-controller-manager', 'kube-scheduler'].flatMap((name): KubeObject[] => {
    const term = remembered.leader(name, nodes, Date.parse(born), now);
    return term ? [leaderLease(name, term, { born, now }, make)] : [];
  });

/** By which Leases a control plane's parts elect who leads, and its servers are known; `nodes`: its own, the oldest first. */
export function planeLeases(
  nodes: readonly Node[],
  { born, now }: LeaseTimes,
  remembered: Remembered,
  make: Make,
): KubeObject[] {
  const lease = (name: string, since: string, spec: object, labels: Record<string, string>) => {
    const made = make('coordination.k8s.io/v1', 'Lease', 'kube-system', name, since, { spec });
    return { ...made, metadata: { ...made.metadata, labels } };
  };
  if (nodes.length === 0) return [];
  const led = leaderLeases(nodes, { born, now }, remembered, make);
  const servers = remembered.servers(nodes, now).map(({ host, since, node, process, gone }) => {
    const name = serverName(host);
    const silent = node && readyOf(node) === 'Unknown' ? transitionOf(node) : undefined;
    const last = gone === undefined ? silent : timestamp(gone);
    // A process draws its own when it begins.
    const spec = { holderIdentity: `${name}_${new Random(name, process).uuid()}`, leaseDurationSeconds: 3600 };
    const labels = { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': host };
    // The first server is there before any Node.
    const first = since <= born ? timestamp(new Beginning({ born: Date.parse(born) }).at('trust')) : since;
    return renewed(lease(name, first, spec, labels), now, last);
  });
  return [...led, ...servers];
}

/** What the API server of a host is called: half of the digest of its name in base 32. Source: k8s.io/apiserver, pkg/server/config.go. */
export function serverName(host: string): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  // Half a digest has 128 bits, 26 letters 130.
  const bits = (BigInt(`0x${digest(host).slice(0, 32)}`) << 2n).toString(32).padStart(26, '0');
  return `apiserver-${bits.replace(/./g, (digit) => letters[Number.parseInt(digit, 32)]!)}`;
}

/** A time within the second before `last`: each kubelet has its own, and none is still to come. */
export function within(last: string, name: string): string {
  const second = new Date(Date.parse(last) - 1000).toISOString().slice(0, 19);
  return `${second}.${decimals(`${name}/${last}`, 6)}Z`;
}

const transitionOf = ({ status }: Node): string | undefined =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;

/** The decimals of a second: the same for the same text. */
export function decimals(of: string, digits: number): string {
  return String(new Random(of).integer(0, 10 ** digits - 1)).padStart(digits, '0');
}
