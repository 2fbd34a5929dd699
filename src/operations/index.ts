/** All operations, in the order in which they are listed. */

import type { Operation } from './contract.ts';
import { remove } from './remove.ts';
import { replace } from './replace.ts';
import { scale } from './scale.ts';
import { unmark } from './unmark.ts';

export const operations: readonly Operation[] = [remove, scale, unmark, replace];

/** The operation of an id. */
export function operationNamed(id: string): Operation | undefined {
  return operations.find((operation) => operation.id === id);
}
