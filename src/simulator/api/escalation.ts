/**
 * Nobody grants what he does not have: k8s.io/kubernetes/pkg/registry/rbac, with the words of pkg/registry/rbac/validation.
 * Whoever may `escalate` a role or `bind` it may, and members of system:masters.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Authorizer } from './authorize.ts';
import type { Core, Plugin, Review } from './core.ts';
import { forbidden } from './errors.ts';
import { type Grant, grantsOf, roleOf, rulesOfRole } from './rbac.ts';
import type { KubeObject } from './types.ts';
import { groupsOf, isMaster } from './users.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** A plugin of a server whose roles decide. `authorize` says whether somebody may hand on more than he has. */
export const escalation = (authorize: Authorizer): Plugin => ({
  check: (review, core) => {
    const { resource, object, old, user } = review;
    if (resource.group !== GROUP || object === undefined || isMaster(user)) return;
    const isRole = /roles$/.test(resource.plural);
    const said = isRole ? 'rules' : 'roleRef';
    const same = (key: string) => isDeepStrictEqual(object[key], old?.[key]);
    if (old !== undefined && same(said) && (isRole ? same('aggregationRule') : same('subjects'))) return;
    const granted = isRole ? roleGrants(review, object, authorize) : boundGrants(review, object, core, authorize);
    if (granted === undefined) return;
    const { namespace } = object.metadata;
    const held = grantsOf(core, user).filter(({ namespaces }) => !namespaces || namespaces.includes(namespace ?? ''));
    const missing = lacking(held, granted);
    if (missing.length === 0) return;
    const whose = `user ${JSON.stringify(user.name)} (groups=${quoted(groupsOf(user))})`;
    const words = `${whose} is attempting to grant RBAC permissions not currently held:\n${missing.join('\n')}`;
    throw forbidden(resource, object.metadata.name, words);
  },
});

/** What a role is to grant; undefined where its author may write whatever he likes. */
function roleGrants({ resource, user }: Review, object: KubeObject, authorize: Authorizer): Grant[] | undefined {
  const { name, namespace } = object.metadata;
  if (authorize(user, { verb: 'escalate', group: GROUP, resource: resource.plural, namespace, name })) return undefined;
  if (object['aggregationRule'] === undefined) return rulesOfRole(object);
  const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], paths: [] };
  return [all, { verbs: ['*'], apiGroups: [], resources: [], paths: ['*'] }];
}

/** What a binding is to grant. Throws 404 where there is no such role. */
function boundGrants({ user }: Review, object: KubeObject, core: Core, authorize: Authorizer): Grant[] | undefined {
  const { kind, name = '' } = object['roleRef'] as { kind?: string; name?: string };
  const { namespace } = object.metadata;
  const about = { group: GROUP, resource: kind === 'Role' ? 'roles' : 'clusterroles', namespace, name };
  return authorize(user, { verb: 'bind', ...about }) ? undefined : rulesOfRole(roleOf(core, object));
}

/** One verb on one thing. */
interface Atom {
  verb: string;
  group?: string;
  resource?: string;
  name?: string | undefined;
  path?: string;
}

const atomsOf = ({ verbs, apiGroups, resources, resourceNames, paths }: Grant): Atom[] => [
  ...apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      (resourceNames ?? [undefined]).flatMap((name) => verbs.map((verb) => ({ verb, group, resource, name }))),
    ),
  ),
  ...paths.flatMap((path) => verbs.map((verb) => ({ verb, path }))),
];

const among = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

function holds(rule: Grant, { verb, group = '', resource = '', name, path }: Atom): boolean {
  if (!among(rule.verbs, verb)) return false;
  if (path !== undefined) {
    return rule.paths.some((one) => one === path || (one.endsWith('*') && path.startsWith(one.slice(0, -1))));
  }
  const [, sub] = resource.split('/');
  return (
    among(rule.apiGroups, group) &&
    (among(rule.resources, resource) || (sub !== undefined && rule.resources.includes(`*/${sub}`))) &&
    (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name)))
  );
}

/** What of `wanted` is not held, as a server writes it: verbs on the same thing together, in order. */
function lacking(held: readonly Grant[], wanted: readonly Grant[]): string[] {
  const missing = wanted.flatMap(atomsOf).filter((atom) => !held.some((rule) => holds(rule, atom)));
  const groups = new Map<string, { atom: Atom; verbs: string[] }>();
  for (const atom of missing) {
    const { verb, ...thing } = atom;
    // Of paths each verb is told alone.
    const key = JSON.stringify(atom.path === undefined ? thing : atom);
    const known = groups.get(key) ?? { atom, verbs: [] };
    known.verbs.push(verb);
    groups.set(key, known);
  }
  const lines = [...groups.values()].map(({ atom: { group, resource, name, path }, verbs }) => {
    const parts = {
      ...(path === undefined ? { APIGroups: [group ?? ''], Resources: [resource ?? ''] } : { NonResourceURLs: [path] }),
      ...(name === undefined ? {} : { ResourceNames: [name] }),
      Verbs: verbs,
    };
    return `{${Object.entries(parts)
      .map(([key, list]) => `${key}:${quoted(list)}`)
      .join(', ')}}`;
  });
  return [...new Set(lines)].sort();
}

/** A list as Go writes it. */
const quoted = (list: readonly string[]): string => `[${list.map((one) => JSON.stringify(one)).join(' ')}]`;
