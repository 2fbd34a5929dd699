/** A plausible fleet at rest, written down whole: no life is replayed to get there. */

import { planRules } from '../controllers/elemental/registration-objects.ts';
import { defaultServerUrl } from '../controllers/index.ts';
import type { ClusterApiVersion } from '../controllers/kinds.ts';
import { setPoolStatus } from '../controllers/provider/pool.ts';
import { Random } from '../controllers/random.ts';
import type { Event, Node, Role } from '../controllers/shapes/core.ts';
import type { MachineInventory, MachineRegistration } from '../controllers/shapes/elemental.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import type { MachineInventoryPool } from '../controllers/shapes/provider.ts';
import { timestamp } from '../controllers/time.ts';
import { machineInventoryPool } from './blueprint.ts';
import { applying, type Dates, datesOf, day, hour, minute, officeTime, second } from './calendar.ts';
import { clusterObjects, type SeededCluster, seedCluster } from './cluster.ts';
import { type Lately, latelyTold } from './events.ts';
import { finishCluster } from './finish.ts';
import { hardwareAt } from './hardware.ts';
import { pooled, registeredHost, type SeededHost } from './host.ts';
import { type ClusterLayout, hostsOfShape, type Layout, planLayout, type Shape } from './layout.ts';
import type { SeededMember } from './member.ts';
import { onboardingAtRest } from './onboarding.ts';
import { imageCatalog, platformRegistry } from './releases.ts';
import { type Noted, Stamp } from './stamp.ts';

export interface SeedOptions {
  /** How many hosts; 42 where left out, and what its shape needs. Six for each cluster at least; 0 is an empty datacenter. */
  hosts?: number;
  seed?: string | number;
  clusters?: number;
  pools?: number;
  /** One cluster of exactly this shape. */
  shape?: Shape;
  /** Unix time in ms at which the world is at rest. */
  now: number;
  namespace?: string;
  /** Which Cluster API has made the world: v1beta1 (1.10) where left out. The objects' shape is v1beta1's always. */
  clusterApi?: ClusterApiVersion;
  /** The platform's address in registration and download URLs. */
  serverUrl?: string;
  /**
   * Whether every Machine comes with its KubeadmConfig and bootstrap Secret, as in reality. Up to 1,000 hosts where left
   * out: nothing reads them once a Machine runs, and they would double the size of a large world.
   */
  bootstrapData?: boolean;
  /** Whether one host has failed its reprovision plan a few minutes ago. */
  trouble?: boolean;
  /** Whether the provider has lost count of one pool. */
  miscount?: boolean;
}

export interface World {
  /** Everything of the management API, owners before what they own, with identities and times. */
  objects: KubeObject[];
  /** The Nodes of each workload cluster. */
  nodes: Map<string, Node[]>;
  layout: Layout;
  /** Events of the last hour, the oldest first. */
  events: Event[];
  /** Who has written what lately. */
  writes: Noted;
  /** The pool that counts one free host too many, where there is one: set the fault before controllers start. */
  miscounted: string | undefined;
}

/** The whole world for a seed: the same options give the same world. Throws RangeError for too few hosts. */
export function seedWorld(options: SeedOptions): World {
  const { now, clusters: wanted, pools: poolCount, shape, namespace = 'cpaas-system' } = options;
  const { serverUrl = defaultServerUrl, hosts: count = shape ? hostsOfShape(shape, poolCount) : 42 } = options;
  const seed = String(options.seed ?? 1);
  const stamp = new Stamp(seed, namespace, options.clusterApi);
  const layout = planLayout({ hosts: count, clusters: wanted, pools: poolCount, shape });
  const hosts = new Map<number, SeededHost>();
  const chart = new Random(seed, 'chart');
  const installed = applying(chart, officeTime(chart, now - chart.integer(66, 75) * day));
  const objects: KubeObject[] = [platformRegistry(), imageCatalog()].map((object) => stamp.born(object, installed()));
  const nodes = new Map<string, Node[]>();
  const registrations: { registration: MachineRegistration; role: Role; hosts: string[] }[] = [];
  const clusters: SeededCluster[] = [];
  const allDates: Dates[] = [];
  const builds: Lately['builds'][number][] = [];

  layout.clusters.forEach((cluster, at) => {
    const dates = datesOf(new Random(seed, 'dates', cluster.name), now);
    allDates.push(dates);
    const onboarding = onboardingAtRest(cluster, dates, at === 0, now, serverUrl, stamp);
    const { registration } = onboarding;
    builds.push(onboarding);
    registrations.push({ registration, role: onboarding.role, hosts: [] });
    objects.push(...onboarding.objects);
    const host = (index: number): SeededHost => {
      const known = hosts.get(index);
      if (known) return known;
      const when = registeredAt(new Random(seed, 'registered', index), dates);
      const made = registeredHost(registration, hardwareAt(seed, index), when, stamp);
      registrations[at]!.hosts.push(made.inventory.metadata.name);
      hosts.set(index, made);
      return made;
    };
    const hostname = (index: number) => hostnameOf(cluster, index) ?? host(index).inventory.metadata.name;
    const last = at === layout.clusters.length - 1;
    const failing = options.trouble && last ? lastInUse(cluster) : undefined;
    clusters.push(seedCluster({ layout: cluster, dates, now, stamp, host, hostname, failing, checked: !last }));
    for (const { pool, hosts: members } of poolsOf(cluster)) {
      // Nobody has had it: no Machine of these clusters has ever gone.
      for (const index of members) if (!isTaken(host(index))) pooled(host(index), pool, stamp, dates.pools + second);
    }
  });
  for (const index of layout.unpooled) {
    const random = new Random(seed, 'registered', index);
    const when = lately(random, now);
    const { registration, hosts: its } = registrations[0]!;
    const made = registeredHost(registration, hardwareAt(seed, index), when, stamp);
    its.push(made.inventory.metadata.name);
    hosts.set(index, made);
  }
  for (const { role, hosts: its } of registrations) role.rules = planRules(its);

  for (const cluster of clusters) finishCluster(cluster, stamp);
  for (const { inventory, secret } of hosts.values()) {
    reportedLately(inventory, now, seed);
    objects.push(inventory, secret);
  }
  clusters.forEach((cluster, at) => {
    const its = layout.clusters[at]!;
    const { objects: all, nodes: own } = clusterObjects(cluster, options.bootstrapData ?? count <= 1000);
    objects.push(...pools(its, hosts, stamp, cluster, allDates[at]!), ...all);
    nodes.set(its.name, own);
  });
  const miscounted = options.miscount ? objects.find(isWorkerPool(layout)) : undefined;
  if (miscounted?.status?.available !== undefined) miscounted.status.available++;
  const events = latelyTold({ clusters, builds, now, stamp });
  return { objects, nodes, layout, events, writes: stamp.writes, miscounted: miscounted?.metadata.name };
}

