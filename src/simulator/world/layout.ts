/** How a number of hosts is divided into clusters, groups and pools. */

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
}

const known = ['prod', 'edge-a', 'lab'];
const versions = ['v1.33.7-2', 'v1.32.11-2', 'v1.33.7-3'];
const groupNames = ['workers', 'db', 'gpu', 'ingress', 'batch', 'cache'];
const planes = 3;

/** Divides the hosts. Throws RangeError where there are fewer than six for each cluster. */
export function planLayout(options: LayoutOptions): Layout {
  const { hosts } = options;
  const count =
    options.clusters ?? (hosts >= 1000 ? Math.min(24, 3 + Math.floor(hosts / 500)) : clamp(hosts / 10, 1, 3));
  if (!Number.isInteger(count) || count < 1 || hosts < count * 6) {
    throw new RangeError(`${hosts} hosts are too few for ${count} clusters: each needs six`);
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
    const kind = groupNames[group] ?? `group-${group + 1}`;
    const pool = `${name}-${kind === 'workers' ? 'worker' : kind}-pool`;
    const replicas = Math.min(size - 1, Math.max(1, Math.floor(size * 0.84)));
    workers.push({
      name: `${name}-${kind}`,
      pool,
      template: pool.replace(/-pool$/, '-template'),
      replicas,
      hosts: [],
    });
    workers[group]!.hosts.length = size;
  }
  const plane: GroupLayout = {
    name: `${name}-control-plane`,
    pool: `${name}-control-plane-pool`,
    template: `${name}-control-plane-template`,
    replicas: planes,
    hosts: take(planes + spare),
  };
  for (const group of workers) group.hosts = take(group.hosts.length);
  return {
    name,
    version: versions[at % versions.length]!,
    naming: name === 'edge-a' ? 'uuid' : 'rack',
    vip: `10.1.${10 + at}.10`,
    vrid: 50 + at,
    plane,
    workers,
    reserves: reserve > 0 ? [{ pool: `${name}-worker-b-pool`, hosts: take(reserve) }] : [],
  };
}
