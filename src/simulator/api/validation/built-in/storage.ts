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

const SOURCES = new Set([
  ...['hostPath', 'local', 'nfs', 'csi', 'iscsi', 'fc', 'rbd', 'cephfs', 'glusterfs', 'flexVolume', 'cinder'],
  ...['awsElasticBlockStore', 'azureDisk', 'azureFile', 'gcePersistentDisk', 'vsphereVolume', 'portworxVolume'],
  ...['quobyte', 'scaleIO', 'storageos', 'flocker', 'photonPersistentDisk'],
]);
/** What must be said of where a volume is. */
const PLACED: Readonly<Record<string, readonly string[]>> = {
  ...{ hostPath: ['path'], local: ['path'], nfs: ['server', 'path'], csi: ['driver', 'volumeHandle'] },
};

/** What is wrong with a volume. */
export function volumeObjectCauses({ spec: given }: KubeObject): Cause[] {
  const spec = fieldsOf(given);
  const modes = texts(spec['accessModes']);
  const capacity = fieldsOf(spec['capacity']);
  const [first, ...more] = Object.keys(spec).filter((key) => SOURCES.has(key));
  const source = fieldsOf(spec[first ?? '']);
  return [
    ...(modes.length === 0 ? [cause.required('spec.accessModes')] : []),
    ...modes.flatMap((mode) => oneOf('spec.accessModes', mode, MODES)),
    ...(Object.keys(capacity).length === 0 ? [cause.required('spec.capacity')] : []),
    ...Object.entries(capacity).flatMap(([name, value]) => amountCauses(`spec.capacity[${name}]`, name, value)),
    ...(PLACED[first ?? ''] ?? []).flatMap((key) => (source[key] ? [] : [cause.required(`spec.${first}.${key}`)])),
    ...more.map((key) => cause.forbidden(`spec.${key}`, 'may not specify more than 1 volume type')),
    ...(first === undefined ? [cause.required('spec', 'must specify a volume type')] : []),
    ...(first === 'local' && !spec['nodeAffinity']
      ? [cause.required('spec.nodeAffinity', 'Local volume requires node affinity')]
      : []),
    ...oneOf('spec.persistentVolumeReclaimPolicy', spec['persistentVolumeReclaimPolicy'], RECLAIMS, false),
    ...oneOf('spec.volumeMode', spec['volumeMode'], ['Block', 'Filesystem'], false),
  ];
}

const RECLAIMS = ['Delete', 'Recycle', 'Retain'];

/** Where a volume is never changes. */
export function fixedVolume({ spec: old }: KubeObject, { spec: now }: KubeObject): Cause[] {
  const places = (spec: unknown) => Object.entries(fieldsOf(spec)).filter(([key]) => SOURCES.has(key));
  const sorted = (spec: unknown) => places(spec).sort(([a], [b]) => (a < b ? -1 : 1));
  const why = 'spec.persistentvolumesource is immutable after creation';
  return same(sorted(old), sorted(now)) ? [] : [cause.forbidden('spec.persistentvolumesource', why)];
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