/** Lets a host have reported its disks every minute since its boot, whose time its report tells. */
function reportedLately({ metadata, status }: MachineInventory, now: number, seed: string): void {
  const observed = status?.observedStorage;
  const since = Date.parse(observed?.observedAt ?? '');
  if (!observed || Number.isNaN(since)) return;
  const last = now - new Random(seed, 'reported', metadata.name).integer(0, minute - 1);
  if (last <= since) return;
  observed.sequence = 1 + Math.floor((last - since) / 60_000);
  observed.observedAt = timestamp(last);
}

/** Finds the worker pool of the second cluster, or of the only one. */
function isWorkerPool({ clusters }: Layout) {
  const name = (clusters[1] ?? clusters[0])?.workers[0]?.pool;
  return (object: KubeObject): object is MachineInventoryPool =>
    object.kind === 'MachineInventoryPool' && object.metadata.name === name;
}

/** The last worker host in use of a cluster. */
function lastInUse({ workers }: ClusterLayout): number | undefined {
  const group = workers[workers.length - 1];
  return group?.hosts[group.replicas - 1];
}

/** Pools that name their hosts; the others leave the Nodes the inventories' names. */
function hostnameOf(cluster: ClusterLayout, index: number): string | undefined {
  const planeAt = cluster.plane.hosts.indexOf(index);
  if (planeAt >= 0) return `${cluster.name}-cp-${planeAt + 1}`;
  for (const group of cluster.workers) {
    const at = group.hosts.indexOf(index);
    if (at >= 0 && cluster.naming === 'uuid')
      return `${group.name.replace(/s$/, '')}-${String(at + 1).padStart(2, '0')}`;
  }
  return undefined;
}

const poolsOf = (cluster: ClusterLayout) => [cluster.plane, ...cluster.workers, ...cluster.reserves];

const isTaken = ({ inventory }: SeededHost): boolean =>
  inventory.metadata.annotations?.['baremetal.alauda.io/owner-baremetalmachine'] !== undefined;

/** When a host registered that nobody has put to use yet: in working hours of the last days, or of this one. */
function lately(random: Random, now: number): number {
  const at = officeTime(random, now - random.integer(0, 3 * day));
  return at < now - 12 * minute ? at : officeTime(random, now - 2 * day);
}

/** When a host of a cluster registered: before its pool was made, in working hours. */
function registeredAt(random: Random, { built, registered }: Dates): number {
  const early = built + random.integer(15 * minute, 3 * hour);
  const late = registered - random.integer(0, hour);
  const some = officeTime(random, random.integer(early, Math.max(early, late)));
  return Math.max(Math.min(some, late), early);
}

function pools(
  cluster: ClusterLayout,
  hosts: ReadonlyMap<number, SeededHost>,
  stamp: Stamp,
  seeded: SeededCluster,
  dates: Dates,
): MachineInventoryPool[] {
  const next = applying(new Random(stamp.seed, 'pools', cluster.name), dates.pools);
  const changes = new Map<string, number>([[cluster.plane.pool, lastOf(seeded.planeMembers)]]);
  for (const { layout, members } of seeded.groups) changes.set(layout.pool, lastOf(members));
  return poolsOf(cluster).map(({ pool: name, hosts: indexes }) => {
    const members = indexes.map((index) => {
      const hostname = hostnameOf(cluster, index);
      return { name: hosts.get(index)!.inventory.metadata.name, ...(hostname ? { hostname } : {}) };
    });
    const born = next();
    const pool = stamp.born(machineInventoryPool(name, cluster.name, members), born);
    setPoolStatus(
      pool,
      indexes.map((index) => hosts.get(index)!.inventory),
      [],
      timestamp(born + 1200),
    );
    // It counts whoever comes and goes.
    stamp.wrote(pool, 'manager/status', Math.max(changes.get(name) ?? 0, born));
    return pool;
  });
}

const lastOf = (members: readonly SeededMember[]) => Math.max(...members.map(({ dates }) => dates.done));
