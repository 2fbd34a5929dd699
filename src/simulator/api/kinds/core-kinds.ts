import { type Cause, cause, invalid } from '../errors.ts';
import type { Resource } from '../resources.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { cannotBeHandled } from '../write/metadata.ts';
import { prepareWorkload } from './workload-kinds.ts';

/** What the server itself adds to a new object of a core kind, and refuses of it. Custom resources pass unchanged. */
export function prepareCoreKind(resource: Resource, object: KubeObject): KubeObject {
  if (resource.custom) return object;
  switch (resource.kind) {
    case 'Namespace':
      return {
        ...object,
        metadata: {
          ...object.metadata,
          labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
        },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      };
    case 'Secret':
      return withGoodKeys(readSecret(resource, { ...object, type: object['type'] || 'Opaque' }), ['data']);
    case 'ConfigMap':
      return withGoodKeys(object, ['data', 'binaryData']);
    case 'Event':
      return aboutItsNamespace(object);
    default:
      return prepareWorkload(object);
  }
}

/** The same for a changed object: some fields of some core kinds never change. */
export function prepareCoreUpdate(resource: Resource, before: KubeObject, object: KubeObject): KubeObject {
  if (resource.custom) return object;
  const after =
    resource.kind === 'Secret'
      ? readSecret(resource, { ...object, type: object['type'] ?? before['type'] })
      : prepareWorkload(object, before);
  const causes: Cause[] = [];
  if (resource.kind === 'Secret' && after['type'] !== before['type']) {
    causes.push(cause.invalid('type', after['type'], 'field is immutable'));
  }
  if (before['immutable'] === true) {
    const changed = JSON.stringify(before['data']) !== JSON.stringify(after['data']);
    if (changed || after['immutable'] !== true) {
      causes.push(cause.forbidden('data', 'field is immutable when `immutable` is set'));
    }
  }
  if (causes.length > 0) throw invalid(resource.kind, resource.group, before.metadata.name, causes);
  if (resource.kind === 'Secret' || resource.kind === 'ConfigMap') return withGoodKeys(after, ['data', 'binaryData']);
  return after;
}

const DATA_KEY = /^[-._a-zA-Z0-9]+$/;
const DATA_KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** Throws 422 for keys that could not be file names. */
function withGoodKeys(object: KubeObject, fields: readonly string[]): KubeObject {
  const causes = fields.flatMap((field) => {
    const data = object[field];
    const bad = isRecord(data) ? Object.keys(data).filter((key) => !DATA_KEY.test(key)) : [];
    return bad.map((key) => cause.invalid(`${field}[${key}]`, key, DATA_KEY_RULE));
  });
  if (causes.length > 0) throw invalid(object.kind, '', object.metadata.name, causes);
  return object;
}

/** Throws 422 for an event that is in another namespace than what it is about. */
function aboutItsNamespace(object: KubeObject): KubeObject {
  const about = object['involvedObject'];
  const given = isRecord(about) && typeof about['namespace'] === 'string' ? about['namespace'] : '';
  const { namespace, name } = object.metadata;
  if (given === namespace || (given === '' && namespace === 'default')) return object;
  throw invalid('Event', '', name, [
    cause.invalid('involvedObject.namespace', given, 'does not match event.namespace'),
  ]);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Moves `stringData` into `data`. Throws 400 for data that is not base64. */
function readSecret(resource: Resource, object: KubeObject): KubeObject {
  const { stringData, data, ...rest } = object;
  const merged: Record<string, unknown> = isRecord(data) ? { ...data } : {};
  for (const [key, value] of Object.entries(merged)) {
    if (value === null) merged[key] = '';
    else if (typeof value !== 'string' || !BASE64.test(value)) {
      throw cannotBeHandled(resource, `v1.Secret.Data: decode base64: illegal base64 data in "${key}"`);
    }
  }
  for (const [key, value] of Object.entries(isRecord(stringData) ? stringData : {})) {
    merged[key] = Buffer.from(String(value)).toString('base64');
  }
  return Object.keys(merged).length === 0 ? (rest as KubeObject) : ({ ...rest, data: merged } as KubeObject);
}
