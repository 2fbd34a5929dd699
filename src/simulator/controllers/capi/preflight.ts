/** What must hold before a MachineSet makes Machines. Source: Cluster API 1.10, machineset_preflight.go. */

import { minorOf } from '../kubernetes-version.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeadmControlPlane, MachineSet } from '../shapes/capi.ts';

const skip = 'machineset.cluster.x-k8s.io/skip-preflight-checks';

/** Why no Machine may be made now, check by check; nothing where one may. */
export function preflight(set: MachineSet, plane: KubeadmControlPlane | undefined): string[] {
  const skipped = set.metadata.annotations?.[skip]?.split(',').map((name) => name.trim()) ?? [];
  if (!plane || skipped.includes('All')) return [];
  return checks.flatMap(([name, check]) => {
    const problem = skipped.includes(name) ? undefined : check(set, plane);
    return problem ? [`${problem} ("${name}" preflight check failed)`] : [];
  });
}

/** Says in the log that something waits for checks, each time that it is asked for. */
export function tellHold(rt: Runtime, set: MachineSet, action: string, problems: readonly string[]): void {
  const on = `${action} on hold because ${problems.join('; ')}`;
  const until = 'The operation will continue after the preflight check(s) pass';
  rt.log(set, 'machineset_preflight.go:125', `${on}. ${until}`);
}

type Check = (set: MachineSet, plane: KubeadmControlPlane) => string | undefined;

const checks: readonly [string, Check][] = [
  ['ControlPlaneIsStable', stable],
  ['KubernetesVersionSkew', kubernetesSkew],
  ['KubeadmVersionSkew', kubeadmSkew],
];

function stable(_set: MachineSet, plane: KubeadmControlPlane): string | undefined {
  const name = `${plane.kind} ${plane.metadata.namespace}/${plane.metadata.name}`;
  if (!plane.status?.version) return `${name} is provisioning`;
  if (plane.spec?.version !== plane.status.version) return `${name} is upgrading`;
  return undefined;
}

function versions(set: MachineSet, plane: KubeadmControlPlane) {
  const own = set.spec?.template?.spec?.version;
  const other = plane.spec?.version;
  const ownMinor = minorOf(own);
  const otherMinor = minorOf(other);
  if (ownMinor === undefined || otherMinor === undefined) return undefined;
  const text = `MachineSet version (${own?.replace(/^v/, '')}) and ControlPlane version (${other?.replace(/^v/, '')})`;
  return { text, ahead: ownMinor - otherMinor };
}

function kubernetesSkew(set: MachineSet, plane: KubeadmControlPlane): string | undefined {
  const skew = versions(set, plane);
  if (!skew) return undefined;
  const rule = `${skew.text} do not conform to the kubernetes version skew policy as MachineSet version is`;
  if (skew.ahead > 0) return `${rule} higher than ControlPlane version`;
  if (skew.ahead < -3) return `${rule} more than 3 minor versions older than the ControlPlane version`;
  return undefined;
}

function kubeadmSkew(set: MachineSet, plane: KubeadmControlPlane): string | undefined {
  const skew = versions(set, plane);
  const kind = set.spec?.template?.spec?.bootstrap?.configRef?.kind;
  if (!skew || skew.ahead === 0 || kind !== 'KubeadmConfigTemplate') return undefined;
  return (
    `${skew.text} do not conform to kubeadm version skew policy as kubeadm only supports joining with the same ` +
    'major+minor version as the control plane'
  );
}
