/** Groups and control planes: never more Machines than wanted, and the right ones go. */

import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { ownerName } from '../../../src/simulator/controllers/owners.ts';
import type { Runtime } from '../../../src/simulator/controllers/runtime.ts';
import type { Machine } from '../../../src/simulator/controllers/shapes/capi.ts';
import type { Complain } from '../invariants.ts';

/** The rank a Machine has when its MachineSet must delete one (domain §4.2, v1.10, the default order). */
function rank({ metadata, status }: Machine): number {
  if (metadata.annotations?.['cluster.x-k8s.io/delete-machine'] !== undefined) return 75;
  const isFalse = (type: string) =>
    [...(status?.conditions ?? []), ...(status?.v1beta2?.conditions ?? [])].some(
      (condition) => condition.type === type && condition.status === 'False',
    );
  const legacyFalse = status?.conditions?.some(({ type, status: is }) => type === 'NodeHealthy' && is === 'False');
  const ill = !status?.nodeRef || status.failureReason || status.failureMessage || legacyFalse;
  return ill || isFalse('HealthCheckSucceeded') ? 50 : 20;
}

const goes = ({ metadata }: Machine): boolean => metadata.deletionTimestamp !== undefined;

/** Complains about what does not hold. */
export function watchGroups(runtime: Runtime, maxSurge: number, complain: Complain): void {
  const machines = runtime.informer(kinds.Machine);
  const sets = runtime.informer(kinds.MachineSet);
  const deployments = runtime.informer(kinds.MachineDeployment);
  const planes = runtime.informer(kinds.KubeadmControlPlane);
  const going = new Set<string>();

  machines.onChange((machine, change) => {
    const { name } = machine.metadata;
    if (change === 'deleted') {
      going.delete(name);
      return;
    }
    if (change === 'added') checkCount(machine);
    if (!goes(machine) || going.has(name)) return;
    going.add(name);
    if (change === 'modified') {
      checkOrder(machine);
      checkPlane(machine);
    }
  });

  /** Nobody makes a Machine beyond what its deployment wants. */
  function checkCount(machine: Machine): void {
    const deployment = deployments.get(machine.metadata.labels?.['cluster.x-k8s.io/deployment-name']);
    if (!deployment) return;
    const { name } = deployment.metadata;
    const count = machines.by('deployment', name).length;
    // Scaled down in the middle of a rollout, a deployment's sets may together want more for a while, as in reality.
    const wanted = sets.by('deployment', name).reduce((sum, set) => sum + (set.spec?.replicas ?? 0), 0);
    const limit = Math.max(deployment.spec?.replicas ?? 0, wanted) + maxSurge;
    if (count > limit) complain(`${name} grew to ${count} of ${limit}`);
  }

  /** Where a MachineSet has too many, those go first that rank first; equal ones by name. */
  function checkOrder(machine: Machine): void {
    const set = sets.get(ownerName(machine, 'MachineSet'));
    if (!set || set.metadata.deletionTimestamp || set.spec?.deletePolicy === 'Newest') return;
    if (set.spec?.deletePolicy === 'Oldest') return;
    const all = machines.by('set', set.metadata.name);
    const surplus = all.length - (set.spec?.replicas ?? 0);
    const remediated = machine.status?.conditions?.some(({ type }) => type === 'OwnerRemediated');
    if (surplus <= 0 || remediated) return;
    const { name } = machine.metadata;
    for (const other of all) {
      if (goes(other) || other === machine) continue;
      const first = rank(other) > rank(machine) || (rank(other) === rank(machine) && other.metadata.name < name);
      if (first) complain(`${name} went before ${other.metadata.name}`);
    }
    const count = all.filter(goes).length;
    if (count > surplus) complain(`${set.metadata.name} deletes ${count} of a surplus of ${surplus}`);
  }

  function checkPlane(machine: Machine): void {
    const plane = planes.get(ownerName(machine, 'KubeadmControlPlane'));
    if (!plane || plane.metadata.deletionTimestamp) return;
    const count = machines.by('controlPlane', plane.metadata.name).filter(goes).length;
    if (count > 1) complain(`${plane.metadata.name} loses ${count} Machines at once`);
  }
}
