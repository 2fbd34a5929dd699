/** Writing plans into a host's plan Secret, and reading what became of them. */

import { kinds } from '../kinds.ts';
import { annotate } from '../owners.ts';
import { checksum, checksumOf, encode, numberOf, type Plan, planText, providerPlanType, text } from '../plan-secret.ts';
import type { Runtime } from '../runtime.ts';
import type { Secret } from '../shapes/core.ts';
import { maxFailures, maxStorageFailures } from './plans.ts';

export type ProviderPlan = 'reprovision' | 'clean' | 'storage-prepare' | 'storage-release';

/**
 * Puts a plan into the Secret unless it is there already. Gives its checksum. `applied-checksum` stays, and goes stale.
 * For an agent that knows `plan-state`, the plan is `pending` from now on. Throws KubeError.
 */
export async function writePlan(
  rt: Runtime,
  secret: Secret,
  plan: Plan,
  type: ProviderPlan,
  modern: boolean,
): Promise<string> {
  const body = planText(plan);
  const sum = checksumOf(body);
  if (checksum(secret) !== sum) {
    await rt.client.change(kinds.Secret, secret, (draft) => {
      annotate(draft, { [providerPlanType]: type });
      draft.data = { ...draft.data, ...planData(body, type), ...(modern ? { 'plan-state': encode('pending') } : {}) };
    });
  }
  return sum;
}

/** The keys a writer of plans sets. */
export function planData(body: string, type: ProviderPlan): Record<string, string> {
  const limit = type.startsWith('storage') ? maxStorageFailures : maxFailures;
  return { plan: encode(body), 'max-failures': encode(String(limit)) };
}

/** What became of the plan with a checksum. The Secret is asked itself: the inventory's plan state goes stale. */
export function outcomeOf(secret: Secret | undefined, sum: string): 'pending' | 'applied' | 'failed' | 'given up' {
  if (!secret) return 'pending';
  if (text(secret, 'applied-checksum') === sum) return 'applied';
  // Canceled by somebody, it will not be done.
  if (text(secret, 'plan-state') === 'canceled' && checksum(secret) === sum) return 'given up';
  if (text(secret, 'failed-checksum') !== sum) return 'pending';
  const limit = numberOf(secret, 'max-failures');
  return limit !== undefined && (numberOf(secret, 'failure-count') ?? 0) >= limit ? 'given up' : 'failed';
}
