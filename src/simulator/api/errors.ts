import type { Resource } from './resources.ts';

/** One machine-readable part of a refusal. */
export interface Cause {
  reason?: string;
  message: string;
  /** The path of a field; missing where it is about no field. */
  field?: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: readonly Cause[];
  retryAfterSeconds?: number;
}

/** A refusal, and the Status object it is sent as. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly reason: string | undefined;
  readonly details: StatusDetails | undefined;
  /** Only an expired continue token sends one: the token to go on with, at the price of consistency. */
  readonly continueToken: string | undefined;
  /** True where the real server answers in plain text instead of a Status. */
  readonly plain: boolean;
  /** True where it is said before anything was asked of the object: somebody may not do such things. */
  readonly refusesUser: boolean;

  constructor(
    code: number,
    reason: string | undefined,
    message: string,
    more: { details?: StatusDetails; continueToken?: string; plain?: boolean; refusesUser?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = more.details;
    this.continueToken = more.continueToken;
    this.plain = more.plain ?? false;
    this.refusesUser = more.refusesUser ?? false;
  }

  /** The Status object, as the API server words it. */
  toStatus(): Record<string, unknown> {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.continueToken === undefined ? {} : { continue: this.continueToken },
      status: 'Failure',
      message: this.message,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

const of = ({ group, plural }: Resource, name?: string): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(group ? { group } : {}),
  kind: plural,
});

/** `machines.cluster.x-k8s.io`, or `secrets` for the core group. */
export const qualified = ({ group, plural }: Pick<Resource, 'group' | 'plural'>): string =>
  group ? `${plural}.${group}` : plural;

const qualifiedKind = (kind: string, group: string): string => (group ? `${kind}.${group}` : kind);

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);

export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized');

export const internal = (message: string): ApiError => new ApiError(500, undefined, message);

export function notFound(resource: Resource, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, { details: of(resource, name) });
}

/** A path that leads nowhere. Outside the server's `own` groups the real server answers in plain text. */
export function noSuchPath(path: string, own = false): ApiError {
  if (!path.startsWith('/api/') && !own) return new ApiError(404, 'NotFound', '404 page not found', { plain: true });
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', { details: {} });
}

export function alreadyExists(resource: Resource, name: string): ApiError {
  const details = of(resource, name);
  return new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, { details });
}

/** A write against an object that has changed since it was read. */
export function conflict(resource: Resource, name: string, why?: string): ApiError {
  const said = why ?? 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${said}`;
  return new ApiError(409, 'Conflict', message, { details: of(resource, name) });
}

/** A precondition of a delete that does not hold. The real server names the kind here, not the resource. */
export function preconditionFailed({ group, kind }: Resource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedKind(kind, group)} "${name}": ${why}`;
  const details = { name, ...(group ? { group } : {}), kind };
  return new ApiError(409, 'Conflict', message, { details });
}

export function forbidden(resource: Resource, name: string | undefined, why: string, causes?: Cause[]): ApiError {
  const subject = name ? `${qualified(resource)} "${name}"` : qualified(resource);
  const details = { ...of(resource, name), ...(causes ? { causes } : {}) };
  return new ApiError(403, 'Forbidden', `${subject} is forbidden: ${why}`, { details });
}

/** 422 with one cause a field. */
export function invalid(kind: string, group: string, name: string, causes: readonly Cause[]): ApiError {
  const parts = causes.map(({ field, message }) => `${field}: ${message}`);
  const list = parts.length === 1 ? parts[0] : `[${parts.join(', ')}]`;
  const details = {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    causes: [...causes],
  };
  const message = `${qualifiedKind(kind, group)} "${name}" is invalid: ${list}`;
  return new ApiError(422, 'Invalid', message, { details });
}

/** A JSON patch that does not apply: a failed `test`, a missing path. The real server does not say which. */
export function unprocessable(): ApiError {
  const message = 'the server rejected our request due to an error in our request';
  return new ApiError(422, 'Invalid', message, { details: {} });
}

/** A verb that a kind does not offer. Of its own kinds the real server does not know which it was. */
export function methodNotAllowed(resource: Resource, verb: string): ApiError {
  if (!resource.custom) return postOnly();
  const message = `${verb} is not supported on resources of kind "${qualified(resource)}"`;
  return new ApiError(405, 'MethodNotAllowed', message, { details: of(resource) });
}

/** A verb that one of the server's own kinds does not offer: of most of those that can only be posted nothing is kept. */
export function postOnly(): ApiError {
  const message = 'the server does not allow this method on the requested resource';
  return new ApiError(405, 'MethodNotAllowed', message, { details: {} });
}

export function notAcceptable(accepted: readonly string[]): ApiError {
  return new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new ApiError(415, 'UnsupportedMediaType', message);
}

export const expired = (message: string, continueToken?: string): ApiError =>
  new ApiError(410, 'Expired', message, { continueToken });

/** A revision this server has not reached: another replica of the real server may be ahead. */
export function tooLargeRevision(asked: number, current: number): ApiError {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    details: { causes, retryAfterSeconds: 1 },
  });
}

export const cause = {
  required: (field: string, more = ''): Cause => ({
    reason: 'FieldValueRequired',
    message: more ? `Required value: ${more}` : 'Required value',
    field,
  }),
  invalid: (field: string, value: unknown, why: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${typeof value === 'string' ? JSON.stringify(value) : String(value)}: ${why}`,
    field,
  }),
  notSupported: (field: string, value: unknown, supported: readonly string[]): Cause => ({
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((v) => `"${v}"`).join(', ')}`,
    field,
  }),
  forbidden: (field: string, why: string): Cause => ({
    reason: 'FieldValueForbidden',
    message: `Forbidden: ${why}`,
    field,
  }),
};
