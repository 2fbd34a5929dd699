/** The state of a plan as the documents derive it from its Secret (domain §1.5), written without the simulator's help. */

import { createHash } from 'node:crypto';
import type { Secret } from '../../src/simulator/controllers/shapes/core.ts';

export type PlanState = 'applied' | 'failed' | 'pending';

const bytes = (secret: Secret, key: string): Buffer => Buffer.from(secret.data?.[key] ?? '', 'base64');

/** A value of the Secret as text; empty where there is none. */
export const entryOf = (secret: Secret, key: string): string => bytes(secret, key).toString('utf8');

/** The checksum of the plan that is written down, of its raw bytes. */
export const planSum = (secret: Secret): string => createHash('sha256').update(bytes(secret, 'plan')).digest('hex');

/** What became of the plan that is written down. */
export function planState(secret: Secret): PlanState {
  const told = entryOf(secret, 'plan-state');
  if (told) return told === 'succeeded' ? 'applied' : told === 'failed' ? 'failed' : 'pending';
  const sum = planSum(secret);
  if (entryOf(secret, 'applied-checksum') === sum) return 'applied';
  return entryOf(secret, 'failed-checksum') === sum ? 'failed' : 'pending';
}

/** What kind of plan it is, by the annotations of its writers. */
export function planKind(secret: Secret): string {
  if (entryOf(secret, 'plan').trim() === '{}') return 'empty';
  const { annotations } = secret.metadata;
  return annotations?.['baremetal.alauda.io/plan.type'] ?? annotations?.['elemental.cattle.io/plan.type'] ?? 'other';
}
