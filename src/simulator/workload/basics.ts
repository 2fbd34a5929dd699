/** What a workload cluster has from its first minute whatever runs on it: its endpoint, roles, and what namespaces are given. */

import type { KubeObject } from '../api/types.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import type { Beginning } from '../world/beginning.ts';
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
 * All of it for a cluster of `nodes`, with its `beginning`; nothing without one. `ca`: its server's authority, in PEM; `version`: what
 * it serves, and `since`: since when a server of a minor version is there.
 */
export function clusterBasics(
  nodes: readonly Node[],
  { ca, services }: Pick<ClusterSettings, 'ca' | 'services'>,
  beginning: Beginning | undefined,
  { version, since: brought }: { version: string; since: ServedSince },
): KubeObject[] {
  if (beginning === undefined) return [];
  const made = makeAt(beginning);
  // What its first server brought is there before its Node is.
  const since: ServedSince = (minor) => {
    const at = brought(minor);
    return at === undefined || Date.parse(at) > beginning.born ? at : timestamp(beginning.at('roles'));
  };
  const addresses = nodes
    .filter((node) => rolesOf(node).includes('control-plane'))
    .flatMap(({ status }) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? []);
  const first = serviceAddress('10.96.0.1', services);
  const spaces = namespaces.map((name) => {
    const space = made('v1', 'Namespace', name, '', {});
    // The accounts are given by who leads.
    const given = timestamp(beginning.madeAt('ServiceAccount', name, 'default'));
    return { ...space, metadata: { ...space.metadata, creationTimestamp: given } };
  });
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
    ...basics(made, addresses, since, serviceAddress('10.96.0.10', services)),
    ...served(version, brought, beginning),
    ...givenToNamespaces(made, spaces, ca),
  ];
}

/** The groups that a version serves, each since when a server has brought it. */
function served(version: string, since: ServedSince, beginning: Beginning): KubeObject[] {
  const later = kindsAfter(version);
  const made = makeAt(beginning);
  return apiServices(
    (apiVersion, kind, name, namespace, rest) => {
      const { group = '' } = (rest as { spec: { group?: string } }).spec;
      const came = since(lateGroups.get(group) ?? 0);
      return came !== undefined && Date.parse(came) > beginning.born
        ? make(apiVersion, kind, namespace, name, came, rest)
        : made(apiVersion, kind, name, namespace, rest);
    },
    workloadResources.filter(({ plural }) => !later.has(plural)),
  );
}

/** Makes objects in their steps. */
const makeAt =
  (beginning: Beginning): Made =>
  (apiVersion, kind, name, namespace, rest) =>
    make(apiVersion, kind, namespace, name, timestamp(beginning.madeAt(kind, namespace, name)), rest);

/** The definitions of what is served beside Kubernetes' own kinds. */
export const clusterDefinitions = (beginning: Beginning): KubeObject[] =>
  definitions(
    workloadResources,
    (name) => timestamp(beginning.madeAt('CustomResourceDefinition', '', name)),
    ({ apiVersion, kind, metadata, ...rest }) => {
      const made = makeAt(beginning)(apiVersion, kind, metadata.name, '', rest);
      return { ...made, metadata: { ...made.metadata, ...metadata, generation: 1 } };
    },
  );

/** How the server shares its room among who asks, as it has it from its beginning. */
export const clusterFlow = (beginning: Beginning): KubeObject[] => flowControl(makeAt(beginning));
