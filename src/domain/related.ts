/** From one object to those it has to do with, for jumping. */
import { refOf } from './fleet/attention.ts';
import type { Fleet, GroupRow, MachineRow, ObjectRef } from './fleet/rows.ts';
import { byName, lowerBound } from './fleet/sorted.ts';
import { type Kind, kindOfApi } from './kinds.ts';

/** An object to jump to, and what it is to the one in front. */
export interface Related {
  label: string;
  ref: ObjectRef;
}

interface Named {
  uid: string;
  name: string;
}

/** The first element of a name in a list sorted by name. */
function named<T extends Named>(list: readonly T[], name: string | undefined): T | undefined {
  if (name === undefined) return undefined;
  const found = list[lowerBound<Named>(list, { name, uid: '' }, byName)];
  return found?.name === name ? found : undefined;
}

function refTo(kind: Kind, object: Named | undefined): ObjectRef | undefined {
  return object && { kind, uid: object.uid, name: object.name };
}

function groupNamed(fleet: Fleet, kind: 'deployment' | 'controlPlane', name: string): GroupRow | undefined {
  const { list } = fleet.groups;
  for (let at = lowerBound<Named>(list, { name, uid: '' }, byName); list[at]?.name === name; at += 1) {
    if (list[at]?.object.kind === kind) return list[at];
  }
  return undefined;
}

/** The row of a Machine or of a BaremetalMachine, by either's uid. */
function machineRow(fleet: Fleet, { uid, name }: Named): MachineRow | undefined {
  const direct = fleet.machines.byUid.get(uid);
  if (direct) return direct;
  // They share their name by convention; only where they do not is the list gone through.
  const near = named(fleet.machines.list, name);
  if (near?.baremetal?.uid === uid) return near;
  return fleet.machines.list.find(({ baremetal }) => baremetal?.uid === uid);
}

function baremetalNamed(fleet: Fleet, name: string): ObjectRef | undefined {
  const near = named(fleet.machines.list, name);
  const row =
    near?.baremetal?.name === name ? near : fleet.machines.list.find(({ baremetal }) => baremetal?.name === name);
  return refTo('baremetalMachine', row?.baremetal);
}

/** Finds an object by kind and name; `undefined` where no such one is held. */
export function resolveRef(fleet: Fleet, kind: Kind, name: string): ObjectRef | undefined {
  switch (kind) {
    case 'host':
      return refTo(kind, named(fleet.hosts.list, name));
    case 'plan':
      return refTo(kind, named(fleet.plans.list, name));
    case 'pool':
      return refTo(kind, named(fleet.pools.list, name));
    case 'baremetalMachine':
      return baremetalNamed(fleet, name);
    case 'machine': {
      const near = named(fleet.machines.list, name);
      return refTo(kind, near?.machine ?? fleet.machines.list.find(({ machine }) => machine?.name === name)?.machine);
    }
    case 'deployment':
    case 'controlPlane':
      return refTo(kind, groupNamed(fleet, kind, name));
    case 'machineSet':
      return refTo(kind, named(fleet.machineSets.list, name));
    case 'cluster':
      return refTo(kind, named(fleet.clusters.list, name));
    case 'baremetalCluster':
      return refTo(kind, named(fleet.baremetalClusters.list, name));
    case 'baremetalMachineTemplate':
      return refTo(kind, named(fleet.machineTemplates.list, name));
    case 'bootstrapTemplate':
      return refTo(kind, named(fleet.bootstrapTemplates.list, name));
    case 'healthCheck':
      return refTo(kind, named(fleet.healthChecks.list, name));
    case 'registration':
      return refTo(kind, named(fleet.registrations.list, name));
    case 'seedImage':
      return refTo(kind, named(fleet.seedImages.list, name));
    case 'catalog':
      return fleet.catalog?.name === name ? refTo(kind, fleet.catalog) : undefined;
    case 'appRelease':
      return refTo(kind, named(fleet.appReleases.list, name));
    case 'event':
      return refTo(
        kind,
        fleet.events.list.find((event) => event.name === name),
      );
  }
}

