/** Reads what a guide needs, and asks it where things stand. */
import { API_KIND } from '../domain/kinds.ts';
import type { Course, Guide, Known, Session } from '../guides/contract.ts';
import { withTrouble } from '../guides/trouble.ts';
import { keyOf, type Raw } from '../operations/contract.ts';
import { wordsOf } from '../runner/failure.ts';
import type { Objects } from './objects.ts';
import type { DriverOptions } from './types.ts';

/** What a guide asks for grows as objects appear; one that never has enough is at fault. */
const ROUNDS = 5;

export type Told =
  | { known: Known; course: Course }
  | { known: Known; refused: string }
  /** It cannot be known now. */
  | { why: string };

type Around = Pick<DriverOptions, 'sight' | 'matrix' | 'learnt' | 'seen'>;

/** All that a guide may know at this moment. */
function knownNow({ sight, matrix, learnt, seen }: Around, raw: Known['raw']): Known {
  return { ...sight.picture(), raw, matrix, learnt: learnt(), ...(seen ? { seen: seen() } : {}) };
}

/** Which of the kinds a guide rests on is not live, as a sentence. */
export function notLive({ sight }: Pick<DriverOptions, 'sight'>, { kinds }: Guide): string | undefined {
  const { freshness } = sight.picture();
  const dead = kinds.find((kind) => freshness[kind].phase !== 'live' || !freshness[kind].synced);
  if (dead === undefined) return undefined;
  const { phase, error } = freshness[dead];
  return `${API_KIND[dead]} is not live (${error ?? (phase === 'live' ? 'syncing' : phase)})`;
}

/** All that the guide may know now, with the objects it asked for; or why not. */
export async function lookAround(
  around: Around,
  objects: Objects,
  guide: Guide,
  session: Session,
): Promise<Known | { why: string }> {
  const dead = notLive(around, guide);
  if (dead !== undefined) return { why: dead };
  let raw: ReadonlyMap<string, Raw | null> = new Map();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const known = knownNow(around, raw);
      const needs = guide.needs(known, session);
      if (needs.every((need) => raw.has(keyOf(need)))) return known;
      raw = await objects.read(needs);
    }
  } catch (error) {
    return { why: wordsOf(error).message };
  }
  return knownNow(around, raw);
}

/** Where a session stands now. Never throws. */
export async function tell(around: Around, objects: Objects, guide: Guide, session: Session): Promise<Told> {
  const known = await lookAround(around, objects, guide, session);
  if ('why' in known) return known;
  try {
    const refused = guide.refuse(known, session);
    return refused === undefined
      ? { known, course: withTrouble(known, guide.course(known, session)) }
      : { known, refused };
  } catch (error) {
    // A fault of the guide: told, and nothing is written.
    return { why: `${guide.title} could not tell where it stands: ${wordsOf(error).message}` };
  }
}
