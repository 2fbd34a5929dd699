/** The admission webhooks of a management cluster: those of Cluster API and of the bare-metal provider. */

import type { Webhook } from '../api/core.ts';
import type { ClusterApiVersion } from '../controllers/kinds.ts';
import { kubeadmConfigRules, kubeadmConfigTemplateRules } from './bootstrap.ts';
import { clusterRules, healthCheckRules } from './clusters.ts';
import { controlPlaneRules, controlPlaneScaleHook } from './control-plane.ts';
import { hooksOf } from './hook.ts';
import { machineDeploymentRules, machineRules, machineSetRules } from './machine-groups.ts';
import { baremetalClusterRules, baremetalMachineRules, machineTemplateRules } from './provider.ts';

/**
 * All webhooks, for `ApiOptions.admission` of an API that serves this version of Cluster API. `faults` may keep them from
 * knowing what they know.
 */
export function webhooks(
  clusterApi: ClusterApiVersion = 'v1beta1',
  faults?: { readonly newestCoreDns: string | undefined },
): Webhook[] {
  return [
    ...hooksOf(clusterRules, clusterApi),
    ...hooksOf(machineRules, clusterApi),
    ...hooksOf(machineSetRules, clusterApi),
    ...hooksOf(machineDeploymentRules, clusterApi),
    ...hooksOf(healthCheckRules, clusterApi),
    ...hooksOf(
      controlPlaneRules(() => faults?.newestCoreDns),
      clusterApi,
    ),
    controlPlaneScaleHook(clusterApi),
    ...hooksOf(kubeadmConfigRules(clusterApi), clusterApi),
    ...hooksOf(kubeadmConfigTemplateRules, clusterApi),
    ...hooksOf(machineTemplateRules, clusterApi),
    ...hooksOf(baremetalMachineRules, clusterApi),
    ...hooksOf(baremetalClusterRules, clusterApi),
  ];
}
