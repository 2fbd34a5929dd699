/** All operations, in the order in which they are listed. */

import type { Operation } from './contract.ts';
import { scale } from './scale.ts';

export const operations: readonly Operation[] = [scale];

/** The operation of an id. */
export function operationNamed(id: string): Operation | undefined {
  return operations.find((operation) => operation.id === id);
}
