import type { Attributes, Authorizer } from '../authorize.ts';
import { badRequest, cause, invalid } from '../errors.ts';
import { isRecord, type User } from '../types.ts';

export const REVIEW_PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Answers a SelfSubjectAccessReview from the authorizer. Throws 422 where it asks nothing or two things. */
export function selfSubjectAccessReview(body: unknown, user: User, authorize: Authorizer): Record<string, unknown> {
  if (!isRecord(body))
    throw badRequest('the object provided is unrecognized (must be of type SelfSubjectAccessReview)');
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
  const allowed = authorize(user, isRecord(about) ? resourceAttributes(about) : pathAttributes(path));
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec,
    status: { allowed },
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
