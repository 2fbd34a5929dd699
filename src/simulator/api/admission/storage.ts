/**
 * Claims of storage have a class, and grow where that lets them:
 * k8s.io/kubernetes/plugin/pkg/admission/storage/{storageclass/setdefault,persistentvolume/resize}.
 */

import type { Core, Plugin } from '../core.ts';
import type { KubeObject } from '../types.ts';
import { readQuantity } from '../validation/quantities.ts';
import { fieldsOf } from '../validation/tools.ts';
import { all, find, refuse } from './find.ts';

const CLASSES: [string, string] = ['storageclasses', 'storage.k8s.io'];
const DEFAULT = 'storageclass.kubernetes.io/is-default-class';

export const claims: Plugin = {
  admit: ({ resource, object, operation, subresource }, core) => {
    if (resource.plural !== 'persistentvolumeclaims' || resource.group !== '' || subresource !== undefined)
      return undefined;
    if (operation !== 'CREATE' || object.spec?.['storageClassName'] !== undefined) return undefined;
    const name = usual(core);
    return name === undefined ? undefined : { ...object, spec: { ...object.spec, storageClassName: name } };
  },
  check: (review, core) => {
    const { resource, object, old, subresource } = review;
    if (resource.plural !== 'persistentvolumeclaims' || resource.group !== '' || subresource !== undefined) return;
    if (object === undefined || old === undefined || sizeOf(object) <= sizeOf(old)) return;
    if (old.status?.['phase'] !== 'Bound') throw refuse(review, 'Only bound persistent volume claims can be expanded');
    const name = String(old.spec?.['storageClassName'] ?? '');
    if (find(core, CLASSES, name)?.['allowVolumeExpansion'] === true) return;
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
    throw refuse(review, why);
  },
};

const sizeOf = ({ spec }: KubeObject): bigint =>
  readQuantity(fieldsOf(fieldsOf(fieldsOf(spec)['resources'])['requests'])['storage']) ?? 0n;

/** Of several classes that are for all the youngest. */
function usual(core: Core): string | undefined {
  const [first] = all(core, CLASSES)
    .filter(({ metadata }) => metadata.annotations?.[DEFAULT] === 'true')
    .sort(
      (a, b) => Date.parse(String(b.metadata.creationTimestamp)) - Date.parse(String(a.metadata.creationTimestamp)),
    );
  return first?.metadata.name;
}
