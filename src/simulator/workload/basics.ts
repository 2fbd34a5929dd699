/** What a workload cluster has from its first minute whatever runs on it: its endpoint, roles, and what namespaces are given. */

import type { KubeObject } from '../api/types.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { apiServices, basics, givenToNamespaces } from '../world/management/basics.ts';
import type { ServedSince } from '../world/management/cluster-roles.ts';
import { definitions } from '../world/management/definitions.ts';
import { flowControl } from '../world/management/flow-control.ts';
import { workloadResources } from './kinds.ts';
import { kindsAfter, lateGroups } from './later-kinds.ts';
import { serviceAddress } from './service-admission.ts';
import type { ClusterSettings } from './settings.ts';
import { rolesOf } from './summary.ts';
import { make } from './system.ts';

type Made = (apiVersion: string, kind: string, name: string, namespace: string, rest: object) => KubeObject;

/** Namespaces there are in every such cluster. */
export const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'cpaas-system', 'sim-workload'];

/**
 * All of it for a cluster of `nodes` that runs `objects` and is there since `born`; nothing without Nodes. `ca`: its server's
 * authority, in PEM; `version`: what it serves, and `since`: since when a server of a minor version is there.
 */
export function clusterBasics(
  nodes: readonly Node[],
  objects: readonly KubeObject[],
  { ca, services }: Pick<ClusterSettings, 'ca' | 'services'>,
  born: string | undefined,
  { version, since }: { version: string; since: ServedSince },
): KubeObject[] {
  if (born === undefined) return [];
  const made: Made = (apiVersion, kind, name, namespace, rest) => make(apiVersion, kind, namespace, name, born, rest);
  const addresses = nodes
    .filter((node) => rolesOf(node).includes('control-plane'))
    .flatMap(({ status }) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? []);
  const dns = objects.flatMap(({ kind, metadata, status }) =>
    kind === 'Pod' && metadata.labels?.['k8s-app'] === 'kube-dns' && status?.['podIP'] ? String(status['podIP']) : [],
  );
  const first = serviceAddress('10.96.0.1', services);
  const spaces = namespaces.map((name) => made('v1', 'Namespace', name, '', {}));
  const endpoint = made('v1', 'Service', 'kubernetes', 'default', {
    spec: {
      type: 'ClusterIP',
      clusterIP: first,
      clusterIPs: [first],
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
    },
  });
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  return [
    { ...endpoint, metadata: { ...endpoint.metadata, labels } },
    ...basics(made, addresses, dns, since, serviceAddress('10.96.0.10', services)),
    ...served({ version, since, born, made }),
    ...givenToNamespaces(made, spaces, ca),
  ];
}

/** The groups that a version serves, each since when a server has brought it. */
function served({ version, since, born, made }: { version: string; since: ServedSince; born: string; made: Made }) {
  const later = kindsAfter(version);
  const sinceOf = (group: string) => since(lateGroups.get(group) ?? 0) ?? born;
  return apiServices(
    (apiVersion, kind, name, namespace, rest) => {
      const { group = '' } = (rest as { spec: { group?: string } }).spec;
      return lateGroups.has(group)
        ? make(apiVersion, kind, namespace, name, sinceOf(group), rest)
        : made(apiVersion, kind, name, namespace, rest);
    },
    workloadResources.filter(({ plural }) => !later.has(plural)),
  );
}

/** The definitions of what is served beside Kubernetes' own kinds, `born` with the cluster. */
export const clusterDefinitions = (born: string): KubeObject[] =>
  definitions(
    workloadResources,
    () => born,
    ({ apiVersion, kind, metadata, ...rest }) => {
      const made = make(apiVersion, kind, '', metadata.name, born, rest);
      return { ...made, metadata: { ...made.metadata, ...metadata, generation: 1 } };
    },
  );

/** How the server shares its room among who asks, as it has it since `born`. */
export const clusterFlow = (born: string): KubeObject[] =>
  flowControl((apiVersion, kind, name, namespace, rest) => make(apiVersion, kind, namespace, name, born, rest));
