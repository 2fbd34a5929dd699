/** Who may do what by the roles and bindings that are stored, as k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac has it. */

import { type Attributes, type Authorizer, covers, isOpenPath, isOwnReview, type Rule } from './authorize.ts';
import type { Core } from './core.ts';
import { keyOf } from './store.ts';
import { isRecord, type KubeObject, type User } from './types.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ACCOUNT = 'system:serviceaccount:';

/** A grant of a role, with the paths it opens. */
interface Grant extends Rule {
  paths: readonly string[];
}

/** An authorizer of what the objects of `core` say. Members of system:masters may do everything. */
export function rbacAuthorizer(core: () => Core): Authorizer {
  const grantsOf = (user: User): Grant[] => [
    ...bound(core(), 'clusterrolebindings', user),
    ...bound(core(), 'rolebindings', user),
  ];
  const judge = (user: User, attributes: Attributes): boolean => {
    if (isMaster(user)) return true;
    const { path } = attributes;
    if (path !== undefined && isOpenPath(path)) return true;
    if (isOwnReview(attributes)) return true;
    const grants = grantsOf(user);
    if (path === undefined) return grants.some((rule) => covers(rule, attributes));
    return grants.some(({ verbs, paths }) => speaksOf(verbs, attributes.verb) && paths.some((one) => isAt(one, path)));
  };
  const rulesOf = (user: User) => (isMaster(user) ? undefined : grantsOf(user));
  return Object.assign(judge, { rulesOf });
}

const isMaster = ({ groups = [] }: User): boolean => groups.includes('system:masters');
const speaksOf = (list: readonly string[], word: string): boolean => list.includes('*') || list.includes(word);
const isAt = (open: string, path: string): boolean =>
  open === path || (open.endsWith('*') && path.startsWith(open.slice(0, -1)));
const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What bindings of one kind grant a user. */
function bound(core: Core, plural: 'clusterrolebindings' | 'rolebindings', user: User): Grant[] {
  const bindings = resourceOf(core, plural);
  if (bindings === undefined) return [];
  const found: Grant[] = [];
  for (const { object } of core.store.scan(bindings)) {
    const { namespace } = object.metadata;
    if (!records(object['subjects']).some((one) => means(one, user, namespace))) continue;
    const home = namespace === undefined ? {} : { namespaces: [namespace] };
    for (const rule of rulesOf(core, object)) found.push({ ...rule, ...home });
  }
  return found;
}

const resourceOf = ({ resources }: Core, plural: string) =>
  resources.find((one) => one.group === GROUP && one.plural === plural);

function rulesOf(core: Core, { roleRef, metadata }: KubeObject): Grant[] {
  const { kind, name } = isRecord(roleRef) ? roleRef : {};
  const roles = resourceOf(core, kind === 'Role' ? 'roles' : 'clusterroles');
  const key = keyOf(kind === 'Role' ? metadata.namespace : undefined, String(name));
  const role = roles && core.store.get(roles, key);
  return records(role?.object['rules']).map((rule) => ({
    verbs: words(rule['verbs']),
    apiGroups: words(rule['apiGroups']),
    resources: words(rule['resources']),
    paths: words(rule['nonResourceURLs']),
    ...(Array.isArray(rule['resourceNames']) ? { resourceNames: words(rule['resourceNames']) } : {}),
  }));
}

/** Whether a subject of a binding is this user. Accounts without a namespace are nobody, but for a binding of one. */
function means({ kind, name, namespace }: Record<string, unknown>, user: User, home: string | undefined): boolean {
  if (kind === 'User') return name === user.name;
  if (kind === 'Group') return name === 'system:authenticated' || (user.groups ?? []).includes(String(name));
  return kind === 'ServiceAccount' && user.name === `${ACCOUNT}${String(namespace ?? home)}:${String(name)}`;
}
