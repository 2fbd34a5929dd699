/** The plans whose state the lines on screen tell: worth a read although they are at rest. */
import type { Lists } from '../../hooks/lists.ts';
import { findMachine } from '../domain/fleet/find.ts';
import type { ObjectRef, PlanRow } from '../domain/fleet/rows.ts';
import { cursorOf, windowStart } from '../store/list.ts';
import { here, type State } from '../store/state.ts';

/** Lines that are never a list's: header, title, heading and the two of the footer. */
const FRAME = 5;
/** A snapshot of more plans than this tells what the MachineInventories report of those at rest. */
const MOST_PRINTED = 200;
/** Lists that tell the state of plans. */
const TELL_OF_PLANS: ReadonlySet<string> = new Set(['hosts', 'machines', 'plans', 'tree']);

/** The plan of a host, of the host of a machine, or the plan itself. */
export function planOf({ fleet }: State, ref: ObjectRef): PlanRow | undefined {
  switch (ref.kind) {
    case 'plan':
      return fleet.plans.byUid.get(ref.uid);
    case 'host':
      return fleet.hosts.byUid.get(ref.uid)?.plan;
    case 'machine':
    case 'baremetalMachine':
      return fleet.hosts.byUid.get(findMachine(fleet, ref)?.hostUid ?? '')?.plan;
    default:
      return undefined;
  }
}

/** The plans that a printed view tells of: all of them, or none where there are too many. */
export function printedPlans(view: string | undefined): (state: State) => readonly PlanRow[] {
  const none: readonly PlanRow[] = [];
  return ({ fleet: { plans } }) =>
    view !== undefined && TELL_OF_PLANS.has(view) && plans.list.length <= MOST_PRINTED ? plans.list : none;
}

/**
 * Gives the plans on screen: that of the object whose detail is open, else those of the rows in the window, which moves
 * as the table's own does. The same list while it holds the same plans.
 */
export function createInSight(lists?: Lists): (state: State) => readonly PlanRow[] {
  let screen = '';
  let offset = 0;
  let last: readonly PlanRow[] = [];
  const refsOf = (state: State): readonly ObjectRef[] => {
    const place = here(state);
    if (place.ref) return [place.ref];
    if (!lists || state.help || place.yaml || !TELL_OF_PLANS.has(place.screen)) {
      screen = '';
      return [];
    }
    if (place.screen !== screen) [screen, offset] = [place.screen, 0];
    const view = lists.view(state, place);
    const height = Math.max(1, state.rows - FRAME);
    offset = windowStart(offset, cursorOf(view, place).index, height, view.rows.length);
    const { target } = lists.screenOf(place);
    return view.rows.slice(offset, offset + height).flatMap((row) => target(row) ?? []);
  };
  return (state) => {
    const plans = new Map(
      refsOf(state)
        .flatMap((ref) => planOf(state, ref) ?? [])
        .map((plan) => [plan.uid, plan]),
    );
    if (plans.size !== last.length || last.some(({ uid }) => !plans.has(uid))) last = [...plans.values()];
    return last;
  };
}