type Found = readonly [label: string, ref: ObjectRef | undefined];

/** Objects of a sort that point here. */
function each<T>(
  label: string,
  rows: readonly T[],
  wanted: (row: T) => boolean,
  ref: (row: T) => ObjectRef | undefined,
): Found[] {
  return rows.filter(wanted).map((row): Found => [label, ref(row)]);
}

const byNameIn = (fleet: Fleet, kind: Kind, name: string | undefined) =>
  name === undefined ? undefined : resolveRef(fleet, kind, name);

function groupRef(fleet: Fleet, uid: string | undefined): ObjectRef | undefined {
  const row = uid === undefined ? undefined : fleet.groups.byUid.get(uid);
  return row && refOf(row);
}

function ofHost(fleet: Fleet, uid: string): Found[] {
  const row = fleet.hosts.byUid.get(uid);
  if (!row) return [];
  const machine = row.machineUid === undefined ? undefined : fleet.machines.byUid.get(row.machineUid);
  return [
    ['plan', refTo('plan', row.plan)],
    [
      'pool',
      row.poolUid === undefined ? byNameIn(fleet, 'pool', row.pool) : refTo('pool', fleet.pools.byUid.get(row.poolUid)),
    ],
    ['machine', machine && refOf(machine)],
    ['baremetal machine', refTo('baremetalMachine', machine?.baremetal)],
    ['group', groupRef(fleet, machine?.groupUid)],
    ['cluster', byNameIn(fleet, 'cluster', row.cluster)],
  ];
}

function ofPlan(fleet: Fleet, uid: string): Found[] {
  const row = fleet.plans.byUid.get(uid);
  const host = row?.hostUid === undefined ? undefined : fleet.hosts.byUid.get(row.hostUid);
  const machine = host?.machineUid === undefined ? undefined : fleet.machines.byUid.get(host.machineUid);
  return [
    ['host', host && refOf(host)],
    ['machine', machine && refOf(machine)],
  ];
}

function ofMachine(fleet: Fleet, ref: ObjectRef): Found[] {
  const row = machineRow(fleet, ref);
  if (!row) return [];
  const host = row.hostUid === undefined ? undefined : fleet.hosts.byUid.get(row.hostUid);
  return [
    ['host', host && refOf(host)],
    ['plan', refTo('plan', host?.plan)],
    ['machine', refTo('machine', row.machine)],
    ['baremetal machine', refTo('baremetalMachine', row.baremetal)],
    ['group', groupRef(fleet, row.groupUid)],
    ['machine set', byNameIn(fleet, 'machineSet', row.machine?.machineSet)],
    ['pool', byNameIn(fleet, 'pool', row.pool)],
    ['template', byNameIn(fleet, 'baremetalMachineTemplate', row.baremetal?.clonedFrom)],
    ['cluster', byNameIn(fleet, 'cluster', row.cluster)],
  ];
}

function ofGroup(fleet: Fleet, uid: string): Found[] {
  const row = fleet.groups.byUid.get(uid);
  if (!row) return [];
  return [
    ['cluster', byNameIn(fleet, 'cluster', row.cluster)],
    ['template', byNameIn(fleet, 'baremetalMachineTemplate', row.infraTemplate)],
    ['pool', byNameIn(fleet, 'pool', row.pool)],
    ['bootstrap template', byNameIn(fleet, 'bootstrapTemplate', row.bootstrapTemplate)],
    ...each(
      'machine set',
      row.controlPlane ? [] : fleet.machineSets.list,
      (set) => set.deployment === row.name,
      (set) => refTo('machineSet', set),
    ),
    ...row.machines.map((machineUid): Found => {
      const machine = fleet.machines.byUid.get(machineUid);
      return ['machine', machine && refOf(machine)];
    }),
  ];
}

