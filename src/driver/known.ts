/** All a guide may know, from the picture of the fleet and what the workload clusters said. */
import { findCondition } from '../domain/conditions.ts';
import type { AppRelease } from '../domain/objects.ts';
import { isLive, isReady, type Node, readyOf, type Workload } from '../domain/workload.ts';
import type { Known, NodeFact, ReleaseFact, WorkloadFacts } from '../guides/contract.ts';
import type { Raw, World } from '../operations/contract.ts';
import type { DriverOptions } from './types.ts';

/** Everything but the objects read whole is taken as it is at this moment. */
export function knownOf(
  { sight, matrix, learnt }: Pick<DriverOptions, 'sight' | 'matrix' | 'learnt'>,
  raw: ReadonlyMap<string, Raw | null>,
): Known {
  const picture = sight.picture();
  return { ...picture, raw, matrix, learnt: learnt(), workload: factsOf(picture) };
}

/** What is live of the workload clusters: on nothing less is anything decided. */
export function factsOf({ fleet, now }: Pick<World, 'fleet' | 'now'>): Map<string, WorkloadFacts> {
  const facts = new Map<string, WorkloadFacts>();
  for (const [cluster, workload] of fleet.workloads) {
    const said = saidBy(workload, now);
    if (said) facts.set(cluster, said);
  }
  return facts;
}

function saidBy(workload: Workload, now: number): WorkloadFacts | undefined {
  if (!isLive(workload, 'node')) return undefined;
  const { nodes, releases } = workload;
  return {
    at: workload.freshness.node.verifiedAt ?? now,
    nodes: nodes.map(nodeFact),
    ...(isLive(workload, 'appRelease') ? { releases: releases.map(releaseFact) } : {}),
  };
}

function nodeFact(node: Node): NodeFact {
  const ready = readyOf(node);
  return {
    name: node.name,
    ready: isReady(node),
    version: node.kubeletVersion,
    ...(isReady(node) ? {} : { why: ready?.message ?? ready?.reason ?? 'it has not said that it is ready' }),
    since: ready?.since,
  };
}

function releaseFact({ name, charts, phase, conditions }: AppRelease): ReleaseFact {
  const [chart] = charts;
  const isTrue = (type: string) => {
    const status = findCondition(conditions, type)?.status;
    return status === undefined ? undefined : status === 'True';
  };
  const bad = conditions.find(({ status, message }) => status !== 'True' && message !== undefined);
  return {
    name,
    chart: chart?.name,
    target: chart?.targetRevision,
    installed: chart?.installedRevision,
    phase,
    sync: isTrue('Sync'),
    health: isTrue('Health'),
    message: bad?.message,
  };
}
