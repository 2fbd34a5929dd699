import { isDeepStrictEqual } from 'node:util';
import { type Core, hasGenerations, type WriteContext } from '../core.ts';
import { conflict, internal, invalid, notFound } from '../errors.ts';
import { prepareCoreUpdate } from '../kinds/core-kinds.ts';
import { wholeSchemaOf } from '../kinds/schemas.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { Stored } from '../storage/stored.ts';
import { keyOf } from '../store.ts';
import type { Subresource, Target } from '../target.ts';
import type { KubeObject, Meta } from '../types.ts';
import { warningsOf } from '../validation/built-in/warnings.ts';
import { admit, mutated, type Signing } from './admit.ts';
import { withoutInborn } from './birth.ts';
import { changedFields } from './changes.ts';
import { checkTypes, cleaned, validated } from './creates.ts';
import { judgeBody, pruned } from './field-validation.ts';
import { both, minus } from './fields.ts';
import { takeOver } from './managers.ts';
import { cannotBeHandled, checkIdentity, checkImmutable, readObject, timestamp } from './metadata.ts';
import { removeObject } from './removal.ts';
import { resizedOnly, resizedStatus } from './resize.ts';
import { withTemplateGeneration } from './template-generation.ts';

/** The object that a path names. Throws 404. */
export function getObject({ store }: Core, { resource, namespace, name = '' }: Target): Stored {
  const stored = store.get(resource, keyOf(namespace, name));
  if (stored === undefined) throw notFound(resource, name);
  return stored;
}

