import { ApiError } from './errors.ts';
import type { PathParts, Verb } from './target.ts';
import type { User } from './types.ts';

/** What somebody wants to do: the attributes that RBAC judges. */
export interface Attributes {
  verb: string;
  group?: string;
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  /** Of requests that are about no resource. */
  path?: string;
}

export interface Authorizer {
  (user: User, attributes: Attributes): boolean;
  /** What a user was granted, for whoever asks for a list; undefined for everything. Without it, that is said of all. */
  rulesOf?(user: User): readonly Rule[] | undefined;
}

/** One grant, in the words of RBAC. `*` stands for all. A rule without `namespaces` holds in every namespace. */
export interface Rule {
  verbs: readonly string[];
  apiGroups: readonly string[];
  /** `machines`, or `machines/status` for a subresource. */
  resources: readonly string[];
  resourceNames?: readonly string[];
  namespaces?: readonly string[];
  /** Paths that are no resources: known of roles, which then say all there is to say. */
  paths?: readonly string[];
}

/** Whether a path is open to whoever has a valid token. */
export const isOpenPath = (path: string): boolean =>
  path === '/' || ANYONE.some((open) => path === open || path.startsWith(`${open}/`));

const ANYONE = ['/version', '/api', '/apis', '/openapi', '/healthz', '/livez', '/readyz'];

const REVIEWS = new Set(['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews']);

/** Whether somebody asks what he may do himself. */
export const isOwnReview = ({ resource = '', verb }: Attributes): boolean => REVIEWS.has(resource) && verb === 'create';

/**
 * An authorizer from grants by user name. A user without an entry may do everything; an empty list grants nothing.
 * Discovery and reviews of one's own rights are open to everybody, as to system:authenticated on a real cluster.
 */
export function rulesAuthorizer(grants: Readonly<Record<string, readonly Rule[]>>): Authorizer {
  const rulesOf = (user: User) => (Object.hasOwn(grants, user.name) ? grants[user.name] : undefined);
  const judge = (user: User, attributes: Attributes): boolean => {
    const rules = rulesOf(user);
    if (rules === undefined) return true;
    if (attributes.path !== undefined) return isOpenPath(attributes.path);
    if (isOwnReview(attributes)) return true;
    return rules.some((rule) => covers(rule, attributes));
  };
  return Object.assign(judge, { rulesOf });
}

/** Whether one grant allows it. */
export function covers(
  rule: Rule,
  { verb, group = '', resource = '', subresource, namespace, name }: Attributes,
): boolean {
  const full = subresource ? `${resource}/${subresource}` : resource;
  return (
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    (has(rule.resources, full) || (subresource !== undefined && rule.resources.includes(`*/${subresource}`))) &&
    (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name))) &&
    (rule.namespaces === undefined || (namespace !== undefined && rule.namespaces.includes(namespace)))
  );
}

const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

/** The attributes of a request to a resource. */
export function attributesOf(verb: Verb, { group, plural, namespace, name, subresource }: PathParts): Attributes {
  // The real server counts a namespace as being inside itself.
  const within = plural === 'namespaces' && group === '' ? name : namespace;
  return { verb, group, resource: plural, subresource, namespace: within, name };
}

/** The 403 of a request that the authorizer refused. */
export function accessDenied(user: User, attributes: Attributes): ApiError {
  const { verb, group = '', resource = '', subresource, namespace, name, path } = attributes;
  if (path !== undefined) {
    const message = `forbidden: User "${user.name}" cannot ${verb} path "${path}"`;
    return new ApiError(403, 'Forbidden', message, { details: {}, refusesUser: true });
  }
  const qualified = group ? `${resource}.${group}` : resource;
  const subject = name ? `${qualified} "${name}"` : qualified;
  const full = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  const message = `${subject} is forbidden: User "${user.name}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`;
  const details = { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: resource };
  return new ApiError(403, 'Forbidden', message, { details, refusesUser: true });
}
