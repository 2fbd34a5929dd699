/** Evidence from a workload cluster's own API. What it says of a Node is told at the Machine: a Node is no object here. */
import type { Fleet, MachineRow, ObjectRef } from '../fleet/rows.ts';
import { shorten } from '../text.ts';
import {
  isKnown,
  isReady,
  type Node,
  pressures,
  reachOf,
  readyOf,
  type Workload,
  type WorkloadKind,
} from '../workload.ts';
import { nodeText, strayNodes } from '../workload-text.ts';
import { fieldOf } from './evidence.ts';
import { machineRef } from './lookup.ts';
import type { Evidence } from './types.ts';

/** The workload cluster of a name, where it is asked. */
export function workloadOf(fleet: Fleet, cluster: string | undefined): Workload | undefined {
  return cluster === undefined ? undefined : fleet.workloads.get(cluster);
}

/** What a Node says that is not as it should be; its Ready where all is. */
export function nodeEvidence(of: ObjectRef, node: Node | undefined): Evidence[] {
  if (!node) return [];
  const ready = readyOf(node);
  const told = [...(ready ? [ready] : []), ...pressures(node)];
  return told.map(({ type, status, reason, message, since }) => ({
    sort: 'condition',
    of,
    says: [`Node ${node.name}: ${type}`, status, reason].filter(Boolean).join(' '),
    message: message === undefined ? undefined : shorten(message, 400),
    at: since,
  }));
}

/** How far what is said of a cluster's Nodes, or of its network plugin, can be trusted. Nothing where it is not asked. */
export function reachEvidence(of: ObjectRef, workload: Workload | undefined, kind: WorkloadKind): Evidence | undefined {
  const { word, why, verifiedAt } = reachOf(workload, kind);
  if (!workload || word === 'not asked' || word === 'live') return undefined;
  return {
    sort: 'field',
    of,
    says: shorten(`its own API: ${word}${why === undefined ? '' : `: ${why}`}`, 200),
    at: verifiedAt,
  };
}

/** What the cluster's own API says of a Node that should be there and is not. */
export function absenceEvidence(fleet: Fleet, row: MachineRow): (Evidence | undefined)[] {
  const of = machineRef(row);
  const workload = workloadOf(fleet, row.cluster);
  if (!isKnown(workload, 'node')) return [reachEvidence(of, workload, 'node')];
  const id = row.machine?.providerId ?? row.baremetal?.providerId;
  const strays = strayNodes(fleet, workload).map((node) => `${node.name} ${nodeText(node)}`);
  return [
    fieldOf(of, "the cluster's own Nodes", `${workload.nodes.length}, and none is ${row.node ?? id ?? 'this one'}`),
    strays.length === 0 ? undefined : fieldOf(of, 'Nodes that belong to no Machine', strays.join('; ')),
    reachEvidence(of, workload, 'node'),
  ];
}

/** `4 of 6 Nodes are Ready`, with those that are not; nothing where they were not seen. */
export function nodesEvidence(of: ObjectRef, workload: Workload | undefined): Evidence | undefined {
  if (!isKnown(workload, 'node')) return undefined;
  const bad = workload.nodes.filter((node) => !isReady(node));
  return {
    sort: 'field',
    of,
    says: `${workload.nodes.length - bad.length} of ${workload.nodes.length} Nodes are Ready`,
    message:
      bad.length === 0 ? undefined : shorten(bad.map((node) => `${node.name} ${nodeText(node)}`).join('; '), 400),
    at: bad.map((node) => readyOf(node)?.since).reduce((a, b) => (a === undefined || (b ?? a) < a ? b : a), undefined),
  };
}
