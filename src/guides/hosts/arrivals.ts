/** Which hosts are those that come: registered, in no pool, in the order in which they registered. */
import { findCondition } from '../../domain/conditions.ts';
import type { Fleet, HostRow, ObjectRef, RegistrationRow, SeedImageRow } from '../../domain/fleet/rows.ts';

/** The registration a target belongs to; of a pool the one that the hosts of its cluster registered by. */
export function registrationOf(fleet: Fleet, target: ObjectRef): RegistrationRow | undefined {
  if (target.kind === 'pool') {
    const cluster = fleet.pools.byUid.get(target.uid)?.cluster;
    return fleet.registrations.list.find(({ object }) => (object.machineName ?? '').split('${')[0] === `${cluster}-`);
  }
  if (target.kind === 'registration') return fleet.registrations.byUid.get(target.uid);
  const image = target.kind === 'seedImage' ? fleet.seedImages.byUid.get(target.uid) : undefined;
  return image && fleet.registrations.list.find(({ name }) => name === image.object.registration);
}

/** The image hosts boot from: the target, or the one that was built last for its registration. */
export function imageOf(fleet: Fleet, target: ObjectRef): SeedImageRow | undefined {
  if (target.kind === 'seedImage') return fleet.seedImages.byUid.get(target.uid);
  return imageFor(fleet, registrationOf(fleet, target));
}

/** The image that was built last for a registration. */
export function imageFor(fleet: Fleet, registration: RegistrationRow | undefined): SeedImageRow | undefined {
  return fleet.seedImages.list
    .filter(({ object }) => registration !== undefined && object.registration === registration.name)
    .sort((a, b) => (b.object.created ?? 0) - (a.object.created ?? 0) || (a.name < b.name ? -1 : 1))[0];
}

/** What the names of a registration's hosts begin with (`depot-` of `depot-${System Information/UUID}`); empty: anything. */
export function prefixOf(fleet: Fleet, target: ObjectRef): string {
  // Into a pool may come whoever has registered.
  if (target.kind === 'pool') return '';
  return prefixFor(registrationOf(fleet, target));
}

/** The same of a registration. */
export function prefixFor(registration: RegistrationRow | undefined): string {
  return (registration?.object.machineName ?? '').split('${')[0] ?? '';
}

/** Hosts in no pool, the first that registered first. */
export function waitingHosts(fleet: Fleet, prefix: string): HostRow[] {
  return fleet.hosts.list
    .filter(({ name, use, object }) => use === 'unpooled' && name.startsWith(prefix) && object.deleting === undefined)
    .sort((a, b) => (a.object.created ?? 0) - (b.object.created ?? 0) || (a.name < b.name ? -1 : 1));
}

/** Why a host cannot serve yet, as a phrase; undefined: it can be put into a pool. */
export function unready({ object, problem }: HostRow): string | undefined {
  const ready = findCondition(object.conditions, 'Ready');
  if (ready?.status !== 'True') return problem?.text ?? `not Ready: ${ready?.reason ?? 'not said why'}`;
  return object.planSecret === undefined ? 'no plan Secret yet' : undefined;
}
