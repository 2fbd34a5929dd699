import type { Core, WriteContext } from '../core.ts';
import { ApiError, badRequest, cause, conflict, internal, invalid, unsupportedMediaType } from '../errors.ts';
import { wholeSchemaOf } from '../kinds/schemas.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import type { Schema } from '../schemas/schema.ts';
import type { Stored } from '../storage/stored.ts';
import { keyOf } from '../store.ts';
import { isTrue, type Target } from '../target.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { parseMap, parseOperations } from '../validation/go/json.ts';
import { parseYamlMap } from '../validation/go/yaml.ts';
import { mistyped } from '../validation/mistyped.ts';
import { unknownFields } from '../validation/unknown.ts';
import { serverSideApply } from './apply.ts';
import { checkTypes, insertObject } from './creates.ts';
import { judgePatched, pruned } from './field-validation.ts';
import { keysOf, partOf } from './fields.ts';
import { cannotBeHandled, readObject, timestamp } from './metadata.ts';
import { jsonPatch, mergePatch, PATCH_TYPES, type PatchType } from './patch.ts';
import { strategicMerge } from './strategic.ts';
import { getObject, updateObject } from './updates.ts';

/** The kind of a patch by its content type. Throws 415 for others, and for a strategic merge of a custom resource. */
export function patchTypeOf(contentType: string, custom: boolean): PatchType {
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  const type = Object.hasOwn(PATCH_TYPES, mediaType) ? PATCH_TYPES[mediaType as keyof typeof PATCH_TYPES] : undefined;
  if (type !== undefined && !(custom && type === 'strategic')) return type;
  // Of the server's own kinds that is told by their routes, before anybody looks for what is taken.
  if (!custom) throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', { details: {} });
  const accepted = Object.keys(PATCH_TYPES).filter((name) => !name.includes('strategic'));
  throw unsupportedMediaType(accepted);
}

/** Throws 422 for patch options that do not go together. */
export function checkPatchOptions(type: PatchType, query: URLSearchParams): void {
  const causes = [];
  if (type === 'apply') {
    if (!query.get('fieldManager')) causes.push(cause.required('fieldManager', 'is required for apply patch'));
  } else if (query.has('force')) causes.push(cause.forbidden('force', 'may not be specified for non-apply patch'));
  if (causes.length > 0) throw invalid('PatchOptions', 'meta.k8s.io', '', causes);
}

/**
 * Applies a patch document of one of the three kinds that change what is there. Gives the changed copy. Throws 400 for
 * what is no such document, in the words of k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
 */
export function patched(type: Exclude<PatchType, 'apply'>, current: unknown, body: string, schema: Schema): unknown {
  const read = <T>(parse: (text: string) => T): T => {
    try {
      return parse(body);
    } catch (error) {
      throw badRequest(`${type === 'strategic' ? '' : 'error decoding patch: '}${(error as SyntaxError).message}`);
    }
  };
  switch (type) {
    case 'json':
      return jsonPatch(current, read(parseOperations));
    case 'merge':
      return mergePatch(current, read(parseMap));
    default:
      return strategicMerge(current, read(parseMap), schema);
  }
}

/** PATCH of an object or of its status: what is stored now, and whether an apply made it. */
export function patchObject(
  core: Core,
  target: Target,
  request: { contentType: string; body: string; query: URLSearchParams },
  context: WriteContext,
): { stored: Stored; created: boolean } {
  const { resource, subresource } = target;
  const type = patchTypeOf(request.contentType, resource.custom);
  checkPatchOptions(type, request.query);
  if (type === 'apply') return applyObject(core, target, request, context);
  const before = getObject(core, target);
  const value = patched(type, before.whole, request.body, wholeSchemaOf(resource));
  checkPatched(target, value);
  const next = readObject(resource, value);
  if ('wrong' in next) throw invalidPatch(`${next.wrong} is of the wrong type`);
  const wrong = mistyped(resource, next);
  if (wrong !== undefined) {
    const strategic = type === 'strategic';
    const shown = strategic ? asMap(JSON.parse(request.body)) : JSON.stringify(next);
    throw invalid('', '', '', [cause.invalid('patch', shown, strategic ? wrong.converted : wrong.read)]);
  }
  judgePatched(resource, value, request.body, context);
  const stored = updateObject(core, resource, before, pruned(resource, next), context, {
    subresource,
    operation: 'Update',
  });
  return { stored, created: false };
}

