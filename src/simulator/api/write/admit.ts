import type { Core, Review } from '../core.ts';
import { ApiError } from '../errors.ts';

/** Asks every admission hook. Throws the first refusal. */
export function admit(core: Core, review: Review): void {
  for (const hook of core.admission) {
    const refusal = hook(review);
    if (refusal === undefined) continue;
    throw typeof refusal === 'string' ? new ApiError(403, 'Forbidden', refusal) : refusal;
  }
}
