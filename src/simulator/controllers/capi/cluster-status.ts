/** What a Cluster reports: its parts in sum. Shapes and words: Cluster API 1.10. */

import { find, isTrue, type Saying, saySorted } from '../conditions.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { findLegacy, no, repeat, sayLegacy, summary, yes } from '../legacy-conditions.ts';
import { bullet, indent } from '../messages.ts';
import type { Cluster, KubeadmControlPlane, Machine, MachineDeployment, MachineSet } from '../shapes/capi.ts';
import type { Condition, KubeObject } from '../shapes/meta.ts';
import type { BaremetalCluster } from '../shapes/provider.ts';
import { planeReplicas, workerReplicas } from './cluster-replicas.ts';
import { byName, deleting, isControlPlane, leaveZeros } from './common.ts';
import { machinesReady, machinesUpToDate } from './machines-conditions.ts';

/** The parts of a Cluster; undefined where there is no such object. */
export interface ClusterFacts {
  infra: BaremetalCluster | undefined;
  plane: KubeadmControlPlane | undefined;
  deployments: readonly MachineDeployment[];
  /** All of the cluster; those without a MachineDeployment count for themselves. */
  sets?: readonly MachineSet[];
  machines: readonly Machine[];
  /** With v1beta2 the ways are those of Cluster API 1.13; of 1.10 where left out. */
  clusterApi?: ClusterApiVersion;
  /** What is said about a connection to the workload cluster that is lost. */
  lost?: string | undefined;
  /** Reason and message of the condition Deleting, while it is. */
  deletion?: { reason: string; message: string };
}

/** Writes the whole status of `draft`. */
export function setClusterStatus(draft: Cluster, facts: ClusterFacts, at: string): void {
  const { infra, plane } = facts;
  const old = draft.status;
  const generation = draft.metadata.generation;
  // Whoever names no infrastructure brings it along: nothing is waited for.
  const isOwn = !draft.spec?.infrastructureRef;
  const infrastructureReady = isOwn || old?.infrastructureReady === true || infra?.status?.ready === true;
  draft.status = {
    ...old,
    observedGeneration: generation,
    infrastructureReady,
    controlPlaneReady: plane?.status?.ready === true,
  };
  draft.status.phase = phaseOf(draft, facts);
  draft.status.conditions = legacy(draft, facts, at);
  const initialized = isTrue(draft.status.conditions, 'ControlPlaneInitialized');
  const workers = facts.machines.filter((machine) => !isControlPlane(machine));
  const planes = facts.machines.filter(isControlPlane);
  const sayings: Saying[] = [
    probeSaying(initialized, facts.lost),
    infraSaying(draft, infra, infrastructureReady),
    ...initializedSaying(initialized, old?.v1beta2?.conditions),
    planeSaying(draft, plane),
    workersAvailable(facts.deployments),
    ...['RollingOut', 'Remediating', 'ScalingDown', 'ScalingUp'].map((type) => gathered(type, facts)),
    machinesReady(planes, 'ControlPlaneMachinesReady'),
    machinesReady(workers, 'WorkerMachinesReady'),
    machinesUpToDate(planes, 'ControlPlaneMachinesUpToDate'),
    machinesUpToDate(workers, 'WorkerMachinesUpToDate'),
    { type: 'Paused', status: 'False', reason: 'NotPaused' },
    facts.deletion
      ? { type: 'Deleting', status: 'True', ...facts.deletion }
      : { type: 'Deleting', status: 'False', reason: 'NotDeleting' },
  ];
  draft.status.v1beta2 = {
    conditions: saySorted(old?.v1beta2?.conditions, [available(draft, sayings), ...sayings], at, generation),
    controlPlane: planeReplicas(draft, plane, planes),
    workers: workerReplicas(facts.deployments, facts.sets ?? [], workers),
  };
  if (facts.clusterApi !== 'v1beta2') leaveZeros(draft.status, old, ['infrastructureReady', 'controlPlaneReady']);
}

function probeSaying(initialized: boolean, lost: string | undefined): Saying {
  const type = 'RemoteConnectionProbe';
  if (initialized && lost === undefined) return { type, status: 'True', reason: 'ProbeSucceeded' };
  const message = (initialized ? lost : undefined) ?? 'Remote connection not established yet';
  return { type, status: 'False', reason: 'ProbeFailed', message };
}

/** Said once and for all: Cluster API never comes back to it. */
function initializedSaying(initialized: boolean, known: readonly Condition[] | undefined): Saying[] {
  const type = 'ControlPlaneInitialized';
  if (isTrue(known, type)) return [];
  if (initialized) return [{ type, status: 'True', reason: 'Initialized' }];
  return [{ type, status: 'False', reason: 'NotInitialized', message: 'Control plane not yet initialized' }];
}

function phaseOf(cluster: Cluster, { plane }: ClusterFacts): string {
  if (deleting(cluster)) return 'Deleting';
  const { infrastructureRef, controlPlaneRef, controlPlaneEndpoint: endpoint } = cluster.spec ?? {};
  if (cluster.status?.infrastructureReady && endpoint?.host) return 'Provisioned';
  return plane || infrastructureRef || controlPlaneRef ? 'Provisioning' : 'Pending';
}

