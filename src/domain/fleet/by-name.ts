/** Finds an object by its kind and name. */
import type { Kind } from '../kinds.ts';
import type { Fleet, ObjectRef } from './rows.ts';

/** The object of that kind and name; undefined where the fleet has none. */
export function refByName(fleet: Fleet, { kind, name }: { kind: Kind; name: string }): ObjectRef | undefined {
  const uid = uidsOf(fleet, kind, name)[0];
  return uid === undefined ? undefined : { kind, uid, name };
}

function uidsOf(fleet: Fleet, kind: Kind, name: string): string[] {
  const named = (objects: readonly ({ name: string; uid: string } | undefined)[]) =>
    objects.flatMap((object) => (object?.name === name ? [object.uid] : []));
  switch (kind) {
    case 'host':
      return named(fleet.hosts.list);
    case 'plan':
      return named(fleet.plans.list);
    case 'pool':
      return named(fleet.pools.list);
    case 'machine':
      return named(fleet.machines.list.map(({ machine }) => machine));
    case 'baremetalMachine':
      return named(fleet.machines.list.map(({ baremetal }) => baremetal));
    case 'deployment':
    case 'controlPlane':
      return named(fleet.groups.list.map(({ object }) => (object.kind === kind ? object : undefined)));
    case 'cluster':
      return named(fleet.clusters.list);
    case 'registration':
      return named(fleet.registrations.list);
    case 'seedImage':
      return named(fleet.seedImages.list);
    case 'machineSet':
      return named(fleet.machineSets.list);
    case 'baremetalCluster':
      return named(fleet.baremetalClusters.list);
    case 'baremetalMachineTemplate':
      return named(fleet.machineTemplates.list);
    case 'bootstrapTemplate':
      return named(fleet.bootstrapTemplates.list);
    case 'healthCheck':
      return named(fleet.healthChecks.list);
    case 'catalog':
      return named([fleet.catalog]);
    case 'appRelease':
      return named(fleet.appReleases.list);
    case 'event':
      return named(fleet.events.list);
  }
}