/** PUT: replaces an object, or its status, by what was sent. Throws 409 where it has changed in the meantime. */
export function replaceObject(core: Core, target: Target, body: unknown, context: WriteContext): Stored {
  const { resource, namespace, name = '', subresource } = target;
  checkIdentity(resource, { namespace, name }, body);
  const sent = readObject(resource, body);
  if ('wrong' in sent) throw cannotBeHandled(resource, `${sent.wrong} is of the wrong type`);
  checkTypes(resource, sent);
  judgeBody(resource, body, context);
  const { uid, resourceVersion } = sent.metadata;
  const present = core.store.get(resource, keyOf(namespace, name))?.object.metadata.uid ?? '';
  // The uid of a body is a precondition, which an object that is not there does not meet either.
  if (uid !== undefined && uid !== present) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${present}`;
    throw conflict(resource, name, why);
  }
  const before = getObject(core, target);
  // The core kinds may be overwritten blindly, custom resources may not.
  if (resource.custom && (resourceVersion === undefined || resourceVersion === '0')) {
    const message = 'Invalid value: 0x0: must be specified for an update';
    const field = 'metadata.resourceVersion';
    throw invalid(resource.plural, resource.group, name, [{ reason: 'FieldValueInvalid', message, field }]);
  }
  return updateObject(core, resource, before, pruned(resource, sent), context, { subresource, operation: 'Update' });
}

export interface UpdateOptions {
  subresource?: Subresource;
  operation: 'Apply' | 'Update';
  /** Set by an apply, which decides about ownership itself. */
  keepsManagedFields?: boolean;
}

/**
 * Stores a changed object, whoever changed it. Keeps what the way of writing may not touch, counts the generation,
 * and removes an object that is going and has lost its last finalizer. A write that changes nothing stores nothing.
 */
export function updateObject(
  core: Core,
  resource: Resource,
  before: Stored,
  sent: KubeObject,
  context: WriteContext,
  { subresource, operation, keepsManagedFields = false }: UpdateOptions,
): Stored {
  const old = before.whole;
  const { name, namespace } = old.metadata;
  const version = sent.metadata.resourceVersion;
  if (version !== undefined && version !== '0' && version !== old.metadata.resourceVersion) {
    if (!/^\d+$/.test(version)) throw internal(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
    throw conflict(resource, name);
  }
  checkImmutable(resource, old, sent);
  const isStatus = subresource === 'status' || subresource === 'approval';
  const merged = isStatus
    ? statusOnly(old, sent)
    : subresource === 'ephemeralcontainers'
      ? debuggersOnly(old, sent)
      : subresource === 'resize'
        ? resizedOnly(old, sent)
        : allButStatus(resource, old, sent);
  const { user, dryRun, warn } = context;
  const asked = { operation: 'UPDATE', resource, subresource, old, user, dryRun, warn } as const;
  const prepared = cleaned(resource, prepareCoreUpdate(resource, old, merged));
  const signed: Parameters<Signing>[] = [];
  const changed = mutated(core, { ...asked, object: prepared }, (...one) => signed.push(one));
  const next = { ...validated(core, resource, changed, { operation: 'UPDATE', subresource, old }) };
  Object.assign(next, resizing(core, subresource, old, next));
  next.metadata = { ...next.metadata, ...systemMeta(old.metadata) };
  if (!isStatus) next.metadata = withTemplateGeneration(resource, next, old);
  if (hasGenerations(core, resource) && !isStatus && contentChanged(resource, old, next)) {
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  admit(core, { ...asked, object: next });
  if (!resource.custom && !isStatus) for (const words of warningsOf(next, old)) warn(words);
  const options = { subresource, operation, keepsManagedFields };
  setManagedFields(core, resource, { old, next, sent, signed }, context, options);

  if (isDeepStrictEqual(old, next)) return before;
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds: grace } = next.metadata;
  const gone = deletionTimestamp && !finalizers && !grace && resource.kind !== 'Namespace';
  if (dryRun || gone) {
    if (!dryRun) removeObject(core, resource, before);
    return new Stored(next, before.revision);
  }
  return core.store.put(resource, keyOf(namespace, name), next);
}

function statusOnly(old: KubeObject, sent: KubeObject): KubeObject {
  const { status: _before, ...rest } = old;
  return sent.status === undefined ? { ...rest } : { ...rest, status: sent.status };
}

/** Containers that are added to a Pod that runs: nothing else is written that way. */
function debuggersOnly(old: KubeObject, { spec }: KubeObject): KubeObject {
  return { ...old, spec: { ...old.spec, ephemeralContainers: spec?.['ephemeralContainers'] } };
}

/** What is new of a Pod whose containers are to take something else; kubelets do so within the second. */
const resizing = (
  core: Core,
  subresource: Subresource | undefined,
  old: KubeObject,
  next: KubeObject,
): Partial<KubeObject> => (subresource === 'resize' ? { status: resizedStatus(core, old, next) } : {});

function allButStatus(resource: Resource, old: KubeObject, sent: KubeObject): KubeObject {
  if (!resource.status) return { ...sent };
  const { status: _sent, ...rest } = sent;
  return old.status === undefined ? { ...rest } : { ...rest, status: old.status };
}

/** Metadata that only the server writes. */
function systemMeta(old: Meta): Partial<Meta> {
  const kept: Partial<Meta> = {
    name: old.name,
    uid: old.uid,
    resourceVersion: old.resourceVersion,
    creationTimestamp: old.creationTimestamp,
  };
  for (const field of [
    'namespace',
    'generateName',
    'generation',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const) {
    if (old[field] !== undefined) Object.assign(kept, { [field]: old[field] });
  }
  return kept;
}

/** Whether anything but metadata, and status where that is a subresource, has changed. */
function contentChanged(resource: Resource, old: KubeObject, next: KubeObject): boolean {
  const { metadata: _m1, status: s1, ...a } = old;
  const { metadata: _m2, status: s2, ...b } = next;
  return !isDeepStrictEqual(a, b) || (!resource.status && !isDeepStrictEqual(s1, s2));
}

function setManagedFields(
  core: Core,
  resource: Resource,
  written: { old: KubeObject; next: KubeObject; sent: KubeObject; signed: readonly Parameters<Signing>[] },
  { manager }: WriteContext,
  { subresource, operation, keepsManagedFields }: UpdateOptions,
): void {
  const { old, next, sent, signed } = written;
  // Who sends what is owned by whom has it so: kubectl moves what it owned to what it owns now.
  let managed = keepsManagedFields
    ? sent.metadata.managedFields
    : (sent.metadata.managedFields ?? old.metadata.managedFields);
  // Writing one empty entry is how a client gives up all ownership.
  const resets = !keepsManagedFields && sent.metadata.managedFields?.some((entry) => !entry.manager);
  if (resets) managed = [];
  else if (core.managedFields && !keepsManagedFields) {
    const apiVersion = apiVersionOf(resource);
    const who = { manager, operation, apiVersion, ...(subresource ? { subresource } : {}) };
    const schema = wholeSchemaOf(resource);
    const noted = { time: timestamp(core.now()), schema };
    let changed = withoutInborn(resource, changedFields(old, next, schema), next);
    for (const [signer, before, after] of signed) {
      const theirs = both(changed, changedFields(before, after, schema));
      managed = takeOver(managed ?? [], theirs, next, { manager: signer, operation: 'Update', apiVersion }, noted);
      changed = minus(changed, theirs);
    }
    managed = takeOver(managed ?? [], changed, next, who, noted);
  }
  const { managedFields: _previous, ...metadata } = next.metadata;
  next.metadata = managed === undefined || managed.length === 0 ? metadata : { ...metadata, managedFields: managed };
}
