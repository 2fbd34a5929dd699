/** Objects beside the operator's own kinds. A server may not serve them: then they are left out. */

import { isConflict, isNotFound } from '../client.ts';
import { copy } from '../json.ts';
import type { Kind } from '../kinds.ts';
import { ownerReference } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeObject } from '../shapes/meta.ts';

/** Makes `object` unless it exists. Gives it as it is; undefined where its kind is not served. Throws KubeError. */
export async function ensure<T extends KubeObject>(rt: Runtime, kind: Kind<T>, object: T): Promise<T | undefined> {
  const known = await rt.client.get(kind, object.metadata.name);
  if (known) return known;
  try {
    return await rt.client.create(kind, object);
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return undefined;
    throw error;
  }
}

/** A copy of `object` that its owner takes with it. */
export function ownedBy<T extends KubeObject>(object: T, owner: KubeObject): T {
  const owned = copy(object);
  owned.metadata.ownerReferences = [ownerReference(owner)];
  return owned;
}
