/** What a cluster's row says. */
import { CLUSTER_API, IMPORTED, PAUSED } from '../annotations.ts';
import { falseCondition, findCondition } from '../conditions.ts';
import type { BaremetalCluster, Cluster, Condition } from '../objects.ts';
import { CAUSE_CAP, shorten } from '../text.ts';
import { bad, fleeting, type Rule, warn, worst } from './problems.ts';
import type { ClusterRow, GroupRow } from './rows.ts';

export interface ClusterFacts {
  cluster: Cluster;
  infrastructure?: BaremetalCluster;
  /** Control plane first, then by name. */
  groups: readonly GroupRow[];
  /** Hosts in its pools or held by its machines. */
  hosts: number;
  /** The BaremetalCluster it names is known not to exist. */
  infrastructureMissing: boolean;
}

type ClusterRule = Rule<ClusterFacts>;

function because(condition: Condition): string {
  return condition.message ?? condition.reason ?? condition.status;
}

/**
 * Its control plane has come up once. `controlPlaneReady` says how it is now, and turns false when it is in trouble;
 * the condition stays.
 */
function cameUp({ cluster, groups }: ClusterFacts): boolean {
  return (
    cluster.controlPlaneReady === true ||
    findCondition(cluster.conditions, 'ControlPlaneInitialized')?.status === 'True' ||
    groups.some(({ object }) => object.kind === 'controlPlane' && object.initialized === true)
  );
}

function isPaused({ cluster }: ClusterFacts): boolean {
  return cluster.paused || Object.hasOwn(cluster.annotations, PAUSED);
}

const isBusy = ({ groups }: ClusterFacts) =>
  groups.some(({ rolling, done, waiting }) => rolling || (!done && waiting !== undefined));

// Its pools outlive it, and the hosts in them: what counts is that Cluster API has nothing left to do.
const stuckDeleting: ClusterRule = ({ cluster, groups }) =>
  cluster.deleting !== undefined &&
  groups.length === 0 &&
  cluster.finalizers.includes(IMPORTED) &&
  !cluster.finalizers.includes(CLUSTER_API)
    ? warn(`deletion held by finalizer ${IMPORTED}`, cluster.deleting)
    : undefined;

const failed: ClusterRule = ({ cluster }) => {
  if (!cluster.failure && cluster.phase !== 'Failed') return undefined;
  const why = [cluster.failure?.reason, cluster.failure?.message].filter(Boolean).join(': ');
  return bad(shorten(why ? `failed: ${why}` : 'failed', CAUSE_CAP));
};

const endpoint: ClusterRule = (facts) => {
  const { cluster, infrastructure } = facts;
  const condition = falseCondition(infrastructure?.conditions, 'EndpointReady');
  if (!condition || cluster.deleting !== undefined) return undefined;
  const text = shorten(`endpoint not ready: ${because(condition)}`, CAUSE_CAP);
  // Before its first machine runs nothing can answer there.
  return cameUp(facts) ? bad(text, condition.since) : undefined;
};

const infrastructureMissing: ClusterRule = ({ cluster, infrastructureMissing: missing }) =>
  missing && cluster.deleting === undefined
    ? fleeting(bad(`BaremetalCluster ${cluster.infrastructure?.name} does not exist`))
    : undefined;

const groupInTrouble: ClusterRule = ({ groups }) => {
  const row = groups.find(({ problem }) => problem?.severity === 'bad');
  if (!row?.problem) return undefined;
  const ref = { kind: row.object.kind, uid: row.uid, name: row.name };
  return bad(shorten(`${row.name}: ${row.problem.text}`, CAUSE_CAP), row.problem.since, row.problem.cause ?? ref);
};

/** Cluster API cannot reach the cluster's own API server: what it says of nodes and drains is old. */
const notReachable: ClusterRule = (facts) => {
  const { cluster } = facts;
  const condition = falseCondition(cluster.conditions, 'RemoteConnectionProbe');
  return condition && cameUp(facts) && cluster.deleting === undefined
    ? bad(shorten(`cluster not reachable: ${because(condition)}`, CAUSE_CAP), condition.since)
    : undefined;
};

