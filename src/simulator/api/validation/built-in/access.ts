/** Roles, their bindings, and classes of priority: k8s.io/kubernetes/pkg/apis/{rbac,scheduling}/validation. */

import { type Cause, cause } from '../../errors.ts';
import type { KubeObject } from '../../types.ts';
import { shown } from '../go/values.ts';
import { type Fields, fieldsOf, immutableCause, type Rules, records, same, subdomain, texts } from '../tools.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** What is wrong with the rules of a role. `everywhere`: of a ClusterRole. */
export function roleCauses(object: KubeObject, everywhere: boolean, { minor }: Rules): Cause[] {
  return records(object['rules']).flatMap((rule, index) => {
    const at = `rules[${index}]`;
    const has = (field: string) => texts(rule[field]).length > 0;
    const paths = has('nonResourceURLs');
    const told = () => shown(minor, '[]string', rule['nonResourceURLs']);
    const none: Cause[] = has('verbs') ? [] : [cause.required(`${at}.verbs`, 'verbs must contain at least one value')];
    if (paths && !everywhere) {
      const why = 'namespaced rules cannot apply to non-resource URLs';
      return [...none, cause.invalid(`${at}.nonResourceURLs`, told(), why)];
    }
    if (paths) {
      const why = 'rules cannot apply to both regular resources and non-resource URLs';
      const both = has('apiGroups') || has('resources') || has('resourceNames');
      return both ? [...none, cause.invalid(`${at}.nonResourceURLs`, told(), why)] : none;
    }
    return [
      ...none,
      ...(has('apiGroups')
        ? []
        : [cause.required(`${at}.apiGroups`, 'resource rules must supply at least one api group')]),
      ...(has('resources')
        ? []
        : [cause.required(`${at}.resources`, 'resource rules must supply at least one resource')]),
    ];
  });
}

/** What is wrong with a binding. `everywhere`: of a ClusterRoleBinding. */
export function bindingCauses(object: KubeObject, everywhere: boolean): Cause[] {
  const { apiGroup = RBAC, kind, name } = fieldsOf(object['roleRef']);
  const kinds = everywhere ? ['ClusterRole'] : ['Role', 'ClusterRole'];
  return [
    ...(apiGroup === RBAC || apiGroup === '' ? [] : [cause.notSupported('roleRef.apiGroup', apiGroup, [RBAC])]),
    ...(kinds.includes(String(kind)) ? [] : [cause.notSupported('roleRef.kind', kind ?? '', kinds)]),
    ...(name ? [] : [cause.required('roleRef.name')]),
    ...records(object['subjects']).flatMap((subject, index) =>
      subjectCauses(`subjects[${index}]`, subject, everywhere),
    ),
  ];
}

function subjectCauses(at: string, { kind, name, namespace, apiGroup }: Fields, everywhere: boolean): Cause[] {
  const found: Cause[] = name ? [] : [cause.required(`${at}.name`)];
  const wanted = kind === 'ServiceAccount' ? '' : RBAC;
  if (kind !== 'ServiceAccount' && kind !== 'User' && kind !== 'Group') {
    return [...found, cause.notSupported(`${at}.kind`, kind ?? '', ['ServiceAccount', 'User', 'Group'])];
  }
  if (kind === 'ServiceAccount' && name) found.push(...subdomain(`${at}.name`, String(name)));
  if (apiGroup !== undefined && apiGroup !== wanted)
    found.push(cause.notSupported(`${at}.apiGroup`, apiGroup, [wanted]));
  if (kind === 'ServiceAccount' && !namespace && everywhere) found.push(cause.required(`${at}.namespace`));
  return found;
}

/** Whom a binding gives rights may change, and not which. */
export const fixedBinding = (old: KubeObject, now: KubeObject, { minor }: Rules): Cause[] =>
  same(refOf(old), refOf(now))
    ? []
    : [cause.invalid('roleRef', shown(minor, 'rbac.RoleRef', refOf(now)), 'cannot change roleRef')];

const refOf = (object: KubeObject): Fields => {
  const { apiGroup, kind, name } = fieldsOf(object['roleRef']);
  return { apiGroup: apiGroup || RBAC, kind, name };
};

const MOST = 1_000_000_000;
const SYSTEM = ['system-node-critical', 'system-cluster-critical'];

/** What is wrong with a class of priority. */
export function priorityCauses(object: KubeObject): Cause[] {
  const { name } = object.metadata;
  const value = Number(object['value'] ?? 0);
  const found: Cause[] = [];
  if (name.startsWith('system-')) {
    if (!SYSTEM.includes(name)) {
      const why = "priority class names with 'system-' prefix are reserved for system use only.";
      found.push(cause.forbidden('metadata.name', `${why} error: ${name} is not a known system priority class`));
    }
  } else if (value > MOST) {
    found.push(cause.forbidden('value', `maximum allowed value of a user defined priority is ${MOST}`));
  }
  const policy = object['preemptionPolicy'];
  if (policy !== undefined && policy !== 'Never' && policy !== 'PreemptLowerPriority') {
    found.push(cause.notSupported('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never']));
  }
  return found;
}

/** What never changes of a class of priority. */
export const fixedPriority = (old: KubeObject, now: KubeObject): Cause[] => [
  ...(same(old['value'], now['value']) ? [] : [cause.forbidden('Value', 'may not be changed in an update.')]),
  ...(same(old['preemptionPolicy'], now['preemptionPolicy'])
    ? []
    : [immutableCause('preemptionPolicy', now['preemptionPolicy'] ?? 'null')]),
];
