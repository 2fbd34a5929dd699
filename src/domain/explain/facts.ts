/** What explanations are made of: a row with the rows around it, joined when somebody asks. */

import { type Doubts, NO_DOUBTS } from '../doubts.ts';
import { type Learnt, NOTHING_LEARNT } from '../durations/learnt.ts';
import { type Falls, NO_FALLS } from '../falls.ts';
import type {
  ClusterRow,
  Fleet,
  GroupRow,
  HostRow,
  MachineRow,
  PlanRow,
  PoolRow,
  RegistrationRow,
  SeedImageRow,
} from '../fleet/rows.ts';
import type { Freshness } from '../freshness.ts';
import type { Kind } from '../kinds.ts';
import type { AppRelease, EventRecord, HealthCheck, MachineSet } from '../objects.ts';
import { clusterNamed, machinesOf, poolNamed } from './lookup.ts';

/** What no picture of the fleet holds: what was seen of it in the course of time. */
export interface Seen {
  /** How long things take in this fleet. */
  learnt: Learnt;
  /** When nodes fell and came back. */
  falls: Falls;
  /** What may only not have arrived yet. */
  doubts: Doubts;
  /** How fresh what is held of each kind is; absent: it is of now. */
  freshness?: Readonly<Partial<Record<Kind, Freshness>>>;
  /** Procedures of many writes that somebody has begun and that are not over, as far as they are known here. */
  sessions?: readonly Begun[];
  /** Somebody asks about this one: what takes longer than is usual is told then, before it is late enough for a list. */
  closely?: boolean;
}

/** One of them. */
export interface Begun {
  /** `Upgrade prod from v1.33.7-3 to v1.34.5-3`. */
  title: string;
  by: string;
  /** Epoch ms. */
  began: number;
  ask: { guide: string; targets: readonly { kind: Kind; name: string }[] };
}

/** The upgrade of a cluster that is under way, if any is. */
export function upgradeOf({ sessions = [] }: Pick<Seen, 'sessions'>, cluster: string | undefined): Begun | undefined {
  return sessions.find(
    ({ ask: { guide, targets } }) =>
      guide === 'upgrade' && targets.some(({ kind, name }) => kind === 'cluster' && name === cluster),
  );
}

export const NOTHING_SEEN: Seen = { learnt: NOTHING_LEARNT, falls: NO_FALLS, doubts: NO_DOUBTS };

/** What every explanation may know besides the row. */
export interface Around extends Seen {
  fleet: Fleet;
  /** Epoch ms. */
  now: number;
}

/** Without what else the object holds that it is taken from: a row's facts are more than that. */
export const aroundOf = ({ fleet, now, learnt, falls, doubts, freshness, sessions, closely }: Around): Around => ({
  fleet,
  now,
  learnt,
  falls,
  doubts,
  freshness,
  sessions,
  closely,
});

/**
 * The time that what is held of a kind is of, epoch ms: now, while its watch lives; else when it was last verified. What has
 * not been seen to happen since then may have happened.
 */
export function heldAt({ freshness, now }: Pick<Around, 'freshness' | 'now'>, kind: Kind): number {
  const fresh = freshness?.[kind];
  return fresh === undefined || fresh.phase === 'live' ? now : Math.min(now, fresh.verifiedAt ?? fresh.since);
}

export interface HostFacts extends Around {
  row: HostRow;
  plan?: PlanRow;
  machine?: MachineRow;
  pool?: PoolRow;
  cluster?: ClusterRow;
}

export interface MachineFacts extends Around {
  row: MachineRow;
  host?: HostRow;
  plan?: PlanRow;
  group?: GroupRow;
  pool?: PoolRow;
  cluster?: ClusterRow;
}

export interface GroupFacts extends Around {
  row: GroupRow;
  machines: readonly MachineRow[];
  sets: readonly MachineSet[];
  pool?: PoolRow;
  cluster?: ClusterRow;
}

export interface PoolFacts extends Around {
  row: PoolRow;
  cluster?: ClusterRow;
}

export interface ClusterFacts extends Around {
  row: ClusterRow;
  groups: readonly GroupRow[];
}

export interface SeedImageFacts extends Around {
  row: SeedImageRow;
}

export interface AppReleaseFacts extends Around {
  row: AppRelease;
}

export interface RegistrationFacts extends Around {
  row: RegistrationRow;
}

export function hostFacts(around: Around, row: HostRow): HostFacts {
  const { fleet } = around;
  const machine = row.machineUid === undefined ? undefined : fleet.machines.byUid.get(row.machineUid);
  return {
    ...aroundOf(around),
    row,
    plan: row.plan,
    machine,
    pool: (row.poolUid === undefined ? undefined : fleet.pools.byUid.get(row.poolUid)) ?? poolNamed(fleet, row.pool),
    cluster: clusterNamed(fleet, row.cluster),
  };
}

export function machineFacts(around: Around, row: MachineRow): MachineFacts {
  const { fleet } = around;
  const host = row.hostUid === undefined ? undefined : fleet.hosts.byUid.get(row.hostUid);
  return {
    ...aroundOf(around),
    row,
    host,
    plan: host?.plan,
    group: row.groupUid === undefined ? undefined : fleet.groups.byUid.get(row.groupUid),
    pool: poolNamed(fleet, row.pool),
    cluster: clusterNamed(fleet, row.cluster),
  };
}

export function groupFacts(around: Around, row: GroupRow): GroupFacts {
  const { fleet } = around;
  return {
    ...aroundOf(around),
    row,
    machines: machinesOf(fleet, row),
    sets: row.controlPlane ? [] : fleet.machineSets.list.filter(({ deployment }) => deployment === row.name),
    pool: poolNamed(fleet, row.pool),
    cluster: clusterNamed(fleet, row.cluster),
  };
}

export function poolFacts(around: Around, row: PoolRow): PoolFacts {
  return { ...aroundOf(around), row, cluster: clusterNamed(around.fleet, row.cluster) };
}

export function clusterFacts(around: Around, row: ClusterRow): ClusterFacts {
  const groups = row.groups.flatMap((uid) => around.fleet.groups.byUid.get(uid) ?? []);
  return { ...aroundOf(around), row, groups };
}

/** Events about an object, newest first. An Event without a uid is taken by kind and name. */
export function eventsAbout(
  fleet: Fleet,
  { uid, name, apiKind }: { uid: string; name: string; apiKind: string },
): EventRecord[] {
  return fleet.events.list.filter(({ about }) =>
    about?.uid ? about.uid === uid : about?.name === name && about.apiKind === apiKind,
  );
}

/** The health checks of a cluster. */
export function checksOf(fleet: Fleet, cluster: string | undefined): HealthCheck[] {
  return fleet.healthChecks.list.filter(({ clusterName }) => clusterName === cluster);
}
