/** What can be done with a row, and with what it is joined to: the machine of a host, the group of a machine. */
import { explain } from '../domain/explain/explain.ts';
import { NOTHING_SEEN } from '../domain/explain/facts.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Kind } from '../domain/kinds.ts';
import { relatedOf } from '../domain/related.ts';
import type { Operation, World } from '../operations/contract.ts';
import type { Offer } from '../store/operating.ts';

/** The nearer first: who acts on a host means its machine more often than its cluster. */
const NEAR: readonly Kind[] = ['machine', 'host', 'deployment', 'controlPlane', 'pool', 'cluster', 'seedImage'];

/** Which operations mend what is wrong with an object, by what explains it. */
function remediesOf({ fleet, now, learnt, seen, freshness }: World, ref: ObjectRef | undefined) {
  if (!ref) return [];
  const known = { ...NOTHING_SEEN, freshness, ...seen, ...(learnt ? { learnt } : {}) };
  return explain(fleet, ref, now, known)?.remedies ?? [];
}

/** The objects joined to one, of each kind the only one; several machines of a group would have to be told apart. */
function joined({ fleet }: World, ref: ObjectRef): { label: string; ref: ObjectRef }[] {
  const related = relatedOf(fleet, ref);
  return NEAR.flatMap((kind) => {
    const [only, ...others] = related.filter((one) => one.ref.kind === kind);
    return only && others.length === 0 ? [only] : [];
  });
}

/**
 * Every operation for some targets, then, for a single one, those for what it is joined to; with the reason where one is
 * refused. `readOnly`: why nothing may be written at all.
 */
export function offersOf(
  operations: readonly Operation[],
  readOnly: string | undefined,
  world: World,
  targets: readonly ObjectRef[],
): Offer[] {
  const remedies = remediesOf(world, targets.length === 1 ? targets[0] : undefined);
  const offersFor = (wanted: readonly ObjectRef[], of?: string): Offer[] =>
    operations
      .filter(({ on }) => wanted.every(({ kind }) => on.includes(kind)))
      .map((operation) => {
        const { id, title, many } = operation;
        const about = (wanted[0] && operation.aboutOf?.[wanted[0].kind]) ?? operation.about;
        const single = wanted.length > 1 && !many ? 'takes one at a time' : undefined;
        const refusal = readOnly ?? single ?? operation.refuse(world, { operation: id, targets: wanted, values: {} });
        const helps = remedies.some(({ operation: name, target }) => name === id && target.uid === wanted[0]?.uid);
        return { id, title, about, targets: wanted, of, refusal, ...(helps ? { helps } : {}) };
      });
  const [only, ...others] = targets;
  const around = only && others.length === 0 ? joined(world, only) : [];
  return [...offersFor(targets), ...around.flatMap(({ label, ref }) => offersFor([ref], `${label} ${ref.name}`))];
}
