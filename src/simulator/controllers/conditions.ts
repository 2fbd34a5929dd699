/** Conditions of the present kind (metav1), as Cluster API 1.10 keeps them under `status.v1beta2` too. */

import type { Condition } from './shapes/meta.ts';

export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** What a condition says, without the times. */
export interface Saying {
  type: string;
  status: ConditionStatus;
  reason: string;
  message?: string;
}

/** The order in which Cluster API 1.10 sorts the conditions of its objects. */
const order = [
  'Available',
  'Ready',
  'UpToDate',
  'RemoteConnectionProbe',
  'BootstrapConfigReady',
  'InfrastructureReady',
  'ControlPlaneInitialized',
  'ControlPlaneAvailable',
  'WorkersAvailable',
  'NodeHealthy',
  'NodeReady',
  'NodeKubeadmLabelsAndTaintsSet',
  'HealthCheckSucceeded',
  'OwnerRemediated',
  'ExternallyRemediated',
  'CertificatesAvailable',
  'DataSecretAvailable',
  'Initialized',
  'RemediationAllowed',
  'EtcdClusterHealthy',
  'ControlPlaneComponentsHealthy',
  'APIServerPodHealthy',
  'ControllerManagerPodHealthy',
  'SchedulerPodHealthy',
  'EtcdPodHealthy',
  'EtcdMemberHealthy',
  'RollingOut',
  'Remediating',
  'ScalingDown',
  'ScalingUp',
  'ControlPlaneMachinesReady',
  'WorkerMachinesReady',
  'ControlPlaneMachinesUpToDate',
  'WorkerMachinesUpToDate',
  'MachinesReady',
  'MachinesUpToDate',
  'Updating',
  'Paused',
  'Deleting',
];
const rank = new Map(order.map((type, at) => [type, at]));

/** The condition of a type. */
export function find(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition of a type is True. */
export function isTrue(conditions: readonly { type: string; status: string }[] | undefined, type: string): boolean {
  return conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

/**
 * The conditions that follow when `sayings` are now said: the transition time moves only with the status; conditions
 * nobody spoke of stay.
 */
export function say(
  conditions: readonly Condition[] | undefined,
  sayings: readonly Saying[],
  at: string,
  generation?: number,
): Condition[] {
  const next = [...(conditions ?? [])];
  for (const { type, status, reason, message = '' } of sayings) {
    const place = next.findIndex((condition) => condition.type === type);
    const old = next[place];
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : at;
    const said: Condition = { type, status, reason, message, lastTransitionTime };
    if (generation !== undefined) said.observedGeneration = generation;
    if (old) next[place] = said;
    else next.push(said);
  }
  return next;
}

/** As `say`, and sorted as Cluster API sorts. */
export function saySorted(
  conditions: readonly Condition[] | undefined,
  sayings: readonly Saying[],
  at: string,
  generation: number | undefined,
): Condition[] {
  const place = (condition: Condition) => rank.get(condition.type) ?? order.length;
  return say(conditions, sayings, at, generation).sort((a, b) => place(a) - place(b));
}

/** The condition `Paused` of a Cluster API object, and why. */
export function pausedSaying(cluster: boolean, annotation: boolean, kind: string): Saying {
  if (!cluster && !annotation) return { type: 'Paused', status: 'False', reason: 'NotPaused' };
  const why = cluster ? 'Cluster spec.paused is set to true' : `${kind} has the cluster.x-k8s.io/paused annotation`;
  return { type: 'Paused', status: 'True', reason: 'Paused', message: why };
}
