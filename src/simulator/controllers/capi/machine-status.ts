/** What a Machine reports about itself, derived from the objects behind it. Shapes and words: Cluster API 1.10. */

import { find, type Saying, saySorted } from '../conditions.ts';
import { type ClusterApiVersion, kinds } from '../kinds.ts';
import { findLegacy, type LegacySaying, no, sayLegacy, summary, yes } from '../legacy-conditions.ts';
import type { KubeadmConfig, Machine } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import type { BaremetalMachine } from '../shapes/provider.ts';
import { setExpiry } from './certificate-expiry.ts';
import { deleting } from './common.ts';
import { type Since, sinceBy } from './late-deletion.ts';
import { readySaying } from './machine-ready.ts';
import { legacyNodeHealth, nodeHealth, nodeReady } from './node-health.ts';

export { nodeReady };

/** How far a deletion has come: the reasons of the v1beta2 condition Deleting. */
export type Stage =
  | 'WaitingForPreDrainHook'
  | 'DrainingNode'
  | 'WaitingForVolumeDetach'
  | 'WaitingForPreTerminateHook'
  | 'WaitingForInfrastructureDeletion'
  | 'WaitingForBootstrapDeletion'
  | 'DeletingNode'
  | 'DeletionCompleted';

export interface Deletion {
  stage: Stage;
  message: string;
}

/** A Machine and what stands behind it; undefined means that there is no such object. */
export interface MachineFacts {
  infra: BaremetalMachine | undefined;
  config: KubeadmConfig | undefined;
  node: Node | undefined;
  deletion?: Deletion;
  /** Set while the workload cluster cannot be reached: until it is stale, what was known of the Node still counts. */
  outage?: { message: string; stale: boolean } | undefined;
  /** What has to be there before anybody looks for the Node; undefined where it is. */
  awaits?: string | undefined;
  /** Whether the cluster's control plane is being deleted: there is nothing left to drain for. */
  planeGoes?: boolean;
  /** With v1beta2 the words are those of Cluster API 1.13; of 1.10 where left out. */
  clusterApi?: ClusterApiVersion;
  /** Simulated ms since a time; as the clock has it where left out. */
  since?: Since;
}

/** Writes the whole status of `draft`, a Machine, at the time `at`. */
export function setMachineStatus(draft: Machine, facts: MachineFacts, at: string): void {
  draft.status ??= {};
  const status = draft.status;
  const { infra, node } = facts;
  status.observedGeneration = draft.metadata.generation;
  status.bootstrapReady = status.bootstrapReady || draft.spec?.bootstrap?.dataSecretName !== undefined;
  status.infrastructureReady = status.infrastructureReady || infra?.status?.ready === true;
  if (infra?.status?.addresses && status.infrastructureReady) status.addresses = infra.status.addresses;
  if (node) {
    status.nodeRef ??= { apiVersion: 'v1', kind: 'Node', name: node.metadata.name, uid: node.metadata.uid };
    if (node.status?.nodeInfo) status.nodeInfo = node.status.nodeInfo;
  }
  if (infra?.status?.failureReason && !status.failureReason) {
    status.failureReason = infra.status.failureReason;
    status.failureMessage =
      `Failure detected from referenced resource ${infra.apiVersion}, Kind=${infra.kind} ` +
      `with name "${infra.metadata.name}": ${infra.status.failureMessage ?? ''}`;
  }
  setExpiry(draft, facts.config);
  if (!infra && status.infrastructureReady && !deleting(draft)) setInfraGone(draft, facts.clusterApi);
  const phase = phaseOf(draft);
  if (status.phase !== phase) {
    status.phase = phase;
    status.lastUpdated = at;
  }
  setLegacy(draft, facts, at);
  setConditions(draft, facts, at);
  if (!status.bootstrapReady) delete status.bootstrapReady;
  if (!status.infrastructureReady) delete status.infrastructureReady;
}

