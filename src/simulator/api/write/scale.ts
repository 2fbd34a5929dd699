import type { Core, WriteContext } from '../core.ts';
import { badRequest, cause, conflict, invalid } from '../errors.ts';
import { selectorText } from '../read/selectors.ts';
import type { Resource } from '../resources.ts';
import type { Stored } from '../storage/stored.ts';
import type { Target } from '../target.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { nonNegative } from '../validation/tools.ts';
import { checkPatchOptions, patched, patchTypeOf } from './patches.ts';
import { getObject, updateObject } from './updates.ts';

/** An object as autoscaling/v1 Scale. */
export function scaleOf({ apiVersion, metadata, spec, status }: KubeObject): Record<string, unknown> {
  // Kubernetes' own kinds have it in their spec, others write it out in their status.
  const own = apiVersion === 'apps/v1' ? spec?.['selector'] : undefined;
  const selector = isRecord(own) ? selectorText(own) : status?.['selector'];
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      creationTimestamp: metadata.creationTimestamp,
    },
    spec: { replicas: spec?.['replicas'] ?? 0 },
    status: { replicas: status?.['replicas'] ?? 0, ...(typeof selector === 'string' ? { selector } : {}) },
  };
}

/** PUT of a Scale. Without a resourceVersion it is written unconditionally, as on the real server. */
export function replaceScale(core: Core, target: Target, body: unknown, context: WriteContext): Stored {
  if (!isRecord(body) || body['kind'] !== 'Scale' || body['apiVersion'] !== 'autoscaling/v1') {
    throw badRequest('the object provided is not an autoscaling/v1 Scale');
  }
  return writeScale(core, target, getObject(core, target), body, context);
}

/** PATCH of a Scale. */
export function patchScale(
  core: Core,
  target: Target,
  { contentType, body, query }: { contentType: string; body: string; query: URLSearchParams },
  context: WriteContext,
): Stored {
  const type = patchTypeOf(contentType, true);
  checkPatchOptions(type, query);
  const before = getObject(core, target);
  // A Scale has no more than one field to own: an apply of it is a merge.
  const next = patched(type === 'apply' ? 'merge' : type, scaleOf(before.object), body, {});
  return writeScale(core, target, before, next, context);
}

function writeScale(
  core: Core,
  { resource, name = '' }: Target,
  before: Stored,
  scale: unknown,
  context: WriteContext,
) {
  const metadata = isRecord(scale) && isRecord(scale['metadata']) ? scale['metadata'] : {};
  const version = metadata['resourceVersion'];
  if (version && version !== before.object.metadata.resourceVersion) throw conflict(resource, name);
  const replicas = readReplicas(resource, name, scale);
  const { spec } = before.object;
  const next = { ...before.whole, spec: { ...spec, replicas } };
  return updateObject(core, resource, before, next, context, { operation: 'Update', subresource: 'scale' });
}

function readReplicas({ kind, group, custom }: Resource, name: string, scale: unknown): number {
  const spec = isRecord(scale) && isRecord(scale['spec']) ? scale['spec'] : {};
  const { replicas = 0 } = spec;
  if (!Number.isInteger(replicas)) {
    throw invalid('', '', '', [cause.invalid('patch', JSON.stringify(scale), 'v1.ScaleSpec.Replicas: not a number')]);
  }
  if ((replicas as number) < 0) {
    if (!custom) throw invalid('Scale', 'autoscaling', name, nonNegative('spec.replicas', replicas));
    const why = cause.invalid('.spec.replicas', replicas, 'should be a non-negative integer');
    throw invalid(kind, group, name, [why]);
  }
  return replicas as number;
}
