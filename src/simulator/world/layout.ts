/** How a number of hosts is divided into clusters, groups and pools. */

import { virtualAddress } from './hardware.ts';
import { releases } from './releases.ts';

export interface GroupLayout {
  name: string;
  pool: string;
  template: string;
  replicas: number;
  /** Running numbers of the pool's hosts; the first `replicas` of them are in use. */
  hosts: number[];
}

export interface ClusterLayout {
  name: string;
  version: string;
  /** What the cluster's hosts are called after. */
  naming: 'rack' | 'uuid';
  vip: string;
  vrid: number;
  plane: GroupLayout;
  workers: GroupLayout[];
  /** Pools nothing draws from yet. */
  reserves: { pool: string; hosts: number[] }[];
}

export interface Layout {
  clusters: ClusterLayout[];
  /** Hosts that have registered and are in no pool. */
  unpooled: number[];
}

export interface LayoutOptions {
  hosts: number;
  /** How many clusters; one for each ten hosts up to three, and more from a thousand hosts on, where left out. */
  clusters?: number;
  /** How many worker pools in all, at least one a cluster; four hosts or more a pool. Chosen by size where left out. */
  pools?: number;
  /** One cluster of exactly this shape, in place of what fits the hosts. */
  shape?: Shape;
}

/** What is wanted of the one cluster of a world. */
export interface Shape {
  /** How many control-plane Machines: odd, three at least. */
  planes: number;
  workers: number;
  /** A version of the image catalog. */
  version: string;
}

const known = ['prod', 'edge-a', 'lab'];
const versions = ['v1.33.7-2', 'v1.32.11-2', 'v1.33.7-3'];
const groupNames = ['workers', 'db', 'gpu', 'ingress', 'batch', 'cache'];
const planes = 3;

/** How many groups a cluster of a shape has: two from six workers on, to be upgraded one after the other. */
const groupsOfShape = ({ workers }: Shape, pools?: number): number => clamp(pools ?? (workers < 6 ? 1 : 2), 1, workers);

/** How many hosts a cluster of a shape needs to have a spare in every pool. */
export function hostsOfShape(shape: Shape, pools?: number): number {
  return shape.planes + shape.workers + groupsOfShape(shape, pools) + 1;
}

const few = (hosts: number): string => (hosts === 1 ? '1 host is too few' : `${hosts} hosts are too few`);

/** One cluster: hosts beyond its Machines are spares, in turn of each workers' pool and the control plane's; three a pool. */
function planShape(hosts: number, shape: Shape, pools?: number): Layout {
  const { planes: wanted, workers: total, version } = shape;
  if (wanted < 3 || wanted % 2 === 0) throw new RangeError(`a control plane has 3, 5 or 7 machines, not ${wanted}`);
  if (total < 1) throw new RangeError('a cluster has one worker at least');
  if (hosts < wanted + total) throw new RangeError(`${few(hosts)} for ${wanted + total} machines`);
  if (!releases.some((release) => release.version === version)) {
    const known = releases.map((release) => release.version).join(', ');
    throw new RangeError(`the simulation has no image of ${version}; there are ${known}`);
  }
  const count = groupsOfShape(shape, pools);
  const name = known[0]!;
  const spares = (at: number) => clamp((hosts - wanted - total + count - at) / (count + 1), 0, 3);
  let next = 0;
  const take = (number: number): number[] => Array.from({ length: number }, () => next++);
  const plane = planeOf(name, wanted, take(wanted + spares(count)));
  let left = total;
  const workers = Array.from({ length: count }, (_, at) => {
    // The first is the largest: six of nine, in two groups.
    const replicas = at === count - 1 ? left : Math.ceil((left * 2) / (count - at + 1));
    left -= replicas;
    return groupOf(name, at, replicas, take(replicas + spares(at)));
  });
  return { clusters: [{ ...placeOf(0, name, version, plane), workers, reserves: [] }], unpooled: take(hosts - next) };
}

