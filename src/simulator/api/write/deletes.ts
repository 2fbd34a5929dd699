import { jsonOf } from '../bodies.ts';
import type { Core, WriteContext } from '../core.ts';
import { badRequest, cause, forbidden, internal, invalid, preconditionFailed } from '../errors.ts';
import { wholeNumber } from '../read/revisions.ts';
import { parseSelectors } from '../read/selectors.ts';
import type { Resource } from '../resources.ts';
import { Stored } from '../storage/stored.ts';
import type { Target } from '../target.ts';
import { isRecord } from '../types.ts';
import { parseObject } from '../validation/go/json.ts';
import { admit } from './admit.ts';
import { beginDeletion, markedForDeletion, type Propagation } from './removal.ts';
import { getObject } from './updates.ts';

/** DeleteOptions as they were sent: in a body, or else in the query. */
export interface DeleteOptions {
  uid?: string;
  resourceVersion?: string;
  propagation: Propagation;
  /** For how long a Pod may come to its end, in seconds; as the Pod says where left out. */
  grace?: number;
  dryRun: boolean;
}

/** Namespaces that no cluster is without: k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle. */
const LASTING = new Set(['default', 'kube-system', 'kube-public']);
const PROPAGATIONS = ['Foreground', 'Background', 'Orphan'];

/**
 * Reads DeleteOptions. Where there is a body the query counts for nothing (kube-apiserver, endpoints/handlers/delete.go).
 * Throws 415 for a body in another format, 500 for one that is none, 422 for values the server does not know.
 */
export function readDeleteOptions(
  request: { contentType: string; body: string },
  given: URLSearchParams,
): DeleteOptions {
  const bare = request.body.trim() === '';
  const sent = bare ? {} : parseOptions(request);
  const query = bare ? given : new URLSearchParams();
  const dryRun = [...(Array.isArray(sent['dryRun']) ? sent['dryRun'] : []), ...query.getAll('dryRun')];
  const asked = sent['propagationPolicy'] ?? query.get('propagationPolicy') ?? undefined;
  const orphan = sent['orphanDependents'] === true || query.get('orphanDependents') === 'true';
  const causes = [];
  if (dryRun.some((value) => value !== 'All')) {
    const listed = dryRun.map((value) => `"${value}"`).join(', ');
    const { field, reason } = cause.notSupported('dryRun', '', ['All']);
    causes.push({ field, reason, message: `Unsupported value: []string{${listed}}: supported values: "All"` });
  }
  if (asked !== undefined && !PROPAGATIONS.includes(String(asked))) {
    causes.push(cause.notSupported('propagationPolicy', asked, [...PROPAGATIONS, 'nil']));
  }
  if (asked !== undefined && (sent['orphanDependents'] !== undefined || query.has('orphanDependents'))) {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    causes.push(cause.invalid('propagationPolicy', asked, why));
  }
  if (causes.length > 0) throw invalid('DeleteOptions', 'meta.k8s.io', '', causes);
  const preconditions = isRecord(sent['preconditions']) ? sent['preconditions'] : {};
  return {
    uid: textOf(preconditions['uid']),
    resourceVersion: textOf(preconditions['resourceVersion']),
    propagation: asked === undefined ? (orphan ? 'Orphan' : 'Background') : (asked as Propagation),
    grace: secondsOf(sent['gracePeriodSeconds'] ?? wholeNumber(query, 'gracePeriodSeconds')),
    dryRun: dryRun.length > 0,
  };
}

function parseOptions(request: { contentType: string; body: string }): Record<string, unknown> {
  let value: Record<string, unknown>;
  try {
    value = parseObject(jsonOf(request)) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) throw internal(error.message);
    throw error;
  }
  const { kind } = value;
  if (kind !== undefined && kind !== 'DeleteOptions') throw badRequest(`expected DeleteOptions, got ${String(kind)}`);
  return value;
}

/** Less than nothing is a second: k8s.io/apimachinery/pkg/apis/meta/v1/validation. */
const secondsOf = (value: unknown): number | undefined => {
  const seconds = Number(value);
  return value === undefined || !Number.isInteger(seconds) ? undefined : seconds < 0 ? 1 : seconds;
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What a delete answers: the object that finalizers still hold, or the Status of one that is gone. */
export type Deleted = { held: Stored } | { status: Record<string, unknown> };

/** DELETE of one object. Throws 409 where a precondition does not hold. */
export function deleteObject(core: Core, target: Target, options: DeleteOptions, context: WriteContext): Deleted {
  const { resource, name = '' } = target;
  const stored = getObject(core, target);
  checkPreconditions(resource, name, stored, options);
  const left = deleteStored(core, resource, stored, options, context);
  if (left !== undefined) return { held: left };
  const { group, plural } = resource;
  const details = { name, ...(group ? { group } : {}), kind: plural, uid: stored.object.metadata.uid };
  return { status: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}

/** DELETE of a collection: each object that the selectors match. Gives them as they were. */
export function deleteCollection(
  core: Core,
  { resource, namespace }: Target,
  query: URLSearchParams,
  options: DeleteOptions,
  context: WriteContext,
): Stored[] {
  const matches = parseSelectors(query, resource);
  const all = [...core.store.scan(resource, { prefix: namespace ? `${namespace}/` : '' })];
  const chosen = all.filter(({ object }) => matches(object));
  return chosen.map((stored) => deleteStored(core, resource, stored, options, context) ?? stored);
}

function deleteStored(
  core: Core,
  resource: Resource,
  stored: Stored,
  { propagation, grace, dryRun }: DeleteOptions,
  { user }: WriteContext,
): Stored | undefined {
  const { name } = stored.object.metadata;
  if (resource.kind === 'Namespace' && LASTING.has(name)) {
    throw forbidden(resource, name, 'this namespace may not be deleted');
  }
  admit(core, { operation: 'DELETE', resource, old: stored.object, user, dryRun });
  if (!dryRun) return beginDeletion(core, resource, stored, propagation, grace);
  const next = markedForDeletion(core, resource, stored.object, propagation, grace);
  return next === undefined ? undefined : new Stored(next, stored.revision);
}

function checkPreconditions(resource: Resource, name: string, stored: Stored, options: DeleteOptions): void {
  const { uid, resourceVersion } = stored.object.metadata;
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw preconditionFailed(resource, name, why);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw preconditionFailed(resource, name, why);
  }
}
