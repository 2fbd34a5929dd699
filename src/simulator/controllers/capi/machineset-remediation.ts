/** How a MachineSet replaces Machines a health check has given up. Source: Cluster API 1.10, machineset_controller.go. */

import { kinds } from '../kinds.ts';
import { findLegacy } from '../legacy-conditions.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeadmControlPlane, Machine, MachineDeployment, MachineSet } from '../shapes/capi.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { byName, deleting, scaled } from './common.ts';
import { deferRemediation, markRemediated } from './kcp-remediation.ts';
import { awaitsRemediation } from './machinehealthcheck.ts';
import { preflight, tellHold } from './preflight.ts';

const revisionOf = (object: KubeObject): string | undefined =>
  object.metadata.annotations?.['machinedeployment.clusters.x-k8s.io/revision'];

const isBeingRemediated = (machine: Machine): boolean =>
  deleting(machine) && findLegacy(machine.status?.conditions, 'OwnerRemediated')?.status === 'True';

/** The newest first: those that fail to come up hardly carry anything yet. */
function newestFirst(a: Machine, b: Machine): number {
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return x < y ? 1 : x > y ? -1 : byName(a, b);
}

/**
 * Deletes Machines of a set that are to be replaced, or says on them why they wait. Says whether a preflight check holds
 * it back, which is to be asked again.
 */
export async function remediateSet(
  rt: Runtime,
  set: MachineSet,
  all: readonly Machine[],
  deployment: MachineDeployment | undefined,
  plane: KubeadmControlPlane | undefined,
): Promise<boolean> {
  const ill = all.filter((machine) => awaitsRemediation(machine) && !deleting(machine)).sort(newestFirst);
  if (ill.length === 0) return false;
  const defer = async (machines: readonly Machine[], reason: string, fresh: string, legacy?: string) => {
    for (const machine of machines) {
      await rt.client.change(kinds.Machine, machine, (draft) =>
        deferRemediation(draft, { reason, fresh, legacy }, rt.timestamp()),
      );
    }
  };
  if (deployment && revisionOf(deployment) !== revisionOf(set)) {
    const why = "Machine won't be remediated because it is pending removal due to rollout";
    await defer(ill, 'CannotBeRemediated', why);
    return false;
  }
  const limit = deployment?.spec?.strategy?.remediation?.maxInFlight;
  const most = scaled(limit, deployment?.spec?.replicas ?? 1, Number.POSITIVE_INFINITY, true);
  const room = Math.max(0, most - all.filter(isBeingRemediated).length);
  const tooMany =
    'Waiting because there are already too many remediations in progress ' +
    `(spec.strategy.remediation.maxInFlight is ${limit ?? ''})`;
  await defer(ill.slice(room), 'RemediationDeferred', tooMany);
  const now = ill.slice(0, room);
  const problems = now.length > 0 ? preflight(set, plane) : [];
  if (problems.length > 0) {
    tellHold(rt, set, 'Machine remediation', problems);
    const lines = problems.map((line) => `* ${line}`).join('\n');
    await defer(now, 'RemediationDeferred', lines, problems.join('; '));
    return true;
  }
  for (const machine of now) {
    await rt.client.change(kinds.Machine, machine, (draft) => markRemediated(draft, rt.timestamp(), undefined));
    await rt.client.remove(kinds.Machine, machine.metadata.name);
    const Machine = `${rt.namespace}/${machine.metadata.name}`;
    rt.log(set, 'machineset_controller.go:1450', 'Deleting Machine (remediating unhealthy Machine)', { Machine });
  }
  return false;
}
