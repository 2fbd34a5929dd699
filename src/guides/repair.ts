/** Which operation of metaldeck helps where a session stands still. One rule for all guides. */

import type { Request } from '../operations/contract.ts';
import { operationNamed } from '../operations/index.ts';
import type { Course } from './contract.ts';
import { presentStage } from './next.ts';

/** The first remedy of the trouble at the present stage; undefined where nothing is wrong, or nothing of ours helps. */
export function repairOf(course: Pick<Course, 'stages' | 'next'>): { stage: string; request: Request } | undefined {
  const stage = presentStage(course);
  const remedy = stage?.trouble?.remedies.find(({ operation }) => operationNamed(operation) !== undefined);
  if (!stage || !remedy) return undefined;
  return { stage: stage.id, request: { operation: remedy.operation, targets: [remedy.target], values: {} } };
}

/** `replace prod-workers-x7k2p`: a repair in words. */
export function repairWords({ operation, targets }: Request): string {
  return `${operation} ${targets.map(({ name }) => name).join(', ')}`;
}
