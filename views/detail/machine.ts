/** What a detail screen says of a machine, its BaremetalMachine included. */

import { findMachine } from '../../src/domain/fleet/find.ts';
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { planField } from './host.ts';
import { type DetailLine, field } from './line.ts';
import { problemLines } from './shared.ts';
import { machineNode } from './workload.ts';

export function machineLines(fleet: Fleet, ref: ObjectRef, refused: string | undefined): DetailLine[] {
  const row = findMachine(fleet, ref);
  if (!row) return [];
  return [
    ...problemLines(row),
    ...field('phase', row.phase, { since: row.since }),
    ...field('machine phase', row.machine?.phase),
    ...field('version', row.version),
    ...field('group', row.group),
    ...field('role', row.controlPlane ? 'control plane' : 'worker'),
    ...field('cluster', row.cluster),
    ...field('pool', row.pool),
    ...field('host', row.host),
    ...planField(fleet.hosts.byUid.get(row.hostUid ?? '')?.plan, refused),
    ...field('provider id', row.machine?.providerId ?? row.baremetal?.providerId),
    ...field('addresses', row.baremetal?.addresses.join(' ')),
    ...field('delete mark', row.machine?.deleteMark ? 'set: the next scale-down takes it first' : undefined, {
      tone: 'warn',
    }),
    ...field('failure', [row.baremetal?.failure?.reason, row.baremetal?.failure?.message].filter(Boolean).join(': '), {
      tone: 'bad',
    }),
    ...machineNode(fleet, row),
  ];
}
