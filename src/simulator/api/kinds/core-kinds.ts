import { preparedDefinition } from '../definitions/prepare.ts';
import { invalid } from '../errors.ts';
import type { Resource } from '../resources.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { cannotBeHandled } from '../write/metadata.ts';
import { withCanonicalAmounts } from './amounts.ts';
import { eventCauses, whole } from './event-view.ts';
import { withoutTemplateTimes } from './template-times.ts';
import { prepareWorkload } from './workload-kinds.ts';

/** What the server itself adds to a new object of a core kind, and refuses of it. Custom resources pass unchanged. */
export function prepareCoreKind(resource: Resource, object: KubeObject): KubeObject {
  if (resource.custom) return object;
  return withoutTemplateTimes(prepared(resource, withCanonicalAmounts(object)));
}

function prepared(resource: Resource, object: KubeObject): KubeObject {
  switch (resource.kind) {
    case 'Namespace':
      return { ...named(object), spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
    case 'Secret':
      return readSecret(resource, { ...object, type: object['type'] || 'Opaque' });
    case 'CustomResourceDefinition':
      return preparedDefinition(object);
    case 'Event':
      return soundEvent(resource, object);
    default:
      return prepareWorkload(object);
  }
}

/** A namespace carries its name as a label, whatever is written there. */
const named = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
  },
});

/** The same for a changed object. */
export function prepareCoreUpdate(resource: Resource, before: KubeObject, object: KubeObject): KubeObject {
  if (resource.custom) return object;
  if (resource.kind === 'Namespace') return named(whole(object));
  if (resource.kind === 'CustomResourceDefinition') return preparedDefinition(object, before);
  const after =
    resource.kind === 'Secret'
      ? readSecret(resource, { ...object, type: object['type'] ?? before['type'] })
      : withoutTemplateTimes(prepareWorkload(whole(withCanonicalAmounts(object)), before));
  return after;
}

/** Throws 422 for an event that is in another namespace than what it is about, or does not say what it has to. */
function soundEvent({ group }: Resource, object: KubeObject): KubeObject {
  const causes = eventCauses(object);
  if (causes.length > 0) throw invalid('Event', group, object.metadata.name, causes);
  return object;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Where Go stops reading: at what is no character of base64, or at the last group, which is not whole. */
function illegalAt(text: string): number {
  const at = text.search(/[^A-Za-z0-9+/]/);
  return at >= 0 && text[at] !== '=' ? at : Math.max(0, Math.floor((text.length - 1) / 4) * 4);
}

/** Moves `stringData` into `data`. Throws 400 for data that is not base64. */
function readSecret(resource: Resource, object: KubeObject): KubeObject {
  const { stringData, data, ...rest } = object;
  const merged: Record<string, unknown> = isRecord(data) ? { ...data } : {};
  for (const [key, value] of Object.entries(merged)) {
    if (value === null) merged[key] = '';
    else if (typeof value !== 'string' || !BASE64.test(value)) {
      throw cannotBeHandled(resource, `illegal base64 data at input byte ${illegalAt(String(value))}`);
    }
  }
  for (const [key, value] of Object.entries(isRecord(stringData) ? stringData : {})) {
    merged[key] = Buffer.from(String(value)).toString('base64');
  }
  return Object.keys(merged).length === 0 ? (rest as KubeObject) : ({ ...rest, data: merged } as KubeObject);
}
