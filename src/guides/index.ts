/** All guides. */
import type { Guide } from './contract.ts';
import { upgrade } from './upgrade/index.ts';

export const guides: readonly Guide[] = [upgrade];

/** The guide of an id. */
export function guideNamed(id: string): Guide | undefined {
  return guides.find((guide) => guide.id === id);
}