/** As Go prints a map: `map[data:map[b:1]]`. */
function asMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asMap).join(' ')}]`;
  if (!isRecord(value)) return value === null ? '<nil>' : String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${asMap(value[key])}`).join(' ')}]`;
}

const invalidPatch = (why: string) => invalid('', '', '', [cause.invalid('patch', '', why)]);

/** A patch may not turn an object into another one. */
function checkPatched({ resource, namespace, name = '' }: Target, value: unknown): void {
  if (!isRecord(value)) throw invalidPatch('cannot unmarshal into an object');
  const { kind, apiVersion } = value;
  const expected = apiVersionOf(resource);
  const group = typeof apiVersion === 'string' && apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  if (kind !== resource.kind) {
    throw invalid(String(kind), resource.group, name, [cause.invalid('kind', kind, `must be ${resource.kind}`)]);
  }
  if (apiVersion !== expected) {
    const why = cause.invalid('apiVersion', apiVersion, `must be ${expected}`);
    throw invalid(resource.kind, group, name, [why]);
  }
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  if (metadata['name'] !== name) {
    throw badRequest(`the name of the object (${metadata['name']}) does not match the name on the URL (${name})`);
  }
  if (namespace !== undefined && metadata['namespace'] !== namespace) {
    throw badRequest(
      `the namespace of the object (${metadata['namespace']}) does not match the namespace on the request (${namespace})`,
    );
  }
}

function applyObject(
  core: Core,
  target: Target,
  { body, query }: { body: string; query: URLSearchParams },
  context: WriteContext,
): { stored: Stored; created: boolean } {
  const { resource, namespace, name = '', subresource } = target;
  const config = readConfiguration(target, body);
  checkDeclared(resource, config);
  // Of what it says no schema tells.
  if (resource.kind === 'CustomResourceDefinition') checkTypes(resource, config);
  const before = core.store.get(resource, keyOf(namespace, name));
  if (before === undefined) {
    if (subresource !== undefined) getObject(core, target);
    return { stored: insertObject(core, resource, namespace, config, context, 'Apply'), created: true };
  }
  const version = config.metadata.resourceVersion;
  if (version !== undefined && version !== before.object.metadata.resourceVersion) throw conflict(resource, name);
  const { manager } = context;
  const who = {
    manager,
    operation: 'Apply' as const,
    apiVersion: apiVersionOf(resource),
    ...(subresource ? { subresource } : {}),
  };
  const schema = wholeSchemaOf(resource);
  const merged = serverSideApply(before.whole, scoped(resource, config, subresource), who, {
    force: isTrue(query.get('force')),
    time: timestamp(core.now()),
    schema,
  });
  const next = readObject(resource, merged);
  if ('wrong' in next) throw invalidPatch(`${next.wrong} is of the wrong type`);
  const options = { subresource, operation: 'Apply' as const, keepsManagedFields: true };
  return { stored: updateObject(core, resource, before, next, context, options), created: false };
}

/** Throws the 500 of an apply that names what the kind does not know: unlike other writes it always does. */
function checkDeclared(resource: Resource, config: KubeObject): void {
  const schema = wholeSchemaOf(resource);
  const found = unknownFields(schema, config).map(
    (field) => `.${byKeys(field, schema, config)}: field not declared in schema`,
  );
  if (found.length === 0) return;
  const { namespace = '', name = '' } = config.metadata;
  const of = `(${namespace}/${name}; ${apiVersionOf(resource)}, Kind=${resource.kind})`;
  const why = found.length > 1 ? `errors:\n  ${found.join('\n  ')}` : found[0];
  throw internal(`failed to create typed patch object ${of}: ${why}`);
}

/** A path with members of lists named by their keys where they have any: `spec.containers[name="a"].x`. */
function byKeys(field: string, schema: Schema, config: unknown): string {
  let [at, value]: [Schema | undefined, unknown] = [schema, config];
  return field.replaceAll(/\[(\d+)\]|(\.?)([^.[]+)/g, (step, index?: string, _dot?: string, key = '') => {
    const keys = keysOf(at);
    at = index === undefined ? at && partOf(at, key) : at?.items;
    value = index === undefined ? isRecord(value) && value[key] : Array.isArray(value) && value[Number(index)];
    const item = value;
    if (index === undefined || keys === undefined || !isRecord(item)) return step;
    return `[${keys.map((one) => `${one}=${JSON.stringify(item[one] ?? at?.properties?.[one]?.default)}`).join()}]`;
  });
}

/** Only what this way of writing can change is owned by it. */
function scoped(resource: Resource, config: ReturnType<typeof readConfiguration>, subresource: string | undefined) {
  if (subresource === 'status' || subresource === 'approval') {
    const { apiVersion, kind, metadata, status } = config;
    return { apiVersion, kind, metadata: { name: metadata.name }, ...(status === undefined ? {} : { status }) };
  }
  if (!resource.status) return config;
  const { status: _status, ...rest } = config;
  return rest as typeof config;
}

/** Reads an apply configuration: JSON, or YAML. */
function readConfiguration({ resource, namespace, name = '' }: Target, body: string) {
  let value: Record<string, unknown>;
  try {
    value = parseYamlMap(body);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as SyntaxError).message}`);
  }
  const expected = apiVersionOf(resource);
  if (value['apiVersion'] !== expected) {
    const found = typeof value['apiVersion'] === 'string' ? value['apiVersion'] : '';
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${found}, expected: ${expected}`,
    );
  }
  if (value['kind'] !== resource.kind) {
    throw internal(`failed to create typed patch object: no corresponding type for ${expected}, Kind=${value['kind']}`);
  }
  const config = readObject(resource, value);
  if ('wrong' in config) throw cannotBeHandled(resource, `${config.wrong} is of the wrong type`);
  if (config.metadata.managedFields) throw badRequest('metadata.managedFields must be nil');
  checkPatched({ resource, namespace, name }, withPlace(config, namespace, name));
  return config;
}

function withPlace(config: { metadata: { name?: string; namespace?: string } }, namespace = '', name = '') {
  const { metadata } = config;
  return {
    ...config,
    metadata: { ...metadata, name: metadata.name ?? name, namespace: metadata.namespace ?? namespace },
  };
}
