/** Tokens of ServiceAccounts, made on request: `kubectl create token`. Words: k8s.io/kubernetes/pkg/registry/core/serviceaccount. */

import type { Attributes, Authorizer } from './authorize.ts';
import { readObjectBody } from './bodies.ts';
import type { Core } from './core.ts';
import { ISSUER, signedToken } from './discovery/issuer.ts';
import { cause, invalid, notFound } from './errors.ts';
import { keyOf } from './store.ts';
import type { PathParts } from './target.ts';
import { isRecord, type User } from './types.ts';
import { accountUser, withCredential } from './users.ts';
import { timestamp } from './write/metadata.ts';

/** What discovery tells of it. */
export const ACCOUNT_ACTIONS = [
  { name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
] as const;

const HOUR = 3600;
const LEAST = 600;

/** Whether a path asks for one. */
export const isTokenRequest = ({ group, plural, name, subresource }: PathParts): boolean =>
  group === '' && plural === 'serviceaccounts' && name !== undefined && subresource === 'token';

/** Makes a token, and tells `known` whose it is. Throws 404 where there is no such account, 422 for too short a life. */
export function requestToken(
  { store, resources, now, newUid }: Core,
  { name = '', namespace = '' }: PathParts,
  request: { contentType: string; body: string },
  known: (token: string, user: User, holds: () => boolean) => void,
): Record<string, unknown> {
  const accounts = resources.find(({ plural, group }) => plural === 'serviceaccounts' && group === '')!;
  const account = store.get(accounts, keyOf(namespace, name))?.object;
  if (!account) throw notFound(accounts, name);
  const asked = specOf(request);
  const seconds = typeof asked['expirationSeconds'] === 'number' ? asked['expirationSeconds'] : HOUR;
  if (seconds < LEAST) {
    const why = cause.invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes');
    throw invalid('TokenRequest', 'authentication.k8s.io', '', [why]);
  }
  const audiences = Array.isArray(asked['audiences']) && asked['audiences'].length > 0 ? asked['audiences'] : [ISSUER];
  const at = Math.floor(now() / 1000);
  const user = accountUser(namespace, name);
  const { uid } = account.metadata;
  const jti = newUid();
  const token = signedToken(store, {
    ...{ aud: audiences, exp: at + seconds, iat: at, iss: ISSUER, jti },
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
    ...{ nbf: at, sub: user.name },
  });
  // An account of the same name is another.
  const holds = () =>
    now() < (at + seconds) * 1000 && store.get(accounts, keyOf(namespace, name))?.object.metadata.uid === uid;
  known(token, withCredential({ ...user, ...(uid ? { uid } : {}) }, `JTI=${jti}`), holds);
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: timestamp(now()) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: null },
    status: { token, expirationTimestamp: timestamp((at + seconds) * 1000) },
  };
}

/** Who bears a token made here may do no more than find the way about: nothing is bound to accounts. `made` holds them. */
export const bearersMayLittle =
  (authorize: Authorizer, made: ReadonlySet<User>): Authorizer =>
  (user, about) =>
    authorize(user, about) && (!made.has(user) || isBasic(about));

const isBasic = ({ path, group, resource }: Attributes): boolean =>
  path !== undefined
    ? path !== '/metrics'
    : /^authentication|^authorization/.test(group ?? '') && /^self/.test(resource ?? '');

function specOf(request: { contentType: string; body: string }): Record<string, unknown> {
  const spec = readObjectBody('TokenRequest', request)?.['spec'];
  return isRecord(spec) ? spec : {};
}
