/** All guides. */
import type { Operation } from '../operations/contract.ts';
import type { Guide } from './contract.ts';
import { create } from './create/guide.ts';
import { createOperations } from './create/operations.ts';
import { hosts } from './hosts/guide.ts';
import { upgrade } from './upgrade/index.ts';

export const guides: readonly Guide[] = [create, hosts, upgrade];

/** Operations that belong to a guide: what they write is told by what the guide was told. */
export const guideOperations: readonly Operation[] = createOperations;

/** The guide of an id. */
export function guideNamed(id: string): Guide | undefined {
  return guides.find((guide) => guide.id === id);
}
