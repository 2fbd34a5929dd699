/** Where a guide stands now: the picture, with what has to be read whole beside it. */

import { NOTHING_LEARNT } from '../../domain/durations/learnt.ts';
import type { Freshness } from '../../domain/freshness.ts';
import type { Kind } from '../../domain/kinds.ts';
import { PUBLISHED } from '../../domain/matrix.ts';
import type { Ask, Course, Guide, Known } from '../../guides/contract.ts';
import { onlyPlanned } from '../../guides/session.ts';
import { KINDS_TABLE } from '../../kube/kinds.ts';
import type { Transport } from '../../kube/types.ts';
import { keyOf, type Need, type Raw } from '../../operations/contract.ts';
import { read } from '../../runner/look.ts';
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

/** The object in the version that is asked for, else in the one in use; null where there is none. Throws KubeError. */
export async function readObject(
  { session, freshness }: { session: State['session']; freshness: Readonly<Record<Kind, Freshness>> },
  transport: Pick<Transport, 'json'>,
  { kind, name, apiVersion }: Need,
): Promise<Raw | null> {
  const used = freshness[kind].version ?? KINDS_TABLE[kind].versions[0];
  const door = { transport, namespace: session.namespace, versionOf: () => used };
  return read(door, kind, name, false, apiVersion);
}