function legacy(draft: Cluster, { infra, plane, clusterApi }: ClusterFacts, at: string) {
  const old = draft.status?.conditions;
  // A control plane of v1beta2 no longer has conditions of the first generation to repeat: being initialized counts.
  const mirrored = clusterApi === 'v1beta2' ? plane?.status?.initialized && yes('Ready') : undefined;
  const planeReady =
    mirrored ?? (clusterApi === 'v1beta2' ? undefined : findLegacy(plane?.status?.conditions, 'Ready'));
  const initialized = isTrue(old, 'ControlPlaneInitialized') || plane?.status?.initialized === true;
  const next = sayLegacy(
    old,
    [
      initialized
        ? yes('ControlPlaneInitialized')
        : no('ControlPlaneInitialized', 'WaitingForControlPlaneProviderInitialized', 'Info'),
      planeReady ? repeat('ControlPlaneReady', planeReady) : no('ControlPlaneReady', 'WaitingForControlPlane', 'Info'),
      infra?.status?.ready || !draft.spec?.infrastructureRef
        ? yes('InfrastructureReady')
        : no('InfrastructureReady', 'WaitingForInfrastructure', 'Info'),
    ],
    at,
  );
  const order = ['ControlPlaneReady', 'InfrastructureReady', 'ControlPlaneInitialized'];
  return sayLegacy(next, [summary(order.flatMap((type) => findLegacy(next, type) ?? []))], at);
}

/** An object that the Cluster refers to and that is not there; `was` says whether it ever was ready. */
function lackOf(type: string, cluster: Cluster, kind: string | undefined, was: boolean): Saying {
  const goes = deleting(cluster);
  if (!was) return { type, status: 'False', reason: 'ObjectDoesNotExist', message: `${kind ?? ''} does not exist` };
  const message = `${kind ?? ''} has been deleted${goes ? '' : ' while the cluster still exists'}`;
  return { type, status: 'False', reason: 'ObjectDeleted', message };
}

function infraSaying(draft: Cluster, infra: BaremetalCluster | undefined, ready: boolean): Saying {
  const type = 'InfrastructureReady';
  // Cluster API looks for what is not named, and does not find out why it is not there.
  if (!draft.spec?.infrastructureRef) {
    return { type, status: 'Unknown', reason: 'InternalError', message: 'Please check controller logs for errors' };
  }
  if (!infra) return lackOf(type, draft, draft.spec.infrastructureRef.kind, ready);
  if (ready) return { type, status: 'True', reason: 'Ready' };
  return { type, status: 'False', reason: 'NotReady', message: 'BaremetalCluster status.ready is false' };
}

function planeSaying(draft: Cluster, plane: KubeadmControlPlane | undefined): Saying {
  const type = 'ControlPlaneAvailable';
  const reference = draft.spec?.controlPlaneRef;
  const was = find(draft.status?.v1beta2?.conditions, 'ControlPlaneInitialized')?.status === 'True';
  if (!plane && reference) return lackOf(type, draft, reference.kind, was);
  return mirror(type, find(plane?.status?.v1beta2?.conditions, 'Available'));
}

function mirror(type: string, condition: ReturnType<typeof find>): Saying {
  if (!condition) return { type, status: 'Unknown', reason: 'NotYetReported' };
  const { status, reason, message } = condition;
  return { type, status: status as Saying['status'], reason, message };
}

function workersAvailable(deployments: readonly MachineDeployment[]): Saying {
  const type = 'WorkersAvailable';
  if (deployments.length === 0) return { type, status: 'True', reason: 'NoWorkers' };
  const bad = [...deployments].sort(byName).flatMap((deployment) => {
    const condition = find(deployment.status?.v1beta2?.conditions, 'Available');
    if (condition?.status === 'True') return [];
    const message = condition?.message ?? 'Condition Available not yet reported';
    return [bullet(`MachineDeployment ${deployment.metadata.name}`, message)];
  });
  if (bad.length === 0) return { type, status: 'True', reason: 'Available' };
  return { type, status: 'False', reason: 'NotAvailable', message: bad.join('\n') };
}

/** A condition that is True when it is for any group: all their messages under their names. */
function gathered(type: string, { plane, deployments }: ClusterFacts): Saying {
  const groups: KubeObject[] = [...(plane ? [plane] : []), ...[...deployments].sort(byName)];
  const lines = groups.flatMap((group) => {
    const { status } = group as KubeadmControlPlane | MachineDeployment;
    const condition = find(status?.v1beta2?.conditions, type);
    if (condition?.status !== 'True') return [];
    const [first = '', ...rest] = condition.message.split('\n');
    const title = `${group.kind} ${group.metadata.name}`;
    if (rest.length === 0) return [`* ${title}: ${first}`];
    return [`* ${title}:\n  * ${first}\n${indent(indent(rest.join('\n')))}`];
  });
  if (lines.length === 0) return { type, status: 'False', reason: `Not${type}` };
  return { type, status: 'True', reason: type, message: lines.join('\n') };
}

function available(draft: Cluster, sayings: readonly Saying[]): Saying {
  const parts = [
    'Deleting',
    'RemoteConnectionProbe',
    'InfrastructureReady',
    'ControlPlaneAvailable',
    'WorkersAvailable',
  ];
  const goes = deleting(draft);
  // What a Cluster that goes has lost already is no trouble.
  const isDone = ({ reason }: Saying) => goes && /^Object(Deleted|DoesNotExist)$/.test(reason);
  const said = parts.flatMap((type) => sayings.find((saying) => saying.type === type) ?? []).filter((s) => !isDone(s));
  const lines = said.flatMap(({ type, message }) => (message ? [bullet(type, message)] : []));
  const message = lines.join('\n');
  const bad = goes || said.some(({ type, status }) => type !== 'Deleting' && status !== 'True');
  return bad
    ? { type: 'Available', status: 'False', reason: 'NotAvailable', message }
    : { type: 'Available', status: 'True', reason: 'Available', message };
}