const infrastructureNotReady: ClusterRule = (facts) => {
  const { cluster } = facts;
  const condition = falseCondition(cluster.conditions, 'InfrastructureReady');
  return condition && cameUp(facts) && cluster.deleting === undefined
    ? bad(shorten(`infrastructure not ready: ${because(condition)}`, CAUSE_CAP), condition.since)
    : undefined;
};

/**
 * v1beta1 sums up in Ready, v1beta2 in Available. Both follow the groups, a moment late, and are False whenever one of
 * them moves: what the groups say is said there, so only what no group explains is left to say.
 */
const notReady: ClusterRule = (facts) => {
  const { cluster, groups } = facts;
  const summary = cluster.conditions[0]?.generation === 'v1beta2' ? 'Available' : 'Ready';
  const condition = falseCondition(cluster.conditions, summary);
  if (!condition || cluster.deleting !== undefined || !cameUp(facts) || isBusy(facts)) return undefined;
  const explained =
    groups.some(({ problem }) => problem !== undefined) ||
    /Scaling|Rolling|Delet|Drain|completed/i.test(because(condition));
  return explained ? undefined : warn(shorten(`not ready: ${because(condition)}`, CAUSE_CAP), condition.since);
};

const paused: ClusterRule = (facts) => (isPaused(facts) ? warn('paused: nothing of it is reconciled') : undefined);

const groupToLookAt: ClusterRule = ({ groups }) => {
  const row = groups.find(({ problem }) => problem !== undefined);
  if (!row?.problem) return undefined;
  const ref = { kind: row.object.kind, uid: row.uid, name: row.name };
  return warn(shorten(`${row.name}: ${row.problem.text}`, CAUSE_CAP), row.problem.since, row.problem.cause ?? ref);
};

const CLUSTER_PROBLEMS: readonly ClusterRule[] = [
  stuckDeleting,
  failed,
  infrastructureMissing,
  endpoint,
  notReachable,
  infrastructureNotReady,
  groupInTrouble,
  notReady,
  paused,
  groupToLookAt,
];

function waitingOf(facts: ClusterFacts): string | undefined {
  const { cluster, infrastructure, groups } = facts;
  if (cluster.deleting !== undefined) {
    return groups.length > 0 ? `deletion of ${groups.map(({ name }) => name).join(', ')}` : 'deletion';
  }
  if (cluster.infrastructureReady === false) return 'infrastructure';
  if (cluster.controlPlaneReady === false && !cameUp(facts)) {
    if (falseCondition(infrastructure?.conditions, 'EndpointReady')) return 'first control-plane machine and endpoint';
    return 'first control-plane machine';
  }
  const busy = groups.find(({ waiting }) => waiting !== undefined);
  return busy && shorten(`${busy.name}: ${busy.waiting}`, 100);
}

function endpointText({ cluster, infrastructure }: ClusterFacts): string | undefined {
  const { host, port } = cluster.endpoint ?? infrastructure?.endpoint ?? {};
  return host === undefined
    ? undefined
    : port === undefined
      ? host
      : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Builds the row. */
export function clusterRow(facts: ClusterFacts): ClusterRow {
  const { cluster, infrastructure, groups } = facts;
  const controlPlane = groups.find((group) => group.controlPlane);
  const wanted = controlPlane?.version;
  const version =
    (controlPlane?.object.kind === 'controlPlane' ? controlPlane.object.statusVersion : undefined) ?? wanted;
  const workers = { desired: 0, ready: 0 };
  for (const { replicas, controlPlane: isControlPlane } of groups) {
    if (isControlPlane) continue;
    workers.desired += replicas.desired ?? 0;
    workers.ready += replicas.ready ?? 0;
  }
  return {
    kind: 'cluster',
    uid: cluster.uid,
    name: cluster.name,
    object: cluster,
    infrastructure,
    phase: cluster.phase,
    paused: isPaused(facts),
    endpoint: endpointText(facts),
    version,
    nextVersion: wanted === version ? undefined : wanted,
    groups: groups.map(({ uid }) => uid),
    controlPlane: controlPlane && { desired: controlPlane.replicas.desired, ready: controlPlane.replicas.ready },
    workers,
    hosts: facts.hosts,
    waiting: waitingOf(facts),
    problem: worst(CLUSTER_PROBLEMS, facts),
  };
}
