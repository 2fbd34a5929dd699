/** From a request to a plan whose every write is bound to what the server has at this moment. */
import { findObject } from '../domain/fleet/find.ts';
import type { DomainObject } from '../domain/objects.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';
import {
  keyOf,
  type Operation,
  type Plan,
  type Raw,
  type Request,
  type World,
  type Write,
} from '../operations/contract.ts';
import { revisionOf } from './effect.ts';
import { wordsOf } from './failure.ts';
import { kindsOf, notLive } from './fresh.ts';
import { pause, read } from './look.ts';
import type { Door, Prepared, Refused, Sight } from './types.ts';
import { objectOf, unbound, upon } from './write.ts';

/** How often, and for how long in ms, to wait for the picture to catch up with the server. */
const ATTEMPTS = 4;
const CATCH_UP_MS = 1_500;

/** Reads what the operation needs, asks whether it refuses, plans, and reads what would be written. */
export async function prepare(
  door: Door,
  sight: Sight,
  operation: Operation | undefined,
  request: Request,
  continues?: { id: string; how: 'finish' | 'take back'; written: readonly string[] },
): Promise<Prepared | Refused> {
  if (!operation) return { refused: `there is no operation "${request.operation}"` };
  const old = notLive(sight, kindsOf(operation, request));
  if (old !== undefined) return { refused: operation.refuse({ ...sight.picture(), raw: new Map() }, request) ?? old };
  let behind = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await nextPicture(door, sight);
    try {
      const raw = await readNeeds(door, sight, operation, request);
      const world = { ...sight.picture(), raw };
      const refused = operation.refuse(world, request);
      if (refused !== undefined) return { refused, ...(raw.size > 0 ? { raw } : {}) };
      const whole = operation.plan(world, request);
      const bound = await bindPlan(door, sight, whole);
      if ('refused' in bound) return bound;
      if ('behind' in bound) {
        behind = bound.behind;
        continue;
      }
      const { plan, objects } = bound;
      return { request, operation, ...without(plan, continues?.written ?? []), objects, raw, continues };
    } catch (error) {
      // A plan for what was just not refused: a fault of the operation, told and never written.
      const { code, message } = wordsOf(error);
      return { refused: code === 0 ? `${operation.title} could not be planned: ${message}` : message };
    }
  }
  return { refused: `${behind} changes faster than it can be read; nothing was written` };

  /** The plan without those steps of an earlier run that stand. */
  function without(plan: Plan, written: readonly string[]): { plan: Plan; already: string[] } {
    const already = plan.steps.map(({ id }) => id).filter((id) => written.includes(id));
    return { plan: { ...plan, steps: plan.steps.filter(({ id }) => !already.includes(id)) }, already };
  }
}

async function readNeeds(
  door: Door,
  sight: Sight,
  operation: Operation,
  request: Request,
): Promise<Map<string, Raw | null>> {
  const needs = operation.needs?.({ ...sight.picture(), raw: new Map() }, request) ?? [];
  const read_ = async (need: (typeof needs)[number]) =>
    [keyOf(need), await read(door, need.kind, need.name, false, need.apiVersion)] as const;
  return new Map(await Promise.all(needs.map(read_)));
}

type Bound = { plan: Plan; objects: Map<string, Raw | null> } | { behind: string } | Refused;

/** The plan upon the states the server has now, where they differ from the picture only in what controllers report. */
async function bindPlan(door: Door, sight: Sight, plan: Plan): Promise<Bound> {
  const first = new Map<string, Write>();
  for (const { write } of plan.steps) if (!first.has(objectOf(write))) first.set(objectOf(write), write);
  const readOne = async ([key, { kind, name }]: [string, Write]) => [key, await read(door, kind, name)] as const;
  const objects = new Map<string, Raw | null>(await Promise.all([...first].map(readOne)));
  for (const [key, { verb, name }] of first) {
    const live = objects.get(key);
    if (verb === 'create' && live) return { refused: `${name} exists already` };
    if (verb !== 'create' && verb !== 'apply' && !live) return { refused: `${name} is gone` };
  }
  const steps = [];
  for (const step of plan.steps) {
    const { write } = step;
    const live = objects.get(objectOf(write));
    // Whether an object that is applied was there at all is part of what was shown.
    if (write.verb === 'apply' && (write.seen === undefined) !== !live) return { behind: write.name };
    if (write.verb === 'create' || !live || write.seen === undefined) {
      steps.push(step);
      continue;
    }
    const now = revisionOf(live);
    if (now.uid !== write.seen.uid)
      return { refused: `${write.name} is another object now: it was deleted and made again` };
    if (now.resourceVersion !== write.seen.resourceVersion && !isAsPictured(sight, write, live))
      return { behind: write.name };
    steps.push({ ...step, write: upon(write, now) });
  }
  return { plan: { ...plan, steps }, objects };
}

/** Whether what the plan was made of is what the server has, the reports of controllers aside. */
function isAsPictured(sight: Sight, { kind, name }: Write, live: Raw): boolean {
  const read = KINDS_TABLE[kind].project(live);
  const pictured = read && findObject(sight.picture().fleet, { kind, uid: read.uid, name });
  return pictured !== undefined && JSON.stringify(essence(pictured)) === JSON.stringify(essence(read!));
}

/** What moves only when somebody means it: a spec by its generation, and all metadata. */
function essence({ uid, generation, labels, annotations, finalizers, owners, deleting }: DomainObject): unknown {
  const sorted = (bag: Readonly<Record<string, string>>) => Object.entries(bag).sort(([a], [b]) => (a < b ? -1 : 1));
  return [uid, generation, sorted(labels), sorted(annotations), finalizers, owners, deleting];
}

function nextPicture(door: Door, sight: Sight): Promise<void> {
  const changed = new AbortController();
  const stop = sight.subscribe(() => changed.abort());
  return pause(door.clock, CATCH_UP_MS, changed.signal).finally(stop);
}

/**
 * What a request comes to on the present picture, without asking the server: two pictures on which this is the same need
 * no other plan. `raw`: what was read for it before. Undefined where it cannot be told.
 */
export function outlook(sight: Sight, operation: Operation, request: Request, raw: World['raw']): string | undefined {
  const world = { ...sight.picture(), raw };
  try {
    const refused = operation.refuse(world, request) ?? notLive(sight, kindsOf(operation, request));
    return refused ?? JSON.stringify(operation.plan(world, request));
  } catch {
    return undefined;
  }
}

/** Why what was confirmed is not what would be done now, as one sentence; undefined where it is the same. */
export function changedSince(sight: Sight, { operation, request, plan, raw, already }: Prepared): string | undefined {
  const world = { ...sight.picture(), raw };
  const refused = operation.refuse(world, request) ?? notLive(sight, kindsOf(operation, request));
  if (refused !== undefined) return refused;
  const now = operation.plan(world, request);
  const steps = now.steps.filter(({ id }) => !already.includes(id));
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (
    !same(
      steps.map(({ id, write }) => [id, unbound(write)]),
      plan.steps.map(({ id, write }) => [id, unbound(write)]),
    )
  ) {
    return 'what it would write has changed since it was shown; nothing was written';
  }
  const words = ({ expected }: Plan) => expected.map(({ text }) => text);
  const other = words(now).find((text) => !words(plan).includes(text));
  if (other !== undefined)
    return `what it would bring about has changed since it was shown: ${other}; nothing was written`;
  return undefined;
}
