/** Finds the row or object a reference means, whatever its kind; undefined when it is gone. */
import type { DomainObject } from '../objects.ts';
import type { Fleet, ObjectRef, Rows } from './rows.ts';

/** The object behind a reference. */
export function findObject(fleet: Fleet, ref: ObjectRef): DomainObject | undefined {
  const plain = <T extends DomainObject>(rows: Rows<T>) => rows.byUid.get(ref.uid);
  switch (ref.kind) {
    case 'host':
      return fleet.hosts.byUid.get(ref.uid)?.object;
    case 'plan':
      return fleet.plans.byUid.get(ref.uid)?.object;
    case 'pool':
      return fleet.pools.byUid.get(ref.uid)?.object;
    case 'machine':
      return fleet.machines.byUid.get(ref.uid)?.machine;
    case 'baremetalMachine':
      return findMachine(fleet, ref)?.baremetal;
    case 'deployment':
    case 'controlPlane':
      return fleet.groups.byUid.get(ref.uid)?.object;
    case 'cluster':
      return fleet.clusters.byUid.get(ref.uid)?.object;
    case 'registration':
      return fleet.registrations.byUid.get(ref.uid)?.object;
    case 'seedImage':
      return fleet.seedImages.byUid.get(ref.uid)?.object;
    case 'machineSet':
      return plain(fleet.machineSets);
    case 'baremetalCluster':
      return plain(fleet.baremetalClusters);
    case 'baremetalMachineTemplate':
      return plain(fleet.machineTemplates);
    case 'bootstrapTemplate':
      return plain(fleet.bootstrapTemplates);
    case 'healthCheck':
      return plain(fleet.healthChecks);
    case 'appRelease':
      return plain(fleet.appReleases);
    case 'event':
      return plain(fleet.events);
    case 'catalog':
      return fleet.catalog?.uid === ref.uid ? fleet.catalog : undefined;
  }
}

/** The machine row of a Machine or a BaremetalMachine. */
export function findMachine(fleet: Fleet, ref: ObjectRef) {
  return (
    fleet.machines.byUid.get(ref.uid) ??
    fleet.machines.list.find((row) => row.baremetal?.uid === ref.uid || row.machine?.uid === ref.uid)
  );
}
