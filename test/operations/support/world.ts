/** Pictures of the fleet for operations: scripted from raw objects, every kind live unless a test says otherwise. */
import type { ObjectRef } from '../../../src/domain/fleet/rows.ts';
import type { Freshness, Phase } from '../../../src/domain/freshness.ts';
import { KINDS, type Kind } from '../../../src/domain/kinds.ts';
import type { Operation, Plan, Raw, Request, Sent, World } from '../../../src/operations/contract.ts';
import { type Raw as Fixture, fleetOf, kindOfRaw, T0 } from '../../domain/fixtures.ts';

/** Every kind live and complete. */
export function allLive(version = 'v1beta1'): Record<Kind, Freshness> {
  const live: Freshness = { phase: 'live', synced: true, since: T0, count: 1, version };
  return Object.fromEntries(KINDS.map((kind) => [kind, live])) as Record<Kind, Freshness>;
}

/** One kind in another phase. */
export function but(kind: Kind, phase: Phase, synced = true): Record<Kind, Freshness> {
  const live = allLive();
  return { ...live, [kind]: { ...live[kind], phase, synced } };
}

/** A world of raw objects. */
export function worldOf(raws: readonly Fixture[], more: Partial<World> = {}): World {
  const { fleet } = fleetOf(...raws);
  return { fleet, freshness: allLive(), namespace: 'cpaas-system', now: T0 + 3_600_000, raw: new Map(), ...more };
}

/** `raws` with the object of one name and API kind changed, or removed. */
export function withObject(
  raws: readonly Fixture[],
  apiKind: string,
  name: string,
  change: (raw: Fixture) => Fixture | undefined,
): Fixture[] {
  let found = false;
  const made = raws.flatMap((raw): Fixture[] => {
    const meta = raw['metadata'] as { name?: string };
    if (raw['kind'] !== apiKind || meta.name !== name) return [raw];
    found = true;
    const after = change(structuredClone(raw));
    return after ? [after] : [];
  });
  if (!found) throw new Error(`no ${apiKind} ${name}`);
  return made;
}

/** Sets a value at a path of a raw object; undefined removes it. */
export function put(raw: Fixture, path: readonly string[], value: unknown): Fixture {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) delete raw[key];
    else raw[key] = value;
    return raw;
  }
  const next = (raw[key] ?? {}) as Fixture;
  raw[key] = put(next, rest, value);
  return raw;
}

/** `raws` with one value of one object changed. */
export function changed(
  raws: readonly Fixture[],
  apiKind: string,
  name: string,
  path: readonly string[],
  value: unknown,
): Fixture[] {
  return withObject(raws, apiKind, name, (raw) => put(raw, path, value));
}

/** The reference of an object of the fixtures, whose uid is its kind and name. */
export function ref(apiKind: string, name: string): ObjectRef {
  const kind = kindOfRaw({ kind: apiKind });
  if (!kind) throw new Error(`no kind ${apiKind}`);
  return { kind, uid: `${apiKind}/${name}`, name };
}

/** A request. */
export function ask(operation: Operation, targets: readonly ObjectRef[], values: Record<string, string> = {}): Request {
  return { operation: operation.id, targets, values };
}

/** What is known of a plan whose writes were all answered with success. */
export function sentOf(request: Request, plan: Plan, written = plan.steps.map(({ id }) => id)): Sent {
  return { request, memo: JSON.parse(JSON.stringify(plan.memo)) as Raw, at: T0, written };
}

/** The checks of a plan that do not pass. */
export function warnings(plan: Plan): string[] {
  return plan.checks.filter(({ result }) => result !== 'pass').map(({ title, figure }) => `${title}: ${figure}`);
}

/** The milestones as lines: `done Written`, `now w1 gone (draining)`. */
export function lines(operation: Operation, world: World, sent: Sent): string[] {
  return operation
    .done(world, sent)
    .milestones.map(({ state, title, detail }) => `${state} ${title}${detail === undefined ? '' : ` (${detail})`}`);
}

/** A world that has read these objects whole too. */
export function reading(raws: readonly Fixture[], ...names: readonly string[]): World {
  const raw = new Map<string, Raw | null>();
  for (const each of raws) {
    const kind = kindOfRaw(each);
    const { name } = each['metadata'] as { name: string };
    if (kind && names.includes(name)) raw.set(`${kind}/${name}`, each);
  }
  return worldOf(raws, { raw });
}
