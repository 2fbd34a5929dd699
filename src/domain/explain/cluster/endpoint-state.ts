import { falseCondition, findCondition } from '../../conditions.ts';
import type { ClusterRow, Fleet } from '../../fleet/rows.ts';
import type { Condition } from '../../objects.ts';

/** Its control plane has come up once: whether it is ready now says nothing of that. */
function cameUp(fleet: Fleet, { object, groups }: ClusterRow): boolean {
  if (object.controlPlaneReady === true) return true;
  if (findCondition(object.conditions, 'ControlPlaneInitialized')?.status === 'True') return true;
  return groups.some((uid) => {
    const group = fleet.groups.byUid.get(uid)?.object;
    return group?.kind === 'controlPlane' && group.initialized === true;
  });
}

/** The condition that says so where a cluster that had come up does not answer; before that nothing can. */
export function endpointDown(fleet: Fleet, row: ClusterRow): Condition | undefined {
  const condition =
    row.object.deleting === undefined ? falseCondition(row.infrastructure?.conditions, 'EndpointReady') : undefined;
  return condition && cameUp(fleet, row) ? condition : undefined;
}
