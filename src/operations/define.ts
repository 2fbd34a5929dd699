/** What all operations share: their targets must be there, what they rely upon must be live, and a plan is never made for a refusal. */

import { findObject } from '../domain/fleet/find.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Freshness } from '../domain/freshness.ts';
import { API_KIND, type Kind } from '../domain/kinds.ts';
import type { DomainObject } from '../domain/objects.ts';
import type { Check, Operation, Plan, Request, World } from './contract.ts';
import { keyOf } from './contract.ts';

/** An operation before `defineOperation` has put the common refusals around it. */
export interface Definition<T> extends Omit<Operation, 'refuse' | 'plan'> {
  /** Why it cannot be offered for these targets whatever is entered, as one sentence. */
  offer(world: World, targets: readonly DomainObject[], request: Request): string | undefined;
  /** All that was found out for a request that can be offered, or why it is refused. */
  examine(world: World, request: Request, targets: readonly DomainObject[]): T | Refusal;
  /** What is shown and written. A blocking check in it refuses. */
  draft(world: World, request: Request, found: T): Plan;
}

export interface Refusal {
  refused: string;
}

/** A refusal. */
export function refused(sentence: string): Refusal {
  return { refused: sentence };
}

/** Whether an examination ended with a refusal. */
export function isRefusal<T extends object>(found: T | Refusal): found is Refusal {
  return 'refused' in found;
}

const PHASES: Readonly<Record<string, string>> = {
  waiting: 'has not been read yet',
  syncing: 'is still being read',
  stale: 'is not verified at the moment',
  forbidden: 'may not be read',
  absent: 'is not served here',
  auth: 'waits for a sign-in',
};

function dead(kind: Kind, freshness: Freshness | undefined): string | undefined {
  if (!freshness) return `${API_KIND[kind]} is not watched`;
  if (freshness.phase !== 'live') {
    return `${API_KIND[kind]} ${PHASES[freshness.phase] ?? 'is not live'}: nothing is written on what may be old`;
  }
  if (!freshness.synced) return `${API_KIND[kind]} is still being read: nothing is written on a part of it`;
  if (freshness.broken) return `${freshness.broken} of ${API_KIND[kind]} could not be read: what they are is not known`;
  return undefined;
}

/** The first kind whose truth is not live, as a sentence. */
export function notLive(world: World, kinds: Iterable<Kind>): string | undefined {
  for (const kind of kinds) {
    const problem = dead(kind, world.freshness[kind]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type Targets = readonly DomainObject[] | Refusal;

function targetsOf<T>(definition: Definition<T>, world: World, refs: readonly ObjectRef[]): Targets {
  if (refs.length === 0) return refused('nothing is chosen');
  if (refs.length > 1 && !definition.many) return refused(`${definition.title} takes one at a time`);
  const found: DomainObject[] = [];
  for (const ref of refs) {
    if (!definition.on.includes(ref.kind)) {
      return refused(`${definition.title} does not work on ${API_KIND[ref.kind] ?? ref.kind} ${ref.name}`);
    }
    const object = findObject(world.fleet, ref);
    if (!object || object.kind !== ref.kind) return refused(`${ref.name} is gone`);
    if (found.includes(object)) return refused(`${ref.name} is chosen twice`);
    if (object.resourceVersion === '') return refused(`which state of ${ref.name} this is is not known`);
    found.push(object);
  }
  return found;
}

/** What was read of an object asked for by `needs`. Absent: not read; null: does not exist. */
function missingNeed<T>(definition: Definition<T>, world: World, request: Request): string | undefined {
  for (const need of definition.needs?.(world, request) ?? []) {
    if (!world.raw.has(keyOf(need))) return `${API_KIND[need.kind]} ${need.name} has not been read yet`;
  }
  return undefined;
}

/** The operation. `refuse` and `plan` look at the same examination, so that they never disagree. */
export function defineOperation<T extends object>(definition: Definition<T>): Operation {
  function judge(world: World, request: Request): Plan | Refusal | undefined {
    const targets = targetsOf(definition, world, request.targets);
    if ('refused' in targets) return targets;
    const stale = notLive(world, new Set([...request.targets.map(({ kind }) => kind), ...definition.kinds]));
    if (stale !== undefined) return refused(stale);
    const not = definition.offer(world, targets, request);
    if (not !== undefined) return refused(not);
    const asks = definition.fields.some(({ optional }) => !optional);
    if (asks && Object.keys(request.values).length === 0) return undefined;
    const known = definition.fields.map(({ name }) => name);
    const odd = Object.keys(request.values).find((name) => !known.includes(name));
    if (odd !== undefined) return refused(`${definition.title} asks for no ${odd}`);
    const unread = missingNeed(definition, world, request);
    // Offered without having been read: it is read when it is begun, and may be refused then.
    if (unread !== undefined) return Object.keys(request.values).length === 0 ? undefined : refused(unread);
    const found = definition.examine(world, request, targets);
    if (isRefusal(found)) return found;
    const plan = definition.draft(world, request, found);
    const block = plan.checks.find(({ result }) => result === 'block');
    return block ? refused(`${block.title}: ${block.figure}`) : plan;
  }
  const { offer: _offer, examine: _examine, draft: _draft, ...facts } = definition;
  return {
    ...facts,
    refuse(world, request) {
      const found = judge(world, request);
      return found && 'refused' in found ? found.refused : undefined;
    },
    plan(world, request) {
      const found = judge(world, request);
      if (!found) throw new RangeError(missingNeed(definition, world, request) ?? `${definition.title} needs values`);
      if ('refused' in found) throw new RangeError(found.refused);
      return found;
    },
  };
}

/** A check that passes or, where `bad` is given, blocks or warns with that figure. */
export function check(title: string, figure: string, bad?: 'warn' | 'block'): Check {
  return { result: bad ?? 'pass', title, figure };
}
