import type { BootstrapTemplate } from '../objects.ts';
import { readMeta } from './meta.ts';

/** A KubeadmConfigTemplate, of which only its metadata is kept: the rest is files and secrets. */
export function projectBootstrapTemplate(raw: unknown): BootstrapTemplate | undefined {
  return readMeta('bootstrapTemplate', raw);
}
