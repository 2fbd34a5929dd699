/** What a Lease carries of a session, and back: others go on from it whose journal is another. */
import { cleanLine } from '../domain/text.ts';
import type { Note } from '../guides/contract.ts';
import { asNote, isAsk, type SessionRecord } from '../journal/sessions.ts';
import { CARRIES_MOST } from '../runner/lease.ts';
import { nameOf } from '../runner/people.ts';
import type { Found } from './types.ts';

/** The session as one text. What is seen goes before what was said, where there is too much of both. */
export function carriedOf({ id, began, at, notes }: SessionRecord): string {
  const { from } = began;
  const text = (kept: readonly Note[]) => {
    const missing = (from?.missing ?? 0) + notes.length - kept.length;
    return JSON.stringify({
      v: 1,
      id,
      title: began.title,
      ask: began.ask,
      by: from?.by ?? nameOf(began.user),
      began: at,
      notes: kept,
      ...(missing > 0 ? { missing } : {}),
    });
  };
  const whole = text(notes);
  if (Buffer.byteLength(whole) <= CARRIES_MOST) return whole;
  const said = text(notes.filter(({ note }) => note !== 'saw'));
  return Buffer.byteLength(said) <= CARRIES_MOST ? said : text([]);
}

/** A session found in a Lease; undefined where it is none that this metaldeck understands. */
export function foundIn({ carries, holder }: { carries: unknown; holder?: string }): Found | undefined {
  if (typeof carries !== 'object' || carries === null) return undefined;
  const { v, id, title, ask, by, began, notes, missing } = carries as Record<string, unknown>;
  if (v !== 1 || typeof id !== 'string' || typeof title !== 'string' || !isAsk(ask)) return undefined;
  if (typeof by !== 'string' || typeof began !== 'number') return undefined;
  return {
    id,
    title: cleanLine(title),
    ask,
    by: cleanLine(by),
    began,
    notes: Array.isArray(notes) ? notes.flatMap((note) => asNote(note) ?? []) : [],
    ...(holder === undefined ? {} : { holder: cleanLine(holder) }),
    here: false,
    ...(typeof missing === 'number' && missing > 0 ? { missing } : {}),
  };
}
