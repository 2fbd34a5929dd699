/** Evidence, in the words of the objects. Unknown conditions and reasons come as they are. */
import type { HostRow, MachineRow, ObjectRef, PlanRow } from '../fleet/rows.ts';
import type { Condition, EventRecord } from '../objects.ts';
import { shorten } from '../text.ts';
import { machineRef, refTo } from './lookup.ts';
import type { Evidence } from './types.ts';

const MESSAGE = 400;

/** A condition; nothing where there is none. */
export function conditionOf(of: ObjectRef, condition: Condition | undefined): Evidence | undefined {
  if (!condition) return undefined;
  const { type, status, reason, message, since } = condition;
  const why = reason === undefined || reason === type ? [] : [reason];
  return {
    sort: 'condition',
    of,
    says: [type, status, ...why].join(' '),
    message: message === undefined ? undefined : shorten(message, MESSAGE),
    at: since,
  };
}

/** Types of which `True` is the news. */
const NEGATIVE = /^(?:Deleting|Paused|Remediating|RollingOut|ScalingUp|ScalingDown|Updating|Stalled)$/;

/** Every condition that is not as it should be, of the generation served first. */
export function troubledConditions(of: ObjectRef, conditions: readonly Condition[] | undefined): Evidence[] {
  const served = conditions?.[0]?.generation;
  return (conditions ?? []).flatMap((each) => {
    if (each.generation !== served) return [];
    const fine = NEGATIVE.test(each.type) ? each.status === 'False' : each.status === 'True';
    return fine ? [] : (conditionOf(of, each) ?? []);
  });
}

/** What the plan's Secret says of it. The plan itself and its output are never shown: they hold secrets. */
export function planOf(plan: PlanRow | undefined): Evidence | undefined {
  if (!plan) return undefined;
  const { type, state, detail } = plan;
  const limit = detail?.maxFailures === undefined ? '' : ` of ${detail.maxFailures}`;
  const tries = detail?.failureCount ? `, failed ${detail.failureCount}${limit} times` : '';
  const doubt = state.source === 'reported' ? ' (the MachineInventory says so; its Secret was not read)' : '';
  const steps = detail?.instructions.length ? `instructions: ${detail.instructions.join(', ')}` : undefined;
  return {
    sort: 'plan',
    of: refTo(plan.object),
    says: `${type} plan ${state.word}${tries}${doubt}`,
    message: steps === undefined ? undefined : shorten(steps, MESSAGE),
    // Until it is run, the time of the last run is that of another plan.
    at: state.word === 'pending' || state.word === 'unknown' ? undefined : plan.since,
  };
}

/** An annotation, or any field by its path. */
export function fieldOf(
  of: ObjectRef,
  path: string,
  value: string | number | undefined,
  at?: number,
): Evidence | undefined {
  return value === undefined ? undefined : { sort: 'field', of, says: `${path}: ${shorten(`${value}`, 160)}`, at };
}

export function annotationOf(of: ObjectRef, key: string, value: string | undefined): Evidence | undefined {
  return value === undefined ? undefined : { sort: 'annotation', of, says: shorten(`${key}=${value}`, 200) };
}

export function eventOf(event: EventRecord | undefined): Evidence | undefined {
  return (
    event && {
      sort: 'event',
      of: refTo(event),
      says: [event.type, event.reason, event.occurrences > 1 ? `${event.occurrences} times` : '']
        .filter(Boolean)
        .join(' '),
      message: event.message === undefined ? undefined : shorten(event.message, MESSAGE),
      at: event.lastSeen,
    }
  );
}

/** The reference to a row's BaremetalMachine, or to its Machine where there is none. */
export function baremetalRef(row: MachineRow): ObjectRef {
  return row.baremetal ? refTo(row.baremetal) : machineRef(row);
}

/** What is known of a host's place in the provider's book. */
export function allocationOf(host: HostRow): Evidence | undefined {
  const { allocation } = host.object;
  return annotationOf(refTo(host.object), 'baremetal.alauda.io/allocation-state', allocation);
}
