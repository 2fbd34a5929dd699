/** Finds an object by its kind and name. */
import type { Kind } from '../kinds.ts';
import type { DomainObject } from '../objects.ts';
import type { Fleet, ObjectRef } from './rows.ts';

/** Which object is meant, before anybody knows its uid. */
export interface Named {
  kind: Kind;
  name: string;
}

/** The object of that kind and name; undefined when the fleet has none. */
export function objectByName(fleet: Fleet, { kind, name }: Named): DomainObject | undefined {
  return objectsOf(fleet, kind).find((object) => object?.name === name);
}

/** A reference to the object of that kind and name; undefined when the fleet has none. */
export function refByName(fleet: Fleet, { kind, name }: Named): ObjectRef | undefined {
  const uid = objectByName(fleet, { kind, name })?.uid;
  return uid === undefined ? undefined : { kind, uid, name };
}

function objectsOf(fleet: Fleet, kind: Kind): readonly (DomainObject | undefined)[] {
  const ofRows = (rows: readonly { object: DomainObject }[]) => rows.map(({ object }) => object);
  switch (kind) {
    case 'host':
      return ofRows(fleet.hosts.list);
    case 'plan':
      return ofRows(fleet.plans.list);
    case 'pool':
      return ofRows(fleet.pools.list);
    case 'machine':
      return fleet.machines.list.map(({ machine }) => machine);
    case 'baremetalMachine':
      return fleet.machines.list.map(({ baremetal }) => baremetal);
    case 'deployment':
    case 'controlPlane':
      return ofRows(fleet.groups.list).filter((object) => object.kind === kind);
    case 'cluster':
      return ofRows(fleet.clusters.list);
    case 'registration':
      return ofRows(fleet.registrations.list);
    case 'seedImage':
      return ofRows(fleet.seedImages.list);
    case 'machineSet':
      return fleet.machineSets.list;
    case 'baremetalCluster':
      return fleet.baremetalClusters.list;
    case 'baremetalMachineTemplate':
      return fleet.machineTemplates.list;
    case 'bootstrapTemplate':
      return fleet.bootstrapTemplates.list;
    case 'healthCheck':
      return fleet.healthChecks.list;
    case 'catalog':
      return [fleet.catalog];
    case 'appRelease':
      return fleet.appReleases.list;
    case 'event':
      return fleet.events.list;
  }
}
