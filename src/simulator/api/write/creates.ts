import { type Core, hasGenerations, type WriteContext } from '../core.ts';
import { ApiError, alreadyExists, cause, forbidden, internal, invalid, notFound } from '../errors.ts';
import { prepareCoreKind } from '../kinds/core-kinds.ts';
import { whole } from '../kinds/event-view.ts';
import { schemaOf, wholeSchemaOf } from '../kinds/schemas.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { Stored } from '../storage/stored.ts';
import { keyOf } from '../store.ts';
import type { Subresource, Target } from '../target.ts';
import type { KubeObject, User } from '../types.ts';
import { groupsOf } from '../users.ts';
import { builtInCauses } from '../validation/built-in/index.ts';
import { resizeCauses } from '../validation/built-in/resize.ts';
import { warningsOf } from '../validation/built-in/warnings.ts';
import { violations } from '../validation/check.ts';
import { cleanerOf } from '../validation/clean.ts';
import { mistyped } from '../validation/mistyped.ts';
import { badReplicas } from '../validation/replicas.ts';
import { admit, mutated } from './admit.ts';
import { withoutInborn, withoutServers } from './birth.ts';
import { judgeBody, pruned } from './field-validation.ts';
import { fieldsOf, keyed, within } from './fields.ts';
import { entryOf } from './managers.ts';
import { cannotBeHandled, checkIdentity, metadataCauses, readObject, timestamp } from './metadata.ts';
import { withTemplateGeneration } from './template-generation.ts';

/** POST: makes a new object of what was sent. */
export function createObject(
  core: Core,
  { resource, namespace }: Target,
  body: unknown,
  context: WriteContext,
): Stored {
  checkIdentity(resource, { namespace }, body);
  const object = readObject(resource, body);
  if ('wrong' in object) throw cannotBeHandled(resource, `${object.wrong} is of the wrong type`);
  checkTypes(resource, object);
  judgeBody(resource, body, context);
  return insertObject(core, resource, namespace, pruned(resource, object), context, 'Update');
}

/** Throws 400 for values of wrong types, of which no object can be made. */
export function checkTypes(resource: Resource, object: KubeObject): void {
  const wrong = mistyped(resource, object);
  if (wrong !== undefined) throw cannotBeHandled(resource, wrong.read);
}

/** Stores a new object, whoever brought it: a POST, or an apply that found none. Throws 409 where one is there. */
export function insertObject(
  core: Core,
  resource: Resource,
  namespace: string | undefined,
  sent: KubeObject,
  context: WriteContext,
  operation: 'Apply' | 'Update',
): Stored {
  if (sent.metadata.resourceVersion) throw internal('resourceVersion should not be set on objects to be created');
  checkDefinition(core, resource);
  checkNamespace(core, resource, namespace, sent.metadata.name ?? '');
  const { user, dryRun, warn } = context;
  const named = withRequestor(resource, withSystemFields(core, resource, namespace, sent), user);
  const clean = cleaned(resource, prepareCoreKind(resource, named));
  const made = { ...clean, metadata: withTemplateGeneration(resource, clean) };
  const asked = { operation: 'CREATE', resource, user, dryRun, warn } as const;
  const object = validated(core, resource, mutated(core, { ...asked, object: made }), { operation: 'CREATE' });
  admit(core, { ...asked, object });
  if (!resource.custom) for (const words of warningsOf(object)) warn(words);
  const key = keyOf(namespace, object.metadata.name);
  if (core.store.get(resource, key) !== undefined) throw alreadyExists(resource, object.metadata.name);
  const owned = withOwner(core, resource, { object, made, sent }, context, operation);
  const kept = whole(owned);
  return dryRun ? new Stored(kept, 0) : core.store.put(resource, key, kept);
}

/** Nothing of a kind is made any more whose definition goes. */
function checkDefinition({ store, resources }: Core, { defined, group, plural }: Resource): void {
  if (defined === undefined) return;
  const kind = resources.find((one) => one.plural === 'customresourcedefinitions' && one.group !== '');
  const definition = kind && store.get(kind, `${plural}.${group}`)?.object;
  if (definition?.metadata.deletionTimestamp) {
    const message = 'create not allowed while custom resource definition is terminating';
    throw new ApiError(405, 'MethodNotAllowed', message, { details: {} });
  }
}

function checkNamespace({ store, resources }: Core, resource: Resource, namespace: string | undefined, name: string) {
  if (namespace === undefined) return;
  const namespaces = resources.find(({ group, plural }) => group === '' && plural === 'namespaces')!;
  const home = store.get(namespaces, namespace);
  if (home === undefined) throw notFound(namespaces, namespace);
  if (home.object.metadata.deletionTimestamp) {
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const message = `namespace ${namespace} is being terminated`;
    throw forbidden(resource, name, why, [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }]);
  }
}

