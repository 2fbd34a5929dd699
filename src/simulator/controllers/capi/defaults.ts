/** What Cluster API's webhooks fill in: an API server alone leaves it out, and the controllers count on it. */

import { labels } from '../owners.ts';
import type { BootstrapTemplate, KubeadmConfigSpec, KubeadmControlPlane, MachineDeployment } from '../shapes/capi.ts';
import { goDuration } from './common.ts';
import { fillStructs } from './go-structs.ts';

/** Completes `draft` as the MachineDeployment webhook would. */
export function defaultDeployment(draft: MachineDeployment, namespace: string): void {
  draft.spec ??= {};
  const spec = draft.spec;
  const cluster = spec.clusterName ?? '';
  const own = { [labels.cluster]: cluster, [labels.deployment]: draft.metadata.name };
  draft.metadata.labels = { ...draft.metadata.labels, [labels.cluster]: cluster };
  spec.minReadySeconds ??= 0;
  spec.progressDeadlineSeconds ??= 600;
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 1;
  spec.selector = { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, ...own } };
  const rolling = spec.strategy?.rollingUpdate;
  if (spec.strategy?.type !== 'OnDelete') {
    const limits = { maxSurge: rolling?.maxSurge ?? 1, maxUnavailable: rolling?.maxUnavailable ?? 0 };
    spec.strategy = { ...spec.strategy, type: 'RollingUpdate', rollingUpdate: { ...rolling, ...limits } };
  }
  spec.template ??= {};
  const template = spec.template;
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...own } };
  template.spec ??= {};
  const machine = template.spec;
  machine.clusterName ??= cluster;
  if (machine.version && !machine.version.startsWith('v')) machine.version = `v${machine.version}`;
  normalizeTimeouts(machine);
  if (machine.bootstrap?.configRef) machine.bootstrap.configRef.namespace ??= namespace;
  if (machine.infrastructureRef) machine.infrastructureRef.namespace ??= namespace;
}

/** Completes `draft` as the KubeadmControlPlane webhook would. */
export function defaultControlPlane(draft: KubeadmControlPlane, namespace: string): void {
  draft.spec ??= {};
  const spec = draft.spec;
  spec.replicas ??= 1;
  if (spec.version && !spec.version.startsWith('v')) spec.version = `v${spec.version}`;
  const rolling = spec.rolloutStrategy?.rollingUpdate;
  spec.rolloutStrategy = {
    ...spec.rolloutStrategy,
    type: 'RollingUpdate',
    rollingUpdate: { ...rolling, maxSurge: rolling?.maxSurge ?? 1 },
  };
  spec.machineTemplate ??= {};
  const template = spec.machineTemplate;
  normalizeTimeouts(template);
  if (template.infrastructureRef) template.infrastructureRef.namespace ??= namespace;
  // Go writes it; on the wire of v1beta2 it is left out.
  template.metadata ??= {};
  spec.kubeadmConfigSpec = { format: 'cloud-config', ...spec.kubeadmConfigSpec };
}

/**
 * Completes what v1beta1 says of how a Machine begins or joins, as each webhook of such a configuration would; v1beta2 leaves
 * it as it is. Source: Cluster API 1.10, KubeadmConfigSpec.Default.
 */
export function defaultBootstrap(spec: KubeadmConfigSpec): void {
  spec.format ||= 'cloud-config';
  for (const part of ['initConfiguration', 'joinConfiguration'] as const) {
    const found = spec[part];
    if (!found) continue;
    const registration = found['nodeRegistration'] as { imagePullPolicy?: string } | undefined;
    const imagePullPolicy = registration?.imagePullPolicy || 'IfNotPresent';
    found['nodeRegistration'] = { ...registration, imagePullPolicy };
  }
  fillStructs(spec);
}

/** Completes what a KubeadmConfigTemplate of v1beta1 holds, as its webhook would. */
export function defaultTemplate(template: BootstrapTemplate): void {
  template.metadata ??= {};
  template.spec ??= {};
  defaultBootstrap(template.spec);
}

function normalizeTimeouts(spec: {
  nodeDrainTimeout?: string;
  nodeVolumeDetachTimeout?: string;
  nodeDeletionTimeout?: string;
}): void {
  if (spec.nodeDrainTimeout) spec.nodeDrainTimeout = goDuration(spec.nodeDrainTimeout);
  if (spec.nodeVolumeDetachTimeout) spec.nodeVolumeDetachTimeout = goDuration(spec.nodeVolumeDetachTimeout);
  if (spec.nodeDeletionTimeout) spec.nodeDeletionTimeout = goDuration(spec.nodeDeletionTimeout);
}
