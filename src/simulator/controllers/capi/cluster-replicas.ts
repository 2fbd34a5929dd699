/**
 * What a Cluster counts: what its groups say of themselves, and what belongs to none. What there is nothing of is left out.
 * Source: Cluster API 1.10, setControlPlaneReplicas and setWorkersReplicas.
 */

import { isControlled } from '../owners.ts';
import type {
  Cluster,
  KubeadmControlPlane,
  Machine,
  MachineDeployment,
  MachineSet,
  ReplicaSummary,
} from '../shapes/capi.ts';
import { counters } from './machines-conditions.ts';

const lone = (machines: readonly Machine[]): ReplicaSummary[] => {
  const { length } = machines;
  return length === 0 ? [] : [{ desiredReplicas: length, replicas: length, ...counters(machines) }];
};

export function planeReplicas(
  { spec, status }: Cluster,
  plane: KubeadmControlPlane | undefined,
  machines: readonly Machine[],
): ReplicaSummary {
  if (!spec?.controlPlaneRef) return summed(lone(machines));
  if (!plane) return {};
  // A figure that the control plane does not give stays what it was.
  return { ...status?.v1beta2?.controlPlane, ...summed([figuresOf(plane)]) };
}

export function workerReplicas(
  deployments: readonly MachineDeployment[],
  sets: readonly MachineSet[],
  machines: readonly Machine[],
): ReplicaSummary {
  const groups = [...deployments, ...sets.filter((set) => !isControlled(set))];
  return summed([
    ...groups.map((group) => ({ ...figuresOf(group), replicas: group.status?.replicas ?? 0 })),
    ...lone(machines.filter((machine) => !isControlled(machine))),
  ]);
}

const figuresOf = ({ spec, status }: KubeadmControlPlane | MachineDeployment | MachineSet): ReplicaSummary => ({
  desiredReplicas: spec?.replicas,
  replicas: status?.replicas,
  upToDateReplicas: status?.v1beta2?.upToDateReplicas,
  readyReplicas: status?.v1beta2?.readyReplicas,
  availableReplicas: status?.v1beta2?.availableReplicas,
});

/** A figure that none of them gives is none. */
function summed(parts: readonly ReplicaSummary[]): ReplicaSummary {
  const sum: ReplicaSummary = {};
  for (const part of parts) {
    for (const [key, value] of Object.entries(part) as [keyof ReplicaSummary, number | undefined][]) {
      if (value !== undefined) sum[key] = (sum[key] ?? 0) + value;
    }
  }
  return sum;
}
