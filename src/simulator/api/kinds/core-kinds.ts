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
      return readSecret(resource, { ...object, type: object['type'] || 'Opaque' });
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
  return after;
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
