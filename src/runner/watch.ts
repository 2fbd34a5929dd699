/** Keeps the plan of a request up to date while somebody looks at it. */
import type { Operation, Request, World } from '../operations/contract.ts';
import { pause } from './look.ts';
import { outlook } from './prepare.ts';
import { repeatedly } from './repeatedly.ts';
import { type Door, isRefused, type Prepared, type Refused, type Sight } from './types.ts';

/** Ms between two plans: pictures come ten a second, and each plan reads what it would write. */
const GAP_MS = 1_000;

interface Around {
  door: Door;
  sight: Sight;
  operations: readonly Operation[];
  planned(request: Request): Promise<Prepared | Refused>;
}

/**
 * Plans at once, and again with every picture on which the request comes to something else. Returns a function that
 * stops it.
 */
export function watch(
  { door, sight, operations, planned }: Around,
  request: Request,
  onPlan: (plan: Prepared | Refused) => void,
): () => void {
  const operation = operations.find(({ id }) => id === request.operation);
  /** What the plan that was given last came from; undefined: whatever it was, plan again. */
  let known: { outlook: string; raw: World['raw'] } | undefined;

  const isKnown = () =>
    known !== undefined && operation && outlook(sight, operation, request, known.raw) === known.outlook;

  return repeatedly(sight, async (stopped) => {
    if (isKnown()) return;
    const { fleet, freshness } = sight.picture();
    const plan = await planned(request);
    if (stopped()) return;
    const now = sight.picture();
    const raw: World['raw'] = isRefused(plan) ? new Map() : plan.raw;
    const seen =
      operation && now.fleet === fleet && now.freshness === freshness && outlook(sight, operation, request, raw);
    // What the server itself refused may be otherwise the next time.
    known = seen && (!isRefused(plan) || plan.refused === seen) ? { outlook: seen, raw } : undefined;
    onPlan(plan);
    await pause(door.clock, GAP_MS);
  });
}
