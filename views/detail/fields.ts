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

/** What is known besides the fleet. */
export interface Known {
  /** What figures are counted from may be read, and is there whole. */
  counted: boolean;
  /** Why plan Secrets may not be read, where one was refused. */
  plansRefused: string | undefined;
}

/** The fields of an object of any kind. */
export function fieldLines(
  fleet: Fleet,
  ref: ObjectRef,
  object: DomainObject,
  { counted, plansRefused }: Known,
): DetailLine[] {
  switch (ref.kind) {
    case 'host':
      return hostLines(fleet, ref, plansRefused);
    case 'plan':
      return planLines(fleet, ref, plansRefused);
    case 'machine':
    case 'baremetalMachine':
      return machineLines(fleet, ref, plansRefused);
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
