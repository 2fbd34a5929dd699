/** Managed storage of the hosts an upgrade touches: what it was before, to be compared afterwards. */
import { hostRef } from '../../domain/explain/lookup.ts';
import type { HostRow } from '../../domain/fleet/rows.ts';
import type { Fact, Known } from '../contract.ts';
import { machinesIn, type Route } from './route.ts';

/** The hosts that run machines of the cluster. */
export function hostsInUse(known: Known, { plane, workers }: Route): HostRow[] {
  const uids = [plane, ...workers].flatMap((group) => machinesIn(known, group).flatMap(({ hostUid }) => hostUid ?? []));
  return [...new Set(uids)].flatMap((uid) => known.fleet.hosts.byUid.get(uid) ?? []);
}

/** Whether a host's disks are managed. */
export function isDeclared({ object }: HostRow): boolean {
  return (object.storageDeclared ?? 0) > 0 || (object.storage?.volumes.length ?? 0) > 0;
}

/** The UUIDs of a host's filesystems by volume, where all of them are known; undefined otherwise. */
export function uuidsOf({ object }: HostRow): Record<string, string> | undefined {
  const volumes = object.storage?.volumes ?? [];
  const known = volumes.flatMap(({ name, filesystemUuid }) =>
    filesystemUuid === undefined ? [] : [[name, filesystemUuid] as const],
  );
  return volumes.length > 0 && known.length === volumes.length ? Object.fromEntries(known) : undefined;
}

/** The UUIDs to keep: a reprovisioned host must come back with the same. */
export function storageFacts(known: Known, route: Route): Fact[] {
  return hostsInUse(known, route)
    .filter(isDeclared)
    .flatMap((host): Fact[] => {
      const uuids = uuidsOf(host);
      if (!uuids) return [];
      const list = Object.entries(uuids).map(([name, uuid]) => `${name} ${uuid}`);
      return [
        {
          note: 'saw',
          key: `storage/${hostRef(host).name}`,
          text: `filesystems of ${host.name}: ${list.join(', ')}`,
          data: uuids,
        },
      ];
    });
}
