import { cause, invalid } from '../errors.ts';
import type { Resource } from '../resources.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { cannotBeHandled } from '../write/metadata.ts';
import { eventCauses, whole } from './event-view.ts';
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
      return withGoodKeys(withWantedKeys(readSecret(resource, { ...object, type: object['type'] || 'Opaque' })), [
        'data',
      ]);
    case 'ConfigMap':
      return withGoodKeys(object, ['data', 'binaryData']);
    case 'Event':
      return soundEvent(resource, object);
    default:
      return prepareWorkload(object);
  }
}

/** The same for a changed object. */
export function prepareCoreUpdate(resource: Resource, before: KubeObject, object: KubeObject): KubeObject {
  if (resource.custom) return object;
  const after =
    resource.kind === 'Secret'
      ? readSecret(resource, { ...object, type: object['type'] ?? before['type'] })
      : prepareWorkload(whole(object), before);
  if (resource.kind === 'Secret' || resource.kind === 'ConfigMap') return withGoodKeys(after, ['data', 'binaryData']);
  return after;
}

const DATA_KEY = /^[-._a-zA-Z0-9]+$/;
const DATA_KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** So many bytes a Secret or a ConfigMap may hold. */
const MOST = 1024 * 1024;

const sizeOf = (data: unknown, encoded: boolean): number =>
  isRecord(data)
    ? Object.values(data).reduce(
        (sum: number, text) => sum + Buffer.byteLength(String(text), encoded ? 'base64' : 'utf8'),
        0,
      )
    : 0;

/** Throws 422 for keys that could not be file names, and for more than is kept. */
function withGoodKeys(object: KubeObject, fields: readonly string[]): KubeObject {
  const causes = fields.flatMap((field) => {
    const data = object[field];
    const bad = isRecord(data) ? Object.keys(data).filter((key) => !DATA_KEY.test(key)) : [];
    return bad.map((key) => cause.invalid(`${field}[${key}]`, key, DATA_KEY_RULE));
  });
  const secret = object.kind === 'Secret';
  const size = fields.reduce((sum, field) => sum + sizeOf(object[field], secret || field === 'binaryData'), 0);
  if (size > MOST) {
    const message = `Too long: may not be more than ${MOST} bytes`;
    causes.push({ reason: 'FieldValueTooLong', message, field: secret ? 'data' : '[]' });
  }
  if (causes.length > 0) throw invalid(object.kind, '', object.metadata.name, causes);
  return object;
}

/** What a Secret of a type must hold. */
const WANTED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

/** Throws 422 for a Secret without what its type promises. */
function withWantedKeys(object: KubeObject): KubeObject {
  const data = isRecord(object['data']) ? object['data'] : {};
  const missing = (WANTED_KEYS[String(object['type'])] ?? []).filter((key) => !Object.hasOwn(data, key));
  if (missing.length > 0) {
    throw invalid(
      'Secret',
      '',
      object.metadata.name,
      missing.map((key) => cause.required(`data[${key}]`)),
    );
  }
  return object;
}

/** Throws 422 for an event that is in another namespace than what it is about, or does not say what it has to. */
function soundEvent({ group }: Resource, object: KubeObject): KubeObject {
  const causes = eventCauses(object);
  if (causes.length > 0) throw invalid('Event', group, object.metadata.name, causes);
  return object;
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
