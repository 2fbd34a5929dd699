/** Who may do what by the roles and bindings that are stored, as k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac has it. */

import { type Attributes, type Authorizer, covers, type Rule } from './authorize.ts';
import type { Core } from './core.ts';
import { notFound } from './errors.ts';
import { keyOf } from './store.ts';
import { isRecord, type KubeObject, type User } from './types.ts';
import { accountUser, groupsOf, isMaster } from './users.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** A grant of a role, with the paths it opens. */
export interface Grant extends Rule {
  readonly paths: readonly string[];
  /** What has granted it, in a server's words. */
  by?: string;
}

/** What a user has by the bindings there are. */
export const grantsOf = (core: Core, user: User): Grant[] => [
  ...bound(core, 'clusterrolebindings', user),
  ...bound(core, 'rolebindings', user),
];

/** An authorizer of what the objects of `core` say. Members of system:masters may do everything. */
export function rbacAuthorizer(core: () => Core): Authorizer & Required<Pick<Authorizer, 'rulesOf'>> & Reasons {
  const grantOf = (user: User, attributes: Attributes): Grant | undefined => {
    const { path } = attributes;
    const grants = grantsOf(core(), user);
    if (path === undefined) return grants.find((rule) => covers(rule, attributes));
    return grants.find(({ verbs, paths }) => speaksOf(verbs, attributes.verb) && paths.some((one) => isAt(one, path)));
  };
  const judge = (user: User, attributes: Attributes): boolean =>
    isMaster(user) || grantOf(user, attributes) !== undefined;
  const reasonOf = (user: User, attributes: Attributes) => {
    const by = isMaster(user) ? undefined : grantOf(user, attributes)?.by;
    return by && `RBAC: allowed by ${by}`;
  };
  const rulesOf = (user: User) => (isMaster(user) ? undefined : grantsOf(core(), user));
  return Object.assign(judge, { rulesOf, reasonOf });
}

interface Reasons {
  /** Why somebody may do something, in a server's words; nothing of who may do everything. */
  reasonOf(user: User, attributes: Attributes): string | undefined;
}

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
  const groups = groupsOf(user);
  for (const { object } of core.store.scan(bindings)) {
    const { namespace } = object.metadata;
    const subject = records(object['subjects']).find((one) => means(one, user, groups, namespace));
    if (subject === undefined) continue;
    const home = namespace === undefined ? {} : { namespaces: [namespace] };
    const by = described(object, subject);
    for (const rule of rulesOfRole(roleBy(core, object))) found.push({ ...rule, ...home, by });
  }
  return found;
}

const resourceOf = ({ resources }: Core, plural: string) =>
  resources.find((one) => one.group === GROUP && one.plural === plural);

function described({ kind, metadata, roleRef }: KubeObject, subject: Record<string, unknown>): string {
  const { name, namespace } = metadata;
  const role = isRecord(roleRef) ? roleRef : {};
  const whom =
    subject['kind'] === 'ServiceAccount' ? `${subject['name']}/${subject['namespace'] ?? namespace}` : subject['name'];
  const own = JSON.stringify(namespace === undefined ? name : `${name}/${namespace}`);
  return `${kind} ${own} of ${role['kind']} ${JSON.stringify(role['name'])} to ${subject['kind']} ${JSON.stringify(whom)}`;
}

/** The role that a binding is about; undefined where there is none. */
function roleBy(core: Core, { roleRef, metadata }: KubeObject): KubeObject | undefined {
  const { kind, name } = isRecord(roleRef) ? roleRef : {};
  const roles = resourceOf(core, kind === 'Role' ? 'roles' : 'clusterroles');
  const key = keyOf(kind === 'Role' ? metadata.namespace : undefined, String(name));
  return roles && core.store.get(roles, key)?.object;
}

/** The same. Throws 404 where there is none. */
export function roleOf(core: Core, binding: KubeObject): KubeObject {
  const role = roleBy(core, binding);
  if (role) return role;
  const { kind, name } = isRecord(binding['roleRef']) ? binding['roleRef'] : {};
  throw notFound(resourceOf(core, kind === 'Role' ? 'roles' : 'clusterroles')!, String(name));
}

/** What a role grants; nothing where there is none. */
export function rulesOfRole(role: KubeObject | undefined): Grant[] {
  return records(role?.['rules']).map((rule) => ({
    verbs: words(rule['verbs']),
    apiGroups: words(rule['apiGroups']),
    resources: words(rule['resources']),
    paths: words(rule['nonResourceURLs']),
    ...(Array.isArray(rule['resourceNames']) ? { resourceNames: words(rule['resourceNames']) } : {}),
  }));
}

/** Whether a subject of a binding is this user. Accounts without a namespace are nobody, but for a binding of one. */
function means(
  { kind, name, namespace }: Record<string, unknown>,
  user: User,
  groups: readonly string[],
  home: string | undefined,
): boolean {
  if (kind === 'User') return name === user.name;
  if (kind === 'Group') return groups.includes(String(name));
  return kind === 'ServiceAccount' && user.name === accountUser(String(namespace ?? home), String(name)).name;
}