/** Infrastructure that goes once it was there is beyond help: a Machine never gets another. */
function setInfraGone(draft: Machine, clusterApi: ClusterApiVersion | undefined): void {
  const { apiVersion = kinds.BaremetalMachine.apiVersion, kind, name } = draft.spec?.infrastructureRef ?? {};
  const what = `Machine infrastructure resource ${apiVersion}, Kind=${kind ?? ''} with name "${name ?? ''}"`;
  const done = clusterApi === 'v1beta2' ? 'provisioning was completed' : 'being ready';
  draft.status!.failureReason = 'InvalidConfiguration';
  draft.status!.failureMessage = `${what} has been deleted after ${done}`;
}

function phaseOf(machine: Machine): string {
  const status = machine.status;
  if (deleting(machine)) return 'Deleting';
  if (status?.failureReason) return 'Failed';
  if (status?.nodeRef && status.infrastructureReady) return 'Running';
  if (status?.infrastructureReady) return 'Provisioned';
  if (status?.bootstrapReady) return 'Provisioning';
  return 'Pending';
}

/** Whether the infrastructure was seen to go: it is told of in the look after the one that deleted it. */
function infraGoes({ deletion, infra }: MachineFacts): boolean {
  const late = /InfrastructureDeletion|BootstrapDeletion|DeletingNode|Completed/;
  return deletion !== undefined && late.test(deletion.stage) && (!infra || deleting(infra));
}

function setLegacy(draft: Machine, facts: MachineFacts, at: string): void {
  const status = draft.status!;
  const { infra, config, node, deletion } = facts;
  const sayings: LegacySaying[] = [];

  const waiting = findLegacy(config?.status?.conditions, 'Ready');
  if (status.bootstrapReady && (config || !deletion)) sayings.push(yes('BootstrapReady'));
  else if (deletion && !config) sayings.push(no('BootstrapReady', 'Deleted', 'Info'));
  else if (waiting?.status === 'False') {
    sayings.push(no('BootstrapReady', waiting.reason ?? 'WaitingForDataSecret', 'Info', waiting.message));
  } else sayings.push(no('BootstrapReady', 'WaitingForDataSecret', 'Info'));

  if (infraGoes(facts)) sayings.push(no('InfrastructureReady', infra ? 'Deleting' : 'Deleted', 'Info'));
  else if (infra?.status?.ready) sayings.push(yes('InfrastructureReady'));
  else if (!infra && status.infrastructureReady) {
    // Nothing is said of what is not there: the last word stands.
  } else sayings.push(no('InfrastructureReady', 'WaitingForInfrastructure', 'Info'));

  const lacks = node && !deletion && (!infra || deleting(infra));
  if (infraGoes(facts) || lacks) sayings.push(no('NodeHealthy', 'Deleting', 'Info'));
  else if (!status.nodeRef) sayings.push(no('NodeHealthy', 'WaitingForNodeRef', 'Info'));
  else if (facts.outage && findLegacy(status.conditions, 'NodeHealthy')) {
    // Nothing new is known of it.
  } else if (!node) sayings.push(no('NodeHealthy', 'NodeNotFound', 'Error'));
  else sayings.push(legacyNodeHealth(node));

  const next = sayLegacy(status.conditions, sayings, at);
  const parts = [
    'InfrastructureReady',
    'BootstrapReady',
    'DrainingSucceeded',
    'OwnerRemediated',
    'HealthCheckSucceeded',
  ];
  const ready = summary(parts.flatMap((type) => findLegacy(next, type) ?? []));
  if (ready.status === 'False' && !ready.message && !deletion) {
    const done = next.filter(({ type, status: is }) => /^(Bootstrap|Infrastructure)Ready$/.test(type) && is === 'True');
    ready.message = `${done.length} of 2 completed`;
  }
  status.conditions = sayLegacy(next, [ready], at);
}

const notUpdating: Saying = { type: 'Updating', status: 'False', reason: 'NotUpdating' };

