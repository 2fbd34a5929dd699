/** Writing plans into a host's plan Secret, and reading what became of them. */

import { kinds } from '../kinds.ts';
import { annotate } from '../owners.ts';
import { checksum, checksumOf, encode, type Plan, planText, providerPlanType, text } from '../plan-secret.ts';
import type { Runtime } from '../runtime.ts';
import type { Secret } from '../shapes/core.ts';
import { maxFailures } from './plans.ts';

/** Puts a plan into the Secret unless it is there already. Gives its checksum. `applied-checksum` stays, and goes stale. */
export async function writePlan(
  rt: Runtime,
  secret: Secret,
  plan: Plan,
  type: 'reprovision' | 'clean',
): Promise<string> {
  const body = planText(plan);
  const sum = checksumOf(body);
  if (checksum(secret) !== sum) {
    await rt.client.change(kinds.Secret, secret, (draft) => {
      annotate(draft, { [providerPlanType]: type });
      draft.data = { ...draft.data, plan: encode(body), 'max-failures': encode(String(maxFailures)) };
    });
  }
  return sum;
}

/** What became of the plan with a checksum. The Secret is asked itself: the inventory's plan state goes stale. */
export function outcomeOf(secret: Secret | undefined, sum: string): 'pending' | 'applied' | 'failed' | 'given up' {
  if (!secret) return 'pending';
  if (text(secret, 'applied-checksum') === sum) return 'applied';
  if (text(secret, 'failed-checksum') !== sum) return 'pending';
  const limit = Number(text(secret, 'max-failures') || Number.NaN);
  return Number(text(secret, 'failure-count')) >= limit ? 'given up' : 'failed';
}
