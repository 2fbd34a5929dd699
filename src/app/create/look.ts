/** Where a guide stands now: the picture, with what has to be read whole beside it. */

import { NOTHING_LEARNT } from '../../domain/durations/learnt.ts';
import type { Freshness } from '../../domain/freshness.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Ask, Course, Guide, Known } from '../../guides/contract.ts';
import { PUBLISHED } from '../../guides/matrix.ts';
import { onlyPlanned } from '../../guides/session.ts';
import { KINDS_TABLE, pathOf } from '../../kube/kinds.ts';
import { KubeError, type Transport } from '../../kube/types.ts';
import { keyOf, type Need, type Raw } from '../../operations/contract.ts';
import type { State } from '../../store/state.ts';

export interface Looked {
  course?: Course;
  /** Why there is no course, as a sentence. */
  refused?: string;
  known: Known;
}

/** Reads what the guide needs, and asks it. Throws KubeError. */
export async function lookAt(
  guide: Guide,
  ask: Ask,
  state: State,
  transport: Pick<Transport, 'json'>,
): Promise<Looked> {
  const session = onlyPlanned(ask);
  const bare = pictureOf(state, new Map());
  const needs = guide.needs(bare, session);
  const read = await Promise.all(
    needs.map(async (need) => [keyOf(need), await readObject(state, transport, need)] as const),
  );
  const known = pictureOf(state, new Map(read));
  const refused = guide.refuse(known, session);
  return refused === undefined ? { course: guide.course(known, session), known } : { refused, known };
}

function pictureOf({ fleet, freshness, session }: State, raw: ReadonlyMap<string, Raw | null>): Known {
  return {
    fleet,
    freshness,
    namespace: session.namespace,
    now: Date.now(),
    raw,
    matrix: PUBLISHED,
    learnt: NOTHING_LEARNT,
  };
}

/** The object as served in the version in use; null where there is none. Throws KubeError. */
export async function readObject(
  { session, freshness }: { session: State['session']; freshness: Readonly<Record<Kind, Freshness>> },
  transport: Pick<Transport, 'json'>,
  { kind, name }: Need,
): Promise<Raw | null> {
  const version = freshness[kind].version ?? KINDS_TABLE[kind].versions[0];
  try {
    return await transport.json<Raw>({ path: pathOf(kind, version, session.namespace, name), idleMs: 15_000 });
  } catch (error) {
    if (error instanceof KubeError && error.code === 404) return null;
    throw error;
  }
}
