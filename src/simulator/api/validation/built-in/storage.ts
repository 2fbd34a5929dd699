/** Claims and classes of storage: k8s.io/kubernetes/pkg/apis/{core,storage}/validation. */

import { type Cause, cause } from '../../errors.ts';
import type { KubeObject } from '../../types.ts';
import { goDiff } from '../go/diff.ts';
import { readQuantity } from '../quantities.ts';
import { changedFields, fieldsOf, immutableCause, oneOf, same, subdomain, texts } from '../tools.ts';
import { amountCauses } from './resources.ts';

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** What is wrong with a claim. */
export function claimCauses({ spec: given }: KubeObject): Cause[] {
  const spec = fieldsOf(given);
  const modes = texts(spec['accessModes']);
  const { requests } = fieldsOf(spec['resources']);
  const size = fieldsOf(requests)['storage'];
  const at = 'spec.resources[storage]';
  const none = size !== undefined && (readQuantity(size) ?? 0n) === 0n;
  return [
    ...(modes.length === 0 ? [cause.required('spec.accessModes', 'at least 1 access mode is required')] : []),
    ...modes.flatMap((mode) => oneOf('spec.accessModes', mode, MODES)),
    ...(modes.includes('ReadWriteOncePod') && modes.length > 1
      ? [cause.forbidden('spec.accessModes', 'may not use ReadWriteOncePod with other access modes')]
      : []),
    ...(size === undefined ? [cause.required(at)] : amountCauses(at, 'storage', size)),
    ...(none ? [cause.invalid(at, '0', 'must be greater than zero')] : []),
    ...(spec['storageClassName'] ? subdomain('spec.storageClassName', String(spec['storageClassName'])) : []),
    ...oneOf('spec.volumeMode', spec['volumeMode'], ['Block', 'Filesystem'], false),
  ];
}

const FIXED =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** What never changes of a claim. */
export function fixedClaim({ spec: old, status }: KubeObject, { spec: now }: KubeObject): Cause[] {
  const [before, after] = [fieldsOf(old), fieldsOf(now)];
  const bound = fieldsOf(status)['phase'] === 'Bound';
  const changed = changedFields(before, after).filter(
    // Who binds it writes its volume.
    (field) => !(field === 'volumeName' && !before['volumeName']) && !(field === 'resources' && bound),
  );
  const found: Cause[] = [];
  if (changed.length > 0) {
    found.push(cause.forbidden('spec', `${FIXED}\n${goDiff('core.PersistentVolumeClaimSpec', before, after)}`));
  }
  const size = (spec: unknown) =>
    readQuantity(fieldsOf(fieldsOf(fieldsOf(spec)['resources'])['requests'])['storage']) ?? 0n;
  const have = readQuantity(fieldsOf(fieldsOf(status)['capacity'])['storage']) ?? size(old);
  if (size(now) < size(old) && size(now) < have) {
    found.push(cause.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  return found;
}

const BINDINGS = ['Immediate', 'WaitForFirstConsumer'];

/** What is wrong with a class of storage. */
export const classCauses = (object: KubeObject): Cause[] => [
  ...(object['provisioner'] ? [] : [cause.required('provisioner')]),
  ...oneOf('reclaimPolicy', object['reclaimPolicy'] ?? 'Delete', ['Delete', 'Retain']),
  ...oneOf('volumeBindingMode', object['volumeBindingMode'] ?? 'Immediate', BINDINGS),
];

/** What never changes of a class of storage. */
export const fixedClass = (old: KubeObject, now: KubeObject): Cause[] => [
  ...['parameters', 'provisioner', 'reclaimPolicy'].flatMap((field) =>
    same(old[field], now[field]) ? [] : [cause.forbidden(field, `updates to ${field} are forbidden.`)],
  ),
  ...(same(old['volumeBindingMode'], now['volumeBindingMode'])
    ? []
    : [immutableCause('volumeBindingMode', now['volumeBindingMode'] ?? 'null')]),
];