/**
 * Divides the hosts; no hosts are an empty datacenter. Throws RangeError where there are fewer than six for each cluster,
 * or than its shape needs.
 */
export function planLayout(options: LayoutOptions): Layout {
  const { hosts, shape } = options;
  if (shape) return planShape(hosts, shape, options.pools);
  if (hosts === 0) return { clusters: [], unpooled: [] };
  const count =
    options.clusters ?? (hosts >= 1000 ? Math.min(24, 3 + Math.floor(hosts / 500)) : clamp(hosts / 10, 1, 3));
  if (!Number.isInteger(count) || count < 1 || hosts < count * 6) {
    throw new RangeError(`${few(hosts)} for ${count === 1 ? 'a cluster, which' : `${count} clusters: each`} needs six`);
  }
  let next = 0;
  const take = (number: number): number[] => Array.from({ length: number }, () => next++);
  const fresh = clamp(hosts / 14, 0, Math.min(40, hosts - count * 6));
  const shared = hosts - fresh - count * (planes + 2);
  const weights = Array.from({ length: count }, (_, at) => (at === 0 ? 2 : 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let given = 0;
  const clusters = weights.map((weight, at): ClusterLayout => {
    const extra = at === count - 1 ? shared - given : Math.floor((shared * weight) / total);
    given += extra;
    return cluster(at, 2 + extra, groupsOf(options, at, count, 2 + extra), take);
  });
  return { clusters, unpooled: take(fresh) };
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, Math.floor(value)));

function groupsOf({ pools }: LayoutOptions, at: number, count: number, hosts: number): number {
  const wanted = pools === undefined ? (at === 0 ? 2 : 1) + Math.floor(hosts / 400) : Math.round(pools / count);
  return clamp(wanted, 1, Math.max(1, Math.floor(hosts / 4)));
}

function cluster(at: number, hosts: number, groups: number, take: (number: number) => number[]): ClusterLayout {
  const name = known[at] ?? `site-${String(at - known.length + 1).padStart(2, '0')}`;
  const spare = hosts >= 12 && at === 0 ? 1 : 0;
  // The laboratory has a second pool to move its workers to and fro.
  const reserve = name === 'lab' && hosts >= 6 ? Math.floor(hosts / 2) : 0;
  const workers: GroupLayout[] = [];
  let left = hosts - spare - reserve;
  for (let group = 0; group < groups; group++) {
    const size = group === groups - 1 ? left : Math.max(2, Math.floor((left * 2) / (groups - group + 1)));
    left -= size;
    const replicas = Math.min(size - 1, Math.max(1, Math.floor(size * 0.84)));
    workers.push(groupOf(name, group, replicas, Array<number>(size)));
  }
  const plane = planeOf(name, planes, take(planes + spare));
  for (const group of workers) group.hosts = take(group.hosts.length);
  return {
    ...placeOf(at, name, versions[at % versions.length]!, plane),
    workers,
    reserves: reserve > 0 ? [{ pool: `${name}-worker-b-pool`, hosts: take(reserve) }] : [],
  };
}

function groupOf(cluster: string, at: number, replicas: number, hosts: number[]): GroupLayout {
  const kind = groupNames[at] ?? `group-${at + 1}`;
  const pool = `${cluster}-${kind === 'workers' ? 'worker' : kind}-pool`;
  return { name: `${cluster}-${kind}`, pool, template: pool.replace(/-pool$/, '-template'), replicas, hosts };
}

function planeOf(cluster: string, replicas: number, hosts: number[]): GroupLayout {
  const name = `${cluster}-control-plane`;
  return { name, pool: `${name}-pool`, template: `${name}-template`, replicas, hosts };
}

/** What tells the clusters of a datacenter apart. */
const placeOf = (at: number, name: string, version: string, plane: GroupLayout) => ({
  name,
  version,
  naming: name === 'edge-a' ? ('uuid' as const) : ('rack' as const),
  vip: virtualAddress(plane.hosts[0] ?? 0, at),
  plane,
  vrid: 50 + at,
});
