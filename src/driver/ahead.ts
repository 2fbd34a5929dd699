/** What the server says already to the writes that follow on the next one. */
import type { Stage } from '../guides/contract.ts';
import { isRefused, type Runner } from '../runner/api.ts';

/**
 * Why a stage's write is not to be made though the server would take it: it refuses one that must follow. What this user
 * may not even try is left to whoever may.
 */
export async function refusedAhead(
  runner: Pick<Runner, 'prepare' | 'dryRun'>,
  stage: Stage | undefined,
): Promise<string | undefined> {
  for (const request of stage?.ahead ?? []) {
    const prepared = await runner.prepare(request);
    if (isRefused(prepared)) return `what must follow cannot be done: ${prepared.refused}`;
    const { refused, missing } = await runner.dryRun(prepared);
    if (refused !== undefined && missing.length === 0) return `what must follow would not be taken: ${refused}`;
  }
  return undefined;
}
