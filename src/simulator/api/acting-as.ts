/** Acting as somebody else: k8s.io/apiserver/pkg/endpoints/filters, WithImpersonation. */

import { type Attributes, type Authorizer, accessDenied } from './authorize.ts';
import type { User } from './types.ts';
import { accountNamed, impersonated } from './users.ts';

/** Whom a request is made as that `user` makes and `asked` is to be. Throws 403 where its bearer may not act as others. */
export function actingAs(user: User, asked: User | undefined, authorize: Authorizer): User {
  if (asked === undefined) return user;
  const group = 'authentication.k8s.io';
  const account = accountNamed(asked.name);
  const wanted: Omit<Attributes, 'verb'>[] = [
    account ? { resource: 'serviceaccounts', ...account } : { resource: 'users', name: asked.name },
    ...(asked.groups ?? []).map((name) => ({ resource: 'groups', name })),
    ...(asked.uid === undefined ? [] : [{ group, resource: 'uids', name: asked.uid }]),
    ...Object.entries(asked.extra ?? {}).flatMap(([subresource, names]) =>
      names.map((name) => ({ group, resource: 'userextras', subresource, name })),
    ),
  ];
  for (const one of wanted) {
    const attributes = { verb: 'impersonate', ...one };
    if (!authorize(user, attributes)) throw accessDenied(user, attributes);
  }
  return impersonated(asked);
}