function ofPool(fleet: Fleet, uid: string): Found[] {
  const row = fleet.pools.byUid.get(uid);
  if (!row) return [];
  return [
    ['cluster', byNameIn(fleet, 'cluster', row.cluster)],
    ...each(
      'template',
      fleet.machineTemplates.list,
      ({ pool }) => pool === row.name,
      (template) => refTo('baremetalMachineTemplate', template),
    ),
    ...each('group', fleet.groups.list, ({ pool }) => pool === row.name, refOf),
    ...row.members.map(({ host }): Found => ['host', host && refOf(host)]),
  ];
}

function ofCluster(fleet: Fleet, uid: string): Found[] {
  const row = fleet.clusters.byUid.get(uid);
  if (!row) return [];
  return [
    ['baremetal cluster', refTo('baremetalCluster', row.infrastructure)],
    ...row.groups.map((groupUid): Found => ['group', groupRef(fleet, groupUid)]),
    ...each('pool', fleet.pools.list, ({ cluster }) => cluster === row.name, refOf),
    ...each(
      'health check',
      fleet.healthChecks.list,
      ({ clusterName }) => clusterName === row.name,
      (check) => refTo('healthCheck', check),
    ),
  ];
}

function ofMachineSet(fleet: Fleet, uid: string): Found[] {
  const set = fleet.machineSets.byUid.get(uid);
  if (!set) return [];
  return [
    ['group', byNameIn(fleet, 'deployment', set.deployment)],
    ['template', byNameIn(fleet, 'baremetalMachineTemplate', set.infraTemplate?.name)],
    ['bootstrap template', byNameIn(fleet, 'bootstrapTemplate', set.bootstrapTemplate?.name)],
    ...each('machine', fleet.machines.list, ({ machine }) => machine?.machineSet === set.name, refOf),
  ];
}

function ofEvent(fleet: Fleet, uid: string): Found[] {
  const about = fleet.events.byUid.get(uid)?.about;
  const kind = about && kindOfApi(about.apiKind);
  return [['about', kind && byNameIn(fleet, kind, about.name)]];
}

function found(fleet: Fleet, { kind, uid, name }: ObjectRef): Found[] {
  switch (kind) {
    case 'host':
      return ofHost(fleet, uid);
    case 'plan':
      return ofPlan(fleet, uid);
    case 'machine':
    case 'baremetalMachine':
      return ofMachine(fleet, { kind, uid, name });
    case 'deployment':
    case 'controlPlane':
      return ofGroup(fleet, uid);
    case 'pool':
      return ofPool(fleet, uid);
    case 'cluster':
      return ofCluster(fleet, uid);
    case 'machineSet':
      return ofMachineSet(fleet, uid);
    case 'baremetalCluster':
      return each('cluster', fleet.clusters.list, ({ infrastructure }) => infrastructure?.uid === uid, refOf);
    case 'baremetalMachineTemplate':
      return [
        ['pool', byNameIn(fleet, 'pool', fleet.machineTemplates.byUid.get(uid)?.pool)],
        ...each('group', fleet.groups.list, ({ infraTemplate }) => infraTemplate === name, refOf),
      ];
    case 'bootstrapTemplate':
      return each('group', fleet.groups.list, ({ bootstrapTemplate }) => bootstrapTemplate === name, refOf);
    case 'healthCheck':
      return [['cluster', byNameIn(fleet, 'cluster', fleet.healthChecks.byUid.get(uid)?.clusterName)]];
    case 'registration':
      return each('seed image', fleet.seedImages.list, ({ object }) => object.registration === name, refOf);
    case 'seedImage':
      return [['registration', byNameIn(fleet, 'registration', fleet.seedImages.byUid.get(uid)?.object.registration)]];
    case 'event':
      return ofEvent(fleet, uid);
    case 'catalog':
    case 'appRelease':
      return [];
  }
}

/** The objects one can jump to from an object, in the order one would look; never itself, none twice. */
export function relatedOf(fleet: Fleet, ref: ObjectRef): Related[] {
  const seen = new Set([ref.uid]);
  const related: Related[] = [];
  for (const [label, target] of found(fleet, ref)) {
    if (!target || seen.has(target.uid)) continue;
    seen.add(target.uid);
    related.push({ label, ref: target });
  }
  return related;
}
