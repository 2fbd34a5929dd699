/** Which fields of a KubeadmControlPlane may be changed. Source: the allow-list of Cluster API 1.10's webhook. */

import type { Cause } from '../api/errors.ts';
import { mergePatch } from '../controllers/json.ts';
import type { KubeadmControlPlane } from '../controllers/shapes/capi.ts';
import type { Say } from './hook.ts';

const cluster = 'spec.kubeadmConfigSpec.clusterConfiguration';
const kubeadm = 'spec.kubeadmConfigSpec';

/** Paths; `.*` at the end stands for everything below. */
const mutable: readonly string[] = [
  'metadata.*',
  'spec.replicas',
  'spec.version',
  'spec.remediationStrategy.*',
  'spec.rolloutAfter',
  'spec.rolloutBefore.*',
  'spec.rolloutStrategy.*',
  'spec.machineNamingStrategy.*',
  'spec.machineTemplate.metadata.*',
  'spec.machineTemplate.readinessGates',
  'spec.machineTemplate.infrastructureRef.apiVersion',
  'spec.machineTemplate.infrastructureRef.name',
  'spec.machineTemplate.infrastructureRef.kind',
  'spec.machineTemplate.nodeDrainTimeout',
  'spec.machineTemplate.nodeVolumeDetachTimeout',
  'spec.machineTemplate.nodeDeletionTimeout',
  `${cluster}.etcd.local.*`,
  `${cluster}.dns.*`,
  `${cluster}.imageRepository`,
  `${cluster}.featureGates.*`,
  `${cluster}.apiServer.*`,
  `${cluster}.controllerManager.*`,
  `${cluster}.scheduler.*`,
  `${cluster}.certificateValidityPeriodDays`,
  `${kubeadm}.initConfiguration.nodeRegistration.*`,
  `${kubeadm}.initConfiguration.patches.*`,
  `${kubeadm}.initConfiguration.skipPhases`,
  `${kubeadm}.joinConfiguration.nodeRegistration.*`,
  `${kubeadm}.joinConfiguration.patches.*`,
  `${kubeadm}.joinConfiguration.skipPhases`,
  `${kubeadm}.bootCommands`,
  `${kubeadm}.preKubeadmCommands`,
  `${kubeadm}.postKubeadmCommands`,
  `${kubeadm}.files`,
  `${kubeadm}.verbosity`,
  `${kubeadm}.users`,
  `${kubeadm}.ntp.*`,
  `${kubeadm}.ignition.*`,
  `${kubeadm}.diskSetup.*`,
  `${kubeadm}.mounts`,
  `${kubeadm}.format`,
];

/** Every change outside the list, as the webhook complains about it. */
export function forbiddenChanges(old: KubeadmControlPlane, now: KubeadmControlPlane, say: Say): Cause[] {
  const patch = mergePatch({ spec: old.spec ?? {} }, { spec: now.spec ?? {} });
  return leaves(patch ?? {})
    .filter((path) => !mutable.some((allowed) => covers(allowed, path)))
    .map((path) => say.forbidden(path, 'cannot be modified'));
}

function covers(allowed: string, path: string): boolean {
  if (!allowed.endsWith('.*')) return allowed === path;
  const parent = allowed.slice(0, -2);
  return path === parent || path.startsWith(`${parent}.`);
}

function leaves(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [at];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, at === '' ? key : `${at}.${key}`));
}
