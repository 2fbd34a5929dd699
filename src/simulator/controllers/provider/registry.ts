/**
 * The platform registry images are pulled from. The documents name an annotation of the Cluster and, without one, a
 * registry Secret, whose name they do not tell: here it is `sim-platform-registry`, key `address`.
 */

import { kinds } from '../kinds.ts';
import { text } from '../plan-secret.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster } from '../shapes/capi.ts';

export const registryAnnotation = 'cpaas.io/registry-address';
export const registrySecret = 'sim-platform-registry';

/** The registry's address for a cluster; undefined where nobody has named one. Throws KubeError. */
export async function registryOf(rt: Runtime, cluster: Cluster | undefined): Promise<string | undefined> {
  const annotated = cluster?.metadata.annotations?.[registryAnnotation]?.trim();
  if (annotated) return annotated;
  const secret = await rt.client.get(kinds.Secret, registrySecret);
  return (secret && text(secret, 'address').trim()) || undefined;
}

/** An image of the catalog, pulled from `registry` in place of the registry it was written with. */
export function fromRegistry(image: string, registry: string): string {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(0, slash));
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  return `${registry.replace(/\/+$/, '')}/${hasRegistry ? image.slice(slash + 1) : image}`;
}
