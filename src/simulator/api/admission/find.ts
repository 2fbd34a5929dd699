/** What admission looks up, and how it refuses. */

import type { Core, Review } from '../core.ts';
import { type ApiError, forbidden } from '../errors.ts';
import type { Resource } from '../resources.ts';
import { keyOf } from '../store.ts';
import type { KubeObject } from '../types.ts';

/** A kind by its group and plural name; undefined where it is not served. */
export const resourceOf = ({ resources }: Core, plural: string, group = ''): Resource | undefined =>
  resources.find((one) => one.plural === plural && one.group === group && one.view === undefined);

/** An object by its name; undefined where there is none. */
export function find(core: Core, [plural, group]: [string, string?], name: string, namespace?: string) {
  const resource = resourceOf(core, plural, group);
  return resource && core.store.get(resource, keyOf(namespace, name))?.object;
}

/** The objects of a kind, in a namespace where one is named. */
export function all(core: Core, [plural, group]: [string, string?], namespace?: string): KubeObject[] {
  const resource = resourceOf(core, plural, group);
  if (resource === undefined || core.store.count(resource) === 0) return [];
  return [...core.store.scan(resource, namespace === undefined ? {} : { prefix: `${namespace}/` })].map(
    ({ object }) => object,
  );
}

/** Refuses a write. Before it is stored, what a controller makes is called by the beginning of its name only. */
export function refuse({ resource, object, old }: Review, why: string, stored = false): ApiError {
  const { name, generateName, ownerReferences } = (object ?? old)!.metadata;
  return forbidden(resource, !stored && generateName && ownerReferences ? generateName : name, why);
}

/** Whether a Pod itself is made. */
export const isNewPod = ({ resource, subresource, operation }: Review): boolean =>
  operation === 'CREATE' && resource.plural === 'pods' && resource.group === '' && subresource === undefined;
