/** Objects of the fleet by kind and name. */
import type { Fleet } from '../../domain/fleet/rows.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { DomainObject } from '../../domain/objects.ts';

/** The object of that kind and name, where the fleet has it. */
export function findObjectNamed(fleet: Fleet, kind: Kind, name: string): DomainObject | undefined {
  const row = <T extends { name: string; object: DomainObject }>(list: readonly T[]) =>
    list.find((one) => one.name === name && one.object.kind === kind)?.object;
  const plain = <T extends DomainObject>(list: readonly T[]) => list.find((one) => one.name === name);
  switch (kind) {
    case 'registration':
      return row(fleet.registrations.list);
    case 'seedImage':
      return row(fleet.seedImages.list);
    case 'pool':
      return row(fleet.pools.list);
    case 'host':
      return row(fleet.hosts.list);
    case 'cluster':
      return row(fleet.clusters.list);
    case 'controlPlane':
    case 'deployment':
      return row(fleet.groups.list);
    case 'baremetalCluster':
      return plain(fleet.baremetalClusters.list);
    case 'baremetalMachineTemplate':
      return plain(fleet.machineTemplates.list);
    case 'bootstrapTemplate':
      return plain(fleet.bootstrapTemplates.list);
    default:
      return undefined;
  }
}
