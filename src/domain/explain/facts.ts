/** What explanations are made of: a row with the rows around it, joined when somebody asks. */

import type { Learnt } from '../durations/learnt.ts';
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
import type { EventRecord, HealthCheck, MachineSet } from '../objects.ts';
import { clusterNamed, machinesOf, poolNamed } from './lookup.ts';

interface Around {
  fleet: Fleet;
  /** Epoch ms. */
  now: number;
  /** How long things take in this fleet. */
  learnt: Learnt;
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

export interface RegistrationFacts extends Around {
  row: RegistrationRow;
}

export function hostFacts(fleet: Fleet, row: HostRow, now: number, learnt: Learnt): HostFacts {
  const machine = row.machineUid === undefined ? undefined : fleet.machines.byUid.get(row.machineUid);
  return {
    fleet,
    now,
    learnt,
    row,
    plan: row.plan,
    machine,
    pool: (row.poolUid === undefined ? undefined : fleet.pools.byUid.get(row.poolUid)) ?? poolNamed(fleet, row.pool),
    cluster: clusterNamed(fleet, row.cluster),
  };
}

export function machineFacts(fleet: Fleet, row: MachineRow, now: number, learnt: Learnt): MachineFacts {
  const host = row.hostUid === undefined ? undefined : fleet.hosts.byUid.get(row.hostUid);
  return {
    fleet,
    now,
    learnt,
    row,
    host,
    plan: host?.plan,
    group: row.groupUid === undefined ? undefined : fleet.groups.byUid.get(row.groupUid),
    pool: poolNamed(fleet, row.pool),
    cluster: clusterNamed(fleet, row.cluster),
  };
}

export function groupFacts(fleet: Fleet, row: GroupRow, now: number, learnt: Learnt): GroupFacts {
  return {
    fleet,
    now,
    learnt,
    row,
    machines: machinesOf(fleet, row),
    sets: row.controlPlane ? [] : fleet.machineSets.list.filter(({ deployment }) => deployment === row.name),
    pool: poolNamed(fleet, row.pool),
    cluster: clusterNamed(fleet, row.cluster),
  };
}

export function poolFacts(fleet: Fleet, row: PoolRow, now: number, learnt: Learnt): PoolFacts {
  return { fleet, now, learnt, row, cluster: clusterNamed(fleet, row.cluster) };
}

export function clusterFacts(fleet: Fleet, row: ClusterRow, now: number, learnt: Learnt): ClusterFacts {
  return { fleet, now, learnt, row, groups: row.groups.flatMap((uid) => fleet.groups.byUid.get(uid) ?? []) };
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
