/** What a management cluster serves beside the kinds its controllers work on: for people who look around in it. */

import { extensionKinds } from '../../api/kinds/extension-kinds.ts';
import { furtherKinds } from '../../api/kinds/further-kinds.ts';
import { ordinaryKinds } from '../../api/kinds/ordinary-kinds.ts';
import { type ClusterApiVersion, type Resource, servedResources } from '../../api/resources.ts';
import { workloadResources } from '../../workload/kinds.ts';
import { ovnKinds } from '../../workload/kube-ovn/kinds.ts';
import { olderVersions } from './older-versions.ts';

/** Kinds that a workload cluster serves too. */
const shared = new Set(['nodes', 'daemonsets', 'replicasets', 'poddisruptionbudgets', 'leases', 'appreleases']);

const beside: readonly Resource[] = [
  ...workloadResources.filter(({ plural }) => shared.has(plural)),
  ...ordinaryKinds,
  ...extensionKinds,
  ...ovnKinds,
];

/** Every kind of a management cluster, for `ApiOptions.resources`. */
export function managementResources(clusterApi: ClusterApiVersion): Resource[] {
  const kept = [...servedResources(clusterApi), ...furtherKinds(clusterApi), ...beside];
  return [...kept, ...olderVersions(kept)];
}
