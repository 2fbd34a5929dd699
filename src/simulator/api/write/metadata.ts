import { ApiError, badRequest, type Cause, cause, invalid } from '../errors.ts';
import { isLabelKey, LABEL_KEY_RULE } from '../kinds/names.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { isRecord, type KubeObject, type Meta } from '../types.ts';
import { annotationCauses, dns1035, labelCauses, labelName, subdomain } from '../validation/tools.ts';

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export const timestamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextMap = (value: unknown): boolean => isRecord(value) && Object.values(value).every(isText);

const META_TYPES: Record<string, (value: unknown) => boolean> = {
  name: isText,
  namespace: isText,
  generateName: isText,
  uid: isText,
  resourceVersion: isText,
  generation: Number.isInteger,
  creationTimestamp: isText,
  deletionTimestamp: isText,
  deletionGracePeriodSeconds: Number.isInteger,
  labels: isTextMap,
  annotations: isTextMap,
  finalizers: (value) => Array.isArray(value) && value.every(isText),
  ownerReferences: (value) => Array.isArray(value) && value.every(isRecord),
  managedFields: (value) => Array.isArray(value) && value.every(isRecord),
};

/** What metadata may hold. */
export const META_FIELDS: ReadonlySet<string> = new Set([...Object.keys(META_TYPES), 'selfLink', 'clusterName']);

/**
 * Makes an object of what a client sent: known metadata only, nothing empty, kind and apiVersion first. Gives the name
 * of the field whose type is wrong instead, where one is.
 */
export function readObject(resource: Resource, value: unknown): KubeObject | { wrong: string } {
  if (!isRecord(value)) return { wrong: 'the object' };
  const { apiVersion: _apiVersion, kind: _kind, metadata: sent = {}, ...rest } = value;
  if (!isRecord(sent)) return { wrong: 'metadata' };
  const metadata: Record<string, unknown> = {};
  for (const [field, isRight] of Object.entries(META_TYPES)) {
    const given = sent[field];
    if (given === undefined || given === null) continue;
    if (!isRight(given)) return { wrong: `metadata.${field}` };
    if (!isEmpty(given)) metadata[field] = given;
  }
  if (rest['status'] === null) delete rest['status'];
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: metadata as unknown as Meta, ...rest };
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) ? Object.keys(value).length === 0 : value === '';
}

/** What breaks a naming rule in metadata. */
export function metadataCauses(resource: Resource, { metadata }: KubeObject): Cause[] {
  const causes: Cause[] = [];
  const add = (field: string, value: unknown, why: string) =>
    causes.push(cause.invalid(`metadata.${field}`, value, why));
  causes.push(...nameCauses(resource, metadata.name));
  causes.push(...labelCauses('metadata.labels', metadata.labels));
  causes.push(...annotationCauses('metadata.annotations', metadata.annotations));
  for (const finalizer of metadata.finalizers ?? []) {
    if (!isLabelKey(finalizer)) add('finalizers', finalizer, LABEL_KEY_RULE);
  }
  metadata.finalizers?.forEach((finalizer, at) => {
    if (resource.custom || finalizer.includes('/') || FINALIZERS.has(finalizer)) return;
    add(`finalizers[${at}]`, finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
  });
  for (const owner of metadata.ownerReferences ?? []) {
    for (const [field, word] of [
      ['apiVersion', 'version'],
      ['kind', 'kind'],
      ['name', 'name'],
      ['uid', 'uid'],
    ] as const) {
      if (!owner[field]) add(`ownerReferences.${field}`, '', `${word} must not be empty`);
    }
  }
  const [first, second] = (metadata.ownerReferences ?? []).filter(({ controller }) => controller === true);
  if (first !== undefined && second !== undefined) {
    const why = `Only one reference can have Controller set to true. Found "true" in references for ${first.name} and ${second.name}`;
    add('ownerReferences', JSON.stringify(metadata.ownerReferences), why);
  }
  return causes;
}

/** What the garbage collector and namespaces write. */
const FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

const NAME = 'metadata.name';

/** Names are domains, those of Namespaces and Services labels; those of roles may hold anything that a path may. */
function nameCauses({ group, plural, custom }: Resource, name: string): Cause[] {
  if (custom) return subdomain(NAME, name);
  if (group === '' && plural === 'namespaces') return labelName(NAME, name);
  if (group === '' && plural === 'services') return dns1035(NAME, name);
  if (group !== 'rbac.authorization.k8s.io') return subdomain(NAME, name);
  const bad = ['/', '%'].filter((character) => name.includes(character));
  return bad.map((character) => cause.invalid(NAME, name, `may not contain '${character}'`));
}

/**
 * Throws 422 where a write touches metadata that never changes, or adds a finalizer to an object that is going.
 * A field that was left out counts as unchanged.
 */
export function checkImmutable(resource: Resource, before: KubeObject, after: KubeObject): void {
  const causes: Cause[] = [];
  for (const field of ['uid', 'creationTimestamp', 'deletionTimestamp'] as const) {
    const now = after.metadata[field];
    // The real server overwrites a changed creation time without a word.
    if (field === 'creationTimestamp' || now === undefined || now === before.metadata[field]) continue;
    causes.push(cause.invalid(`metadata.${field}`, now, 'field is immutable'));
  }
  if (before.metadata.deletionTimestamp) {
    const added = (after.metadata.finalizers ?? []).filter((f) => !before.metadata.finalizers?.includes(f));
    if (added.length > 0) {
      const listed = added.map((f) => `"${f}"`).join(', ');
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${listed}}`;
      causes.push(cause.forbidden('metadata.finalizers', why));
    }
  }
  if (causes.length > 0) throw invalid(resource.kind, resource.group, before.metadata.name, causes);
}

/** Throws 400 for a body that names another kind, version, name or namespace than its path does. */
export function checkIdentity(
  resource: Resource,
  { namespace, name }: { namespace?: string; name?: string },
  body: unknown,
): void {
  if (!isRecord(body)) throw cannotBeHandled(resource, 'expected an object');
  const { apiVersion, kind } = body;
  const expected = apiVersionOf(resource);
  if (resource.custom && (typeof kind !== 'string' || kind === '')) {
    throw cannotBeHandled(resource, "Object 'Kind' is missing");
  }
  if (resource.custom && (typeof apiVersion !== 'string' || apiVersion === '')) {
    const message = "Object 'apiVersion' is missing in 'object has no apiVersion field'";
    throw new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, {
      details: { causes: [{ message }] },
    });
  }
  if (typeof apiVersion === 'string' && apiVersion !== '' && apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  if (typeof kind === 'string' && kind !== '' && kind !== resource.kind) {
    const subject = typeof metadata['name'] === 'string' ? metadata['name'] : '';
    throw invalid(kind, resource.group, subject, [cause.invalid('kind', kind, `must be ${resource.kind}`)]);
  }
  if (name !== undefined && metadata['name'] && metadata['name'] !== name) {
    throw badRequest(`the name of the object (${metadata['name']}) does not match the name on the URL (${name})`);
  }
  if (namespace !== undefined && metadata['namespace'] && metadata['namespace'] !== namespace) {
    throw badRequest(
      name === undefined
        ? 'the namespace of the provided object does not match the namespace sent on the request'
        : `the namespace of the object (${metadata['namespace']}) does not match the namespace on the request (${namespace})`,
    );
  }
}

export const cannotBeHandled = ({ kind, version }: Resource, why: string) =>
  badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
