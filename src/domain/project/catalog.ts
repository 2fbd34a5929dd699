import type { Catalog } from '../objects.ts';
import { get, record } from '../read.ts';
import { readMeta } from './meta.ts';

/** The `elemental-image-catalog` ConfigMap: Kubernetes version to image; `undefined` without uid or name. */
export function projectCatalog(raw: unknown): Catalog | undefined {
  const meta = readMeta('catalog', raw);
  if (!meta) return undefined;
  return { ...meta, images: record(get(raw, 'data')) };
}
