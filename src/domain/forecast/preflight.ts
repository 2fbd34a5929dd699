/** What must hold before a MachineSet makes Machines. Source: Cluster API v1.10 machineset_preflight.go. */
import { SKIP_PREFLIGHT } from '../annotations.ts';
import type { Fleet, GroupRow } from '../fleet/rows.ts';
import type { ControlPlane, MachineSet } from '../objects.ts';
import { minorOf } from './versions.ts';

/** A preflight check that would hold Machines back. */
export interface Blocked {
  check: 'ControlPlaneIsStable' | 'KubernetesVersionSkew' | 'KubeadmVersionSkew';
  /** `the control plane is being upgraded from v1.33.7 to v1.34.5`. */
  why: string;
}

/** The control plane of a cluster: the one its Cluster refers to, or else the group that names the cluster. */
export function planeOf(fleet: Fleet, cluster: string | undefined): GroupRow | undefined {
  if (cluster === undefined) return undefined;
  const ref = fleet.clusters.list.find(({ name }) => name === cluster)?.object.controlPlane;
  return fleet.groups.list.find(
    (group) => group.controlPlane && (ref === undefined ? group.cluster === cluster : group.name === ref.name),
  );
}

function unstable({ version, statusVersion }: ControlPlane): string | undefined {
  if (statusVersion === undefined) return 'the control plane is being provisioned';
  if (version !== statusVersion)
    return `the control plane is being upgraded from ${statusVersion} to ${version ?? '?'}`;
  return undefined;
}

/**
 * The first check that would keep a MachineSet from making Machines, or undefined. `version` is what its Machines will
 * have; `annotations` are the set's own, which may skip checks.
 */
export function preflight(
  version: string | undefined,
  annotations: MachineSet['annotations'],
  plane: ControlPlane | undefined,
): Blocked | undefined {
  const skipped = annotations[SKIP_PREFLIGHT]?.split(',').map((name) => name.trim()) ?? [];
  if (!plane || skipped.includes('All')) return undefined;
  const shaky = skipped.includes('ControlPlaneIsStable') ? undefined : unstable(plane);
  if (shaky !== undefined) return { check: 'ControlPlaneIsStable', why: shaky };
  const own = minorOf(version);
  const other = minorOf(plane.version);
  if (!own || !other) return undefined;
  const ahead = own.minor - other.minor;
  if (!skipped.includes('KubernetesVersionSkew') && (ahead > 0 || ahead < -3)) {
    return {
      check: 'KubernetesVersionSkew',
      why: `workers of ${version} do not fit a control plane of ${plane.version}`,
    };
  }
  if (!skipped.includes('KubeadmVersionSkew') && ahead !== 0) {
    return {
      check: 'KubeadmVersionSkew',
      why: `workers of ${version} cannot join a control plane of ${plane.version}: the minor version must be the same`,
    };
  }
  return undefined;
}
