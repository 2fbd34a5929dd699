/** The image catalog: which image brings which Kubernetes version. */

import type { Informer } from '../informer.ts';
import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import type { ConfigMap } from '../shapes/core.ts';

const catalogName = 'elemental-image-catalog';

/** The informer of the one ConfigMap the provider reads. */
export function catalogInformer(rt: Runtime): Informer<ConfigMap> {
  return rt.informer(kinds.ConfigMap, {
    fieldSelector: `metadata.name=${catalogName}`,
    covers: (map) => map.metadata.name === catalogName,
  });
}

/** The image of a version, or undefined where the catalog misses it. */
export function imageOf(catalog: Informer<ConfigMap>, version: string): string | undefined {
  return catalog.get(catalogName)?.data?.[version] || undefined;
}
