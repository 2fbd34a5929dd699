/** Who asks: those whom every server knows, and what it knows of them beside their names. */

import type { User } from './types.ts';

const ACCOUNT = 'system:serviceaccount:';
const AUTHENTICATED = 'system:authenticated';
const UNAUTHENTICATED = 'system:unauthenticated';

/** Whoever comes without credentials: k8s.io/apiserver/pkg/authentication/request/anonymous. */
export const ANONYMOUS: User = { name: 'system:anonymous', groups: [UNAUTHENTICATED] };

export const isAnonymous = ({ name }: User): boolean => name === ANONYMOUS.name;

/** Whether somebody may do whatever there is. */
export const isMaster = ({ groups = [] }: User): boolean => groups.includes('system:masters');

/** All groups of somebody, with the one that everybody is in who is known, or who is not. */
export function groupsOf(user: User): string[] {
  const { groups = [] } = user;
  const last = isAnonymous(user) ? UNAUTHENTICATED : AUTHENTICATED;
  return groups.includes(last) ? [...groups] : [...groups, last];
}

/** A ServiceAccount as a user. */
export const accountUser = (namespace: string, name: string): User => ({
  name: `${ACCOUNT}${namespace}:${name}`,
  groups: accountGroups(namespace),
});

const accountGroups = (namespace: string): string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

/** Whose account a user's name is; undefined for all others. */
export function accountNamed(user: string): { namespace: string; name: string } | undefined {
  const [namespace, name, ...more] = user.startsWith(ACCOUNT) ? user.slice(ACCOUNT.length).split(':') : [];
  return namespace && name && more.length === 0 ? { namespace, name } : undefined;
}

/** A user with what his credentials are known by, for whoever looks through records of what was done. */
export const withCredential = (user: User, id: string): User => ({
  ...user,
  extra: { ...user.extra, 'authentication.kubernetes.io/credential-id': [id] },
});

/** The user as whom somebody asks to act: an account is in its groups where none are asked for. */
export function impersonated(asked: User): User {
  const account = accountNamed(asked.name);
  const groups = asked.groups?.length ? asked.groups : account ? accountGroups(account.namespace) : [];
  const user = { ...asked, groups };
  return { ...user, groups: groupsOf(user) };
}
