import type { Attributes, Rule } from '../authorize.ts';
import { readObjectBody } from '../bodies.ts';
import { badRequest, cause, invalid } from '../errors.ts';
import type { PathParts } from '../target.ts';
import { isRecord, type User } from '../types.ts';
import { groupsOf } from '../users.ts';
import { ISSUER } from './issuer.ts';

export const REVIEW_PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Whether somebody may do something, and by what. */
export type Judge = (user: User, attributes: Attributes) => { allowed: boolean; reason?: string };

/** Answers a SelfSubjectAccessReview from the authorizer. Throws 422 where it asks nothing or two things. */
export function selfSubjectAccessReview(
  body: Record<string, unknown>,
  user: User,
  judge: Judge,
): Record<string, unknown> {
  const spec = isRecord(body['spec']) ? body['spec'] : {};
  const { resourceAttributes: about, nonResourceAttributes: path } = spec;
  const both = isRecord(about) && isRecord(path);
  if (both || (!isRecord(about) && !isRecord(path))) {
    const why = both
      ? cause.invalid('spec.nonResourceAttributes', path, 'cannot be specified in combination with resourceAttributes')
      : cause.invalid(
          'spec.resourceAttributes',
          'null',
          'exactly one of nonResourceAttributes or resourceAttributes must be specified',
        );
    throw invalid('', 'authorization.k8s.io', '', [why]);
  }
  const status = judge(user, isRecord(about) ? resourceAttributes(about) : pathAttributes(path));
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec,
    status,
  };
}

/** What everybody may ask, by the role system:public-info-viewer. */
const PUBLIC = { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] };

export const RULES_REVIEW_PATH = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

/** What every user may do, by the roles system:basic-user and system:discovery. */
const BASIC = {
  verbs: ['create'],
  apiGroups: ['authorization.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
};
const WHO = { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] };
const DISCOVERY = {
  verbs: ['get'],
  nonResourceURLs: [
    ...['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version'],
    '/version/',
  ],
};

/**
 * Answers a SelfSubjectRulesReview: what the user may do in one namespace. `rules` are the user's grants, undefined
 * for somebody who may do everything. Throws 400 without a namespace.
 */
export function selfSubjectRulesReview(body: unknown, rules: readonly Rule[] | undefined): Record<string, unknown> {
  const spec = isRecord(body) && isRecord(body['spec']) ? body['spec'] : {};
  const namespace = text(spec['namespace']);
  if (namespace === '') throw badRequest('no namespace on request');
  const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
  const here = (rules ?? []).filter((rule) => rule.namespaces === undefined || rule.namespaces.includes(namespace));
  const granted = here
    .filter(({ resources }) => resources.length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames === undefined ? {} : { resourceNames }),
    }));
  const byRole = here.some(({ paths }) => paths !== undefined);
  const opened = here.flatMap(({ verbs, paths = [], namespaces }) =>
    paths.length > 0 && namespaces === undefined ? [{ verbs, nonResourceURLs: paths }] : [],
  );
  const everything = rules === undefined ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [];
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec: {},
    status: {
      resourceRules: byRole ? granted : [...(rules === undefined ? [all, WHO] : granted), BASIC],
      nonResourceRules: byRole ? opened : [...everything, DISCOVERY, PUBLIC],
      incomplete: false,
    },
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function resourceAttributes(about: Record<string, unknown>): Attributes {
  return {
    verb: text(about['verb']),
    group: text(about['group']),
    resource: text(about['resource']),
    subresource: text(about['subresource']) || undefined,
    namespace: text(about['namespace']) || undefined,
    name: text(about['name']) || undefined,
  };
}

function pathAttributes(about: unknown): Attributes {
  const attributes = isRecord(about) ? about : {};
  return { verb: text(attributes['verb']), path: text(attributes['path']) };
}

/** Whether a path asks what others may do, or who they are. */
export const isReviewOfOthers = ({ group, version, plural }: PathParts): boolean =>
  version === 'v1' &&
  ((group === 'authorization.k8s.io' && /^(local)?subjectaccessreviews$/.test(plural)) ||
    (group === 'authentication.k8s.io' && plural === 'tokenreviews'));

const KIND_OF_OTHERS: Readonly<Record<string, string>> = {
  subjectaccessreviews: 'SubjectAccessReview',
  localsubjectaccessreviews: 'LocalSubjectAccessReview',
  tokenreviews: 'TokenReview',
};

/** Answers a SubjectAccessReview, a LocalSubjectAccessReview or a TokenReview. Throws 400 for a body that is none. */
export function reviewOfOthers(
  { plural, group, version }: PathParts,
  request: { contentType: string; body: string },
  judge: Judge,
  bearer: (token: string) => User | undefined,
): Record<string, unknown> {
  const kind = KIND_OF_OTHERS[plural] ?? '';
  const body = readObjectBody(kind, request) ?? {};
  const spec = isRecord(body['spec']) ? body['spec'] : {};
  const head = { kind, apiVersion: `${group}/${version}`, metadata: { creationTimestamp: null }, spec };
  if (kind === 'TokenReview') {
    const user = bearer(text(spec['token']));
    if (!user) return { ...head, status: { user: {}, error: 'invalid bearer token' } };
    return { ...head, status: { authenticated: true, user: userInfo(user), audiences: [ISSUER] } };
  }
  const { resourceAttributes: about, nonResourceAttributes: path } = spec;
  const user = { name: text(spec['user']), groups: Array.isArray(spec['groups']) ? spec['groups'].map(String) : [] };
  return { ...head, status: judge(user, isRecord(about) ? resourceAttributes(about) : pathAttributes(path)) };
}

const userInfo = (user: User): object => ({
  username: user.name,
  ...(user.uid ? { uid: user.uid } : {}),
  groups: groupsOf(user),
  ...(user.extra ? { extra: user.extra } : {}),
});

export const WHO_PATH = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

/** Answers a SelfSubjectReview: as whom the server knows the user. `at` is a time as Kubernetes writes it. */
export function selfSubjectReview(user: User, at: string): Record<string, unknown> {
  return {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: at },
    status: { userInfo: userInfo(user) },
  };
}
