/** What a detail screen says of a MachineDeployment or KubeadmControlPlane. */
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { nodeText } from '../../src/domain/workload-text.ts';
import { type DetailLine, field, section } from './line.ts';
import { problemLines, replicaLines } from './shared.ts';
import { groupNodes } from './workload.ts';

export function groupLines(fleet: Fleet, ref: ObjectRef): DetailLine[] {
  const row = fleet.groups.byUid.get(ref.uid);
  if (!row) return [];
  return [
    ...problemLines(row),
    ...field('role', row.controlPlane ? 'control plane' : 'workers'),
    ...field('cluster', row.cluster),
    ...field('version', row.version),
    ...field('rollout', row.paused ? 'paused' : row.rolling ? 'rolling' : row.done ? 'done' : 'not ready'),
    ...field(
      'strategy',
      [
        row.rollout.type ?? 'default',
        `surge ${row.rollout.maxSurge ?? 'default'}`,
        // A control plane has no such figure.
        ...(row.controlPlane ? [] : [`unavailable ${row.rollout.maxUnavailable ?? 'default'}`]),
      ].join(', '),
    ),
    ...field('template', row.infraTemplate),
    ...field('bootstrap', row.bootstrapTemplate),
    ...field('pool', row.pool),
    ...groupNodes(fleet, row),
    ...section('REPLICAS', replicaLines(row.replicas)),
    ...section(
      'MACHINES',
      row.machines.flatMap((uid) => {
        const machine = fleet.machines.byUid.get(uid);
        if (!machine) return [];
        const text = [
          machine.phase,
          machine.version,
          machine.nodeObject && nodeText(machine.nodeObject),
          machine.host,
          machine.problem?.text ?? machine.waiting,
        ]
          .filter(Boolean)
          .join('  ');
        const target: ObjectRef = {
          kind: machine.machine ? 'machine' : 'baremetalMachine',
          uid: machine.machine?.uid ?? machine.uid,
          name: machine.name,
        };
        return [
          { id: uid, label: machine.name, text, ref: target, tone: machine.problem ? ('warn' as const) : undefined },
        ];
      }),
    ),
  ];
}
