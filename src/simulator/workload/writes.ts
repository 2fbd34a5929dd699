/** Which requests ask something of Kubernetes' own controllers, and which only of what is asked of each cluster all the time. */

import { pathParts } from '../api/target.ts';
import type { ApiRequest } from '../api/types.ts';

/** The kinds they look at, beside those of extensions, which none of them does. */
const LOOKED_AT = new Set([
  ...['pods', 'services', 'endpoints', 'namespaces', 'nodes', 'serviceaccounts', 'persistentvolumeclaims'],
  ...[
    'deployments',
    'replicasets',
    'statefulsets',
    'daemonsets',
    'controllerrevisions',
    'replicationcontrollers',
    'jobs',
    'cronjobs',
  ],
  ...['endpointslices', 'poddisruptionbudgets', 'horizontalpodautoscalers', 'persistentvolumes', 'storageclasses'],
]);
const KUBERNETES = new Set(['', 'apps', 'batch', 'policy', 'discovery.k8s.io', 'autoscaling', 'storage.k8s.io']);

/** Whether a request may change what they look at. A dry run and a question that is sent as a write do not. */
export function isWrite({ method, path, query }: Pick<ApiRequest, 'method' | 'path' | 'query'>): boolean {
  if (method === 'GET' || query.has('dryRun')) return false;
  const parts = pathParts(path);
  return (
    parts !== undefined && KUBERNETES.has(parts.group) && LOOKED_AT.has(parts.plural) && parts.subresource !== 'token'
  );
}

/** Whether a question is about what is asked of each cluster all the time: its Nodes, its network's release and daemons, whether it lives. */
export const isOfNodes = (path: string): boolean =>
  /^\/(version|healthz|livez|readyz|openapi.*|api(\/v1)?|apis(\/[^/]+){0,2})\/?$|\/nodes(\/|$)|\/appreleases(\/|$)|\/kube-system\/daemonsets$/.test(
    path,
  );
