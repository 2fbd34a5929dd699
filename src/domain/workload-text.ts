/** Nodes and releases of workload clusters in words: for the dashboard, the tree and explanations alike. */

import { findCondition } from './conditions.ts';
import type { Fleet, MachineRow } from './fleet/rows.ts';
import type { AppRelease } from './objects.ts';
import { isKnown, isReady, type Node, pressures, readyOf, readyWord, type Workload } from './workload.ts';

/** `Ready`, `NotReady KubeletNotReady`, `Ready, cordoned, MemoryPressure`. */
export function nodeText(node: Node): string {
  const reason = isReady(node) ? undefined : readyOf(node)?.reason;
  return [
    [readyWord(node), reason].filter(Boolean).join(' '),
    node.deleting === undefined ? undefined : 'being deleted',
    node.unschedulable ? 'cordoned' : undefined,
    ...pressures(node).map(({ type, status }) => (status === 'True' ? type : `${type} ${status}`)),
  ]
    .filter(Boolean)
    .join(', ');
}

/** Since when, Unix time in ms, a Node is what `nodeText` says; undefined where that says more than whether it is ready. */
export function nodeTextSince(node: Node): number | undefined {
  const more = node.deleting !== undefined || node.unschedulable || pressures(node).length > 0;
  return more ? undefined : readyOf(node)?.since;
}

/** Where a Node is on its way out: the Machine says so, the Node only that nothing is placed on it any more. */
export function drainText({ nodeObject, deleting, machine }: MachineRow): string | undefined {
  if (!nodeObject?.unschedulable) return deleting && nodeObject ? 'not cordoned yet' : undefined;
  if (!deleting) return 'cordoned by somebody: the machine is not being deleted';
  const drained = findCondition(machine?.conditions, 'DrainingSucceeded');
  if (drained?.status === 'True') return 'cordoned, drained';
  return 'cordoned, being drained';
}

/** How many Nodes are ready, of all; undefined where they were never all seen. */
export function nodeCount(workload: Workload | undefined): { ready: number; total: number } | undefined {
  if (!isKnown(workload, 'node')) return undefined;
  return { ready: workload.nodes.filter(isReady).length, total: workload.nodes.length };
}

/** `Success, acp/chart-kube-ovn v4.3.3`, `Upgrading, acp/chart-kube-ovn v4.3.3 -> v4.3.5`. */
export function releaseText({ charts, phase }: AppRelease): string {
  const each = charts.map(({ name, targetRevision: to, installedRevision: from }) =>
    [name, from === to ? to : `${from ?? 'nothing'} -> ${to ?? '?'}`].filter(Boolean).join(' '),
  );
  return [phase ?? 'no phase', ...each].join(', ');
}

/** What the management cluster knows of the Nodes of a cluster: second-hand, by way of Cluster API. */
export function secondHand(fleet: Fleet, cluster: string): { machines: number; withNode: number; healthy: number } {
  const rows = fleet.machines.list.filter((row) => row.cluster === cluster);
  return {
    machines: rows.length,
    withNode: rows.filter(({ node }) => node !== undefined).length,
    healthy: rows.filter(({ machine }) => findCondition(machine?.conditions, 'NodeHealthy')?.status === 'True').length,
  };
}

/** Nodes that belong to no Machine of the fleet. */
export function strayNodes(fleet: Fleet, workload: Workload): Node[] {
  const taken = new Set(
    fleet.machines.list.flatMap(({ cluster, nodeObject }) =>
      cluster === workload.cluster && nodeObject ? [nodeObject.uid] : [],
    ),
  );
  return workload.nodes.filter(({ uid }) => !taken.has(uid));
}