function setConditions(draft: Machine, facts: MachineFacts, at: string): void {
  const status = draft.status!;
  const { deletion } = facts;
  const sayings: Saying[] = [
    bootstrapSaying(draft, facts),
    infraSaying(draft, facts),
    ...nodeSayings(draft, facts),
    deletion
      ? { type: 'Deleting', status: 'True', reason: deletion.stage, message: deletion.message }
      : { type: 'Deleting', status: 'False', reason: 'NotDeleting' },
    ...(facts.clusterApi === 'v1beta2' ? [notUpdating] : []),
    { type: 'Paused', status: 'False', reason: 'NotPaused' },
  ];
  const generation = draft.metadata.generation;
  const next = saySorted(status.v1beta2?.conditions, sayings, at, generation);
  const ready = readySaying(draft, next, deletion?.stage, facts.since ?? sinceBy(at));
  const available: Saying =
    ready.status === 'True'
      ? { type: 'Available', status: 'True', reason: 'Available' }
      : { type: 'Available', status: 'False', reason: 'NotReady' };
  status.v1beta2 = { ...status.v1beta2, conditions: saySorted(next, [available, ready], at, generation) };
}

/** The field that tells a Machine that another object is done, as each version of the contract names it. */
function flag(clusterApi: ClusterApiVersion | undefined, field: string): string {
  return clusterApi === 'v1beta2' ? `status.initialization.${field}` : 'status.ready';
}

function bootstrapSaying(draft: Machine, { config, deletion, clusterApi }: MachineFacts): Saying {
  const type = 'BootstrapConfigReady';
  if (config?.status?.ready) return { type, status: 'True', reason: 'Ready' };
  if (!config && deletion && draft.status?.bootstrapReady) {
    return { type, status: 'False', reason: 'ObjectDeleted', message: 'KubeadmConfig has been deleted' };
  }
  if (!config) return { type, status: 'False', reason: 'ObjectDoesNotExist', message: 'KubeadmConfig does not exist' };
  const ready = find(config?.status?.v1beta2?.conditions, 'Ready');
  const message =
    ready?.status === 'False' && ready.message
      ? ready.message
      : `KubeadmConfig ${flag(clusterApi, 'dataSecretCreated')} is false`;
  return { type, status: 'False', reason: 'NotReady', message };
}

function infraSaying(draft: Machine, { infra, deletion, clusterApi }: MachineFacts): Saying {
  const type = 'InfrastructureReady';
  // Once it was ready it counts as ready until it is gone: Cluster API asks its own flag.
  if (infra && draft.status?.infrastructureReady) return { type, status: 'True', reason: 'Ready' };
  if (!infra && draft.status?.infrastructureReady) {
    const message = `BaremetalMachine has been deleted${deletion ? '' : ' while the Machine still exists'}`;
    return { type, status: 'False', reason: 'ObjectDeleted', message };
  }
  if (!infra) {
    return { type, status: 'False', reason: 'ObjectDoesNotExist', message: 'BaremetalMachine does not exist' };
  }
  const message = `BaremetalMachine ${flag(clusterApi, 'provisioned')} is false`;
  return { type, status: 'False', reason: 'NotReady', message };
}

function nodeSayings(draft: Machine, { infra, node, deletion, outage, awaits }: MachineFacts): Saying[] {
  const both = (status: Saying['status'], reason: string, message: string): Saying[] => [
    { type: 'NodeHealthy', status, reason, message },
    { type: 'NodeReady', status, reason, message },
  ];
  const name = draft.status?.nodeRef?.name;
  if (awaits !== undefined) return both('Unknown', 'InspectionFailed', awaits);
  if (outage) return outage.stale ? both('Unknown', 'ConnectionDown', outage.message) : [];
  if (!node && name) {
    const message = `Node ${name} has been deleted${deletion ? '' : ' while the Machine still exists'}`;
    return both('False', 'NodeDeleted', message);
  }
  if (!node) {
    const provider = draft.spec?.providerID ?? infra?.spec?.providerID;
    const message =
      provider && infra?.status?.ready
        ? `Waiting for a Node with spec.providerID ${provider} to exist`
        : 'Waiting for BaremetalMachine to report spec.providerID';
    return both('Unknown', 'InspectionFailed', message);
  }
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready');
  const health = nodeHealth(node);
  if (nodeReady(node)) return [health, { type: 'NodeReady', status: 'True', reason: 'NodeReady' }];
  const status = ready?.status === 'False' ? 'False' : 'Unknown';
  const reason = status === 'False' ? 'NodeNotReady' : 'NodeReadyUnknown';
  const message = `* Node.Ready: ${ready?.message ?? 'Condition not yet reported'}`;
  return [health, { type: 'NodeReady', status, reason, message }];
}
