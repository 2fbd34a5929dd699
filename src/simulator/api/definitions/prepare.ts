/** What the server adds to a definition of a kind, and what of one cannot be carried out here. */

import { compilePath } from '../kinds/jsonpath.ts';
import type { KubeObject } from '../types.ts';
import { fieldsOf, records } from '../validation/tools.ts';
import { namesOf, versionsOf } from './defined-kinds.ts';

/** By this a definition is held until none of its objects is left. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** A definition with its defaults: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go. */
export function preparedDefinition(object: KubeObject, before?: KubeObject): KubeObject {
  const { shortNames, categories, ...names } = namesOf(object);
  const given = fieldsOf(object.spec?.['names']);
  const spec = {
    ...object.spec,
    ...(names.plural && names.kind ? { names: { ...given, ...names } } : {}),
    conversion: object.spec?.['conversion'] ?? { strategy: 'None' },
  };
  const stored = versionsOf(object).flatMap(({ name, storage }) => (storage === true ? [String(name)] : []));
  const status = object.status ?? {
    conditions: null,
    acceptedNames: { kind: '', plural: '' },
    storedVersions: stored,
  };
  if (!before) return { ...object, spec, status };
  const known = (fieldsOf(before.status)['storedVersions'] ?? []) as string[];
  return { ...object, spec, status: { ...status, storedVersions: [...new Set([...known, ...stored])] } };
}

/** What of a definition cannot be done here, in a sentence; undefined where all of it can. */
export function unable(definition: KubeObject): string | undefined {
  if (fieldsOf(definition.spec?.['conversion'])['strategy'] === 'Webhook') {
    return 'sim: nobody is asked to convert objects: the strategy of conversion can be None only';
  }
  for (const version of versionsOf(definition)) {
    const scale = fieldsOf(version['subresources'])['scale'];
    const { specReplicasPath: wanted, statusReplicasPath: has } = fieldsOf(scale);
    if (scale !== undefined && (wanted !== '.spec.replicas' || has !== '.status.replicas')) {
      return 'sim: replicas can be counted in .spec.replicas and .status.replicas only';
    }
    for (const { jsonPath } of records(version['additionalPrinterColumns'])) {
      try {
        compilePath(String(jsonPath));
      } catch {
        return `sim: columns cannot be read from ${String(jsonPath)}`;
      }
    }
  }
  return undefined;
}
