/**
 * What a Machine writes on its Node: whose it is, and those of its labels that are meant for Nodes. Source: Cluster API 1.10,
 * patchNode of the Machine controller and util/labels.
 */

import type { ClusterApiVersion } from '../kinds.ts';
import { clusterOf } from '../owners.ts';
import type { Machine } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';

const from = 'cluster.x-k8s.io/labels-from-machine';
const role = 'node-role.kubernetes.io/';
const domains = ['node-restriction.kubernetes.io', 'node.cluster.x-k8s.io'];

/** Those labels of a Machine that its Node gets. */
function labelsFor({ metadata }: Machine): Record<string, string> {
  const meant = (key: string) => {
    const domain = key.split('/')[0] ?? '';
    return key.startsWith(role) || domains.some((one) => domain === one || domain.endsWith(`.${one}`));
  };
  return Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => meant(key)));
}

/** The annotations by which a Node leads back to its Machine. */
function nodeLinks(
  machine: Machine,
  namespace: string,
  clusterApi: ClusterApiVersion,
): Record<string, string | undefined> {
  const owner = machine.metadata.ownerReferences?.find(({ controller: is }) => is);
  return {
    ...(clusterApi === 'v1beta2' ? { 'cluster.x-k8s.io/annotations-from-machine': '' } : {}),
    'cluster.x-k8s.io/cluster-name': clusterOf(machine),
    'cluster.x-k8s.io/cluster-namespace': namespace,
    [from]: Object.keys(labelsFor(machine)).sort().join(','),
    'cluster.x-k8s.io/machine': machine.metadata.name,
    'cluster.x-k8s.io/owner-kind': owner?.kind,
    'cluster.x-k8s.io/owner-name': owner?.name,
  };
}

/** Whether a Node bears what its Machine writes on it. */
export function isSynced(
  { metadata }: Node,
  machine: Machine,
  namespace: string,
  clusterApi: ClusterApiVersion,
): boolean {
  const links = Object.entries(nodeLinks(machine, namespace, clusterApi));
  const labels = Object.entries(labelsFor(machine));
  return (
    links.every(([key, value]) => metadata.annotations?.[key] === value) &&
    labels.every(([key, value]) => metadata.labels?.[key] === value)
  );
}

/** Writes it into `draft`, and takes away the labels that it wrote once and has no more itself. */
export function syncNode(draft: Node, machine: Machine, namespace: string, clusterApi: ClusterApiVersion): void {
  const labels = labelsFor(machine);
  const before = draft.metadata.annotations?.[from]?.split(',') ?? [];
  draft.metadata.labels = { ...draft.metadata.labels, ...labels };
  for (const key of before) if (!(key in labels)) delete draft.metadata.labels[key];
  const links = Object.entries(nodeLinks(machine, namespace, clusterApi));
  draft.metadata.annotations = { ...draft.metadata.annotations };
  for (const [key, value] of links) if (value !== undefined) draft.metadata.annotations[key] = value;
}
