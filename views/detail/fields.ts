/** What a detail screen says of each kind, besides conditions, relations and events. */
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import type { DomainObject } from '../../src/domain/objects.ts';
import { clusterLines } from './cluster.ts';
import { groupLines } from './group.ts';
import { hostLines } from './host.ts';
import type { DetailLine } from './line.ts';
import { machineLines } from './machine.ts';
import { otherLines } from './other.ts';
import { planLines } from './plan.ts';
import { poolLines } from './pool.ts';

/** The fields of an object of any kind. `counted`: what figures are counted from may be read, and is there whole. */
export function fieldLines(fleet: Fleet, ref: ObjectRef, object: DomainObject, counted: boolean): DetailLine[] {
  switch (ref.kind) {
    case 'host':
      return hostLines(fleet, ref);
    case 'plan':
      return planLines(fleet, ref);
    case 'machine':
    case 'baremetalMachine':
      return machineLines(fleet, ref);
    case 'deployment':
    case 'controlPlane':
      return groupLines(fleet, ref);
    case 'pool':
      return poolLines(fleet, ref, counted);
    case 'cluster':
      return clusterLines(fleet, ref);
    default:
      return otherLines(object);
  }
}