function withSystemFields(
  core: Core,
  resource: Resource,
  namespace: string | undefined,
  { apiVersion, kind, metadata, ...rest }: KubeObject,
): KubeObject {
  const { name, generateName, labels, annotations, finalizers, ownerReferences } = metadata;
  const meta: KubeObject['metadata'] = {
    name: name || (generateName ? freeName(core, resource, namespace, generateName) : ''),
    ...(generateName ? { generateName } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    uid: core.newUid(),
    creationTimestamp: timestamp(core.now()),
    ...(hasGenerations(core, resource) ? { generation: 1 } : {}),
    ...(labels ? { labels } : {}),
    ...(annotations ? { annotations } : {}),
    ...(finalizers ? { finalizers } : {}),
    ...(ownerReferences ? { ownerReferences } : {}),
  };
  if (meta.name === '') {
    const why = cause.required('metadata.name', 'name or generateName is required');
    throw invalid(resource.kind, resource.group, '', [why]);
  }
  // A kubelet registers its Node with all that it knows: the one status that a creation may bring.
  if (resource.status && (resource.custom || resource.kind !== 'Node')) delete rest['status'];
  return { apiVersion, kind, metadata: meta, ...rest };
}

/** Who asks for a certificate says the server, and not who asks. */
function withRequestor({ kind, custom }: Resource, object: KubeObject, user: User): KubeObject {
  if (custom || kind !== 'CertificateSigningRequest') return object;
  const { name, uid, extra } = user;
  const told = { username: name, groups: groupsOf(user), ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) };
  return { ...object, spec: { ...object.spec, ...told }, status: {} };
}

/** Without vowels and look-alikes, so that no words come out: k8s.io/apimachinery/pkg/util/rand. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX = 5;
const LONGEST = 63;

function freeName(core: Core, resource: Resource, namespace: string | undefined, prefix: string): string {
  for (;;) {
    let name = prefix.slice(0, LONGEST - SUFFIX);
    for (let i = 0; i < SUFFIX; i++) name += ALPHABET[Math.floor(core.random() * ALPHABET.length)];
    if (core.store.get(resource, keyOf(namespace, name)) === undefined) return name;
  }
}

/** The object without what its schema does not know, and with the schema's defaults filled in. */
export const cleaned = (resource: Resource, object: KubeObject): KubeObject =>
  cleanerOf(schemaOf(resource))(object) as KubeObject;

/** How an object is written that is to be judged. */
export interface Written {
  operation: 'CREATE' | 'UPDATE';
  subresource?: Subresource;
  /** How it was before. */
  old?: KubeObject;
}

/** Cleans an object and throws 422 for whatever breaks naming rules, the schema, or the rules of its kind. */
export function validated(core: Core, resource: Resource, object: KubeObject, written: Written): KubeObject {
  const schema = schemaOf(resource);
  const clean = cleanerOf(schema)(object) as KubeObject;
  const { operation, subresource, old } = written;
  const ofKind = resource.custom
    ? violations(schema, clean)
    : subresource === 'status' || subresource === 'approval' || subresource === 'ephemeralcontainers'
      ? []
      : subresource === 'resize' && old
        ? resizeCauses(old, clean, { minor: core.minor() })
        : builtInCauses(clean, { minor: core.minor() }, old);
  const causes = [
    ...metadataCauses(resource, object),
    ...ofKind,
    ...(resource.custom || subresource === 'status' ? badReplicas(resource, clean, operation, subresource) : []),
  ];
  const [first] = causes;
  if (first === undefined) return clean;
  throw invalid(resource.kind, resource.group, object.metadata.name, causes);
}

/**
 * Whoever applies owns what was sent, and none of the defaults beside it. Who makes something owns these too (`made`), but
 * neither what admission adds, nor what the server sets by itself.
 */
function withOwner(
  core: Core,
  resource: Resource,
  { object, made, sent }: { object: KubeObject; made: KubeObject; sent: KubeObject },
  { manager }: WriteContext,
  operation: 'Apply' | 'Update',
): KubeObject {
  if (!core.managedFields) return object;
  const who = { manager, operation, apiVersion: apiVersionOf(resource) };
  const schema = wholeSchemaOf(resource);
  const containers = operation === 'Update';
  const written = containers
    ? withoutServers(resource, fieldsOf(made, schema, { containers }), keyed(sent, schema))
    : undefined;
  const claimed = written ? withoutInborn(resource, written, made) : fieldsOf(keyed(sent, schema), schema);
  const owned = within(claimed, fieldsOf(object, schema, { containers }));
  // The status that a kubelet registers its Node with is nobody's: k8s.io/kubernetes/pkg/registry/core/node/strategy.go.
  const { 'f:status': status, ...main } = owned;
  const set = status && !resource.status ? owned : main;
  const managedFields = entryOf(who, set, timestamp(core.now()));
  return managedFields.length === 0 ? object : { ...object, metadata: { ...object.metadata, managedFields } };
}
