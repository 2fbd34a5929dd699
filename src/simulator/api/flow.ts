/** Which of the server's flows a request is of: told with every answer, as k8s.io/apiserver/pkg/server/filters does. */

import type { Core } from './core.ts';
import type { User } from './types.ts';

const GROUP = 'flowcontrol.apiserver.k8s.io';

/** The schema that a user's requests fall under, of those that every server has. */
function schemaOf({ groups = [] }: User): string {
  if (groups.includes('system:masters')) return 'exempt';
  if (groups.includes('system:nodes')) return 'system-nodes';
  if (groups.includes('system:serviceaccounts:kube-system')) return 'kube-system-service-accounts';
  return groups.includes('system:serviceaccounts') ? 'service-accounts' : 'global-default';
}

/** The headers that tell it; none where the server keeps no schemas. */
export function flowHeaders({ resources, store }: Core, user: User | undefined): Record<string, string> {
  if (user === undefined) return {};
  const kept = (plural: string, name: string) => {
    const resource = resources.find((one) => one.plural === plural && one.group === GROUP);
    return resource && store.get(resource, name)?.object;
  };
  const schema = kept('flowschemas', schemaOf(user));
  const level = schema?.spec?.['priorityLevelConfiguration'] as { name?: string } | undefined;
  const priority = kept('prioritylevelconfigurations', level?.name ?? '');
  if (schema === undefined || priority === undefined) return {};
  return {
    'x-kubernetes-pf-flowschema-uid': schema.metadata.uid ?? '',
    'x-kubernetes-pf-prioritylevel-uid': priority.metadata.uid ?? '',
  };
}
