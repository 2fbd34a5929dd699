/** Workers that lack machines which cannot come. */
import { isLeftBehind } from '../fleet/group-progress.ts';
import type { Fleet, GroupRow } from '../fleet/rows.ts';
import { planeOf } from './preflight.ts';

/**
 * How many machines workers lack that were left behind by their control plane and do nothing else: those come with a new
 * version alone, and to wait for them is in vain. 0 for all other groups.
 */
export function strandedShort(fleet: Fleet, group: GroupRow): number {
  const plane = planeOf(fleet, group.cluster)?.object;
  const { desired, current, upToDate } = group.replicas;
  if (plane?.kind !== 'controlPlane' || desired === undefined || !isLeftBehind(group.object, plane)) return 0;
  const { observedGeneration = 0, generation = 0 } = group.object;
  const rows = group.machines.flatMap((uid) => fleet.machines.byUid.get(uid) ?? []);
  const still = observedGeneration >= generation && current === upToDate && rows.every(({ deleting }) => !deleting);
  return still ? Math.max(0, desired - rows.length) : 0;
}
