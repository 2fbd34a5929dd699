/** Which control-plane Machine goes, and whether one may. Source: Cluster API v1.10, kubeadm controlplane scale.go. */
import { findCondition } from '../conditions.ts';
import { COMPONENT_CHECKS, PLANE_CHECKS } from '../fleet/plane-checks.ts';
import { byName } from '../fleet/sorted.ts';
import type { Machine } from '../objects.ts';
import type { Ranked } from './delete-order.ts';

const isTrue = (machine: Machine, type: string) => findCondition(machine.conditions, type)?.status === 'True';

/** What the control plane's preflight would hold against a Machine, as a phrase; undefined for a healthy one. */
export function planeIllness(machine: Machine): string | undefined {
  if (machine.node === undefined) return `${machine.name} has no Node yet`;
  for (const type of PLANE_CHECKS) {
    const condition = findCondition(machine.conditions, type);
    if (!condition) return `${type} of ${machine.name} is not known`;
    if (condition.status !== 'True') return `${type} of ${machine.name} is ${condition.status}`;
  }
  return undefined;
}

/** Whether a Machine differs from what its control plane asks for, as far as Cluster API has said. */
export function isOutdated(machine: Machine, version: string | undefined): boolean {
  return (
    (version !== undefined && machine.version !== undefined && machine.version !== version) ||
    findCondition(machine.conditions, 'UpToDate')?.status === 'False'
  );
}

function byAge(a: Machine, b: Machine): number {
  return (a.created ?? 0) - (b.created ?? 0) || byName(a, b);
}

/**
 * The Machine a control plane removes next: marked and outdated, marked, outdated with ill components, outdated, any;
 * of those the oldest (bare metal has no failure domains). `version`: what the control plane asks for.
 */
export function nextToGo(machines: readonly Machine[], version: string | undefined): Ranked | undefined {
  const old = (machine: Machine) => isOutdated(machine, version);
  const ill = (machine: Machine) => !COMPONENT_CHECKS.every((type) => isTrue(machine, type));
  const sorts: [Ranked['ground'], string, (machine: Machine) => boolean][] = [
    ['marked', 'marked for deletion and outdated', (machine) => machine.deleteMark && old(machine)],
    ['marked', 'marked for deletion', (machine) => machine.deleteMark],
    ['unhealthy', 'outdated, with unhealthy components', (machine) => old(machine) && ill(machine)],
    ['oldest', 'outdated, the oldest', old],
    ['oldest', 'the oldest', () => true],
  ];
  for (const [ground, why, is] of sorts) {
    const [machine] = machines.filter(is).sort(byAge);
    if (machine) return { machine, ground, why };
  }
  return undefined;
}

/** How many members etcd can do without, of so many. */
export function spareMembers(members: number): number {
  return members - (Math.floor(members / 2) + 1);
}
