import { falseCondition } from '../../conditions.ts';
import type { ClusterRow } from '../../fleet/rows.ts';
import type { Condition } from '../../objects.ts';

/** The condition that says so where a cluster that had come up does not answer; before that nothing can. */
export function endpointDown({ object, infrastructure }: ClusterRow): Condition | undefined {
  if (object.deleting !== undefined || object.controlPlaneReady !== true) return undefined;
  return falseCondition(infrastructure?.conditions, 'EndpointReady');
}
