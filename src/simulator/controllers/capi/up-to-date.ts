/** Whether Machines are what their group now asks for, and in which words Cluster API says what differs. */

import type {
  KubeadmConfig,
  KubeadmControlPlane,
  Machine,
  MachineDeployment,
  MachineTemplateSpec,
} from '../shapes/capi.ts';
import type { BaremetalMachine } from '../shapes/provider.ts';
import { endsWithin } from './certificate-expiry.ts';
import { isSameBootstrap } from './same-bootstrap.ts';

export const clonedFrom = 'cluster.x-k8s.io/cloned-from-name';

/** What in a MachineSet's template differs from its MachineDeployment's and needs new Machines. Empty: nothing. */
export function templateDifferences(own: MachineTemplateSpec | undefined, wanted: MachineTemplateSpec | undefined) {
  const lines: string[] = [];
  const a = own?.spec;
  const b = wanted?.spec;
  if (a?.version !== b?.version) lines.push(`* Version ${a?.version ?? ''}, ${b?.version ?? ''} required`);
  if (a?.failureDomain !== b?.failureDomain) {
    lines.push(`* Failure domain ${a?.failureDomain ?? ''}, ${b?.failureDomain ?? ''} required`);
  }
  const refs = [a?.bootstrap?.configRef, b?.bootstrap?.configRef] as const;
  if (refs[0]?.name !== refs[1]?.name || refs[0]?.kind !== refs[1]?.kind) {
    lines.push(`* ${refs[0]?.kind?.replace(/Template$/, '') ?? 'Bootstrap configuration'} is not up-to-date`);
  }
  if (a?.bootstrap?.configRef === undefined && a?.bootstrap?.dataSecretName !== b?.bootstrap?.dataSecretName) {
    lines.push(`* spec.bootstrap.dataSecretName ${a?.bootstrap?.dataSecretName ?? ''} is not up-to-date`);
  }
  if (a?.infrastructureRef?.name !== b?.infrastructureRef?.name) {
    lines.push(`* ${a?.infrastructureRef?.kind?.replace(/Template$/, '') ?? 'Infrastructure'} is not up-to-date`);
  }
  return lines;
}

/** Whether `spec.rolloutAfter` of a group has come and `created` was before it. */
export function rolloutDue(owner: MachineDeployment | KubeadmControlPlane, created: string | undefined, now: number) {
  const after = Date.parse(owner.spec?.rolloutAfter ?? '');
  return Number.isFinite(after) && after <= now && Date.parse(created ?? '') < after;
}

/** What of a control-plane Machine differs from what its KubeadmControlPlane asks for. Empty: nothing. */
export function controlPlaneDifferences(
  plane: KubeadmControlPlane,
  machine: Machine,
  infra: BaremetalMachine | undefined,
  config: KubeadmConfig | undefined,
  now: number,
): string[] {
  const lines: string[] = [];
  const spec = plane.spec;
  if (machine.spec?.version !== spec?.version) {
    lines.push(`* Version ${machine.spec?.version ?? ''}, ${spec?.version ?? ''} required`);
  }
  if (!isSameBootstrap(plane, machine, config)) {
    lines.push('* KubeadmConfig is not up-to-date');
  }
  const template = spec?.machineTemplate?.infrastructureRef?.name;
  const from = infra?.metadata.annotations?.[clonedFrom];
  if (from !== undefined && from !== template) lines.push(`* ${infra?.kind ?? 'Infrastructure'} is not up-to-date`);
  if (rolloutDue(plane, machine.metadata.creationTimestamp, now)) {
    lines.push('* KubeadmControlPlane spec.rolloutAfter expired');
  }
  const days = spec?.rolloutBefore?.certificatesExpiryDays;
  if (days !== undefined && endsWithin(machine, days, now)) lines.push('* Certificates will expire soon');
  return lines;
}
