/** What needs eyes, with what the operator knows of it: acknowledged, or new since they last looked. */
import { type Acknowledgement, holds } from '../domain/acknowledge.ts';
import { attentionNow, type Cause } from '../domain/explain/attention.ts';
import type { State } from './state.ts';

export interface AttentionItem extends Cause {
  acknowledged?: Acknowledgement;
  /** Not seen before. */
  fresh: boolean;
}

/** By which a cause is remembered to have been seen. */
export const lookKey = ({ ref, id }: Pick<Cause, 'ref' | 'id'>): string => `${ref.uid}/${id}`;

type Given = Pick<State, 'fleet' | 'learnt' | 'acknowledged' | 'looked' | 'now'>;

let made: { from: readonly unknown[]; until: number; list: readonly AttentionItem[] } | undefined;

/** Worst and oldest first; what is acknowledged comes after everything else, and is never left out. */
export function attentionOf({ fleet, learnt, acknowledged, looked, now }: Given): readonly AttentionItem[] {
  const causes = attentionNow(fleet, now, learnt);
  const from = [causes, acknowledged, looked];
  if (made && now < made.until && from.every((part, index) => part === made!.from[index])) return made.list;
  const open: AttentionItem[] = [];
  const known: AttentionItem[] = [];
  let until = Number.POSITIVE_INFINITY;
  for (const cause of causes) {
    const ack = acknowledged.get(cause.ref.uid);
    const fresh = looked !== undefined && !((looked.get(lookKey(cause)) ?? 0) > 0);
    if (ack && holds(ack, cause, now)) {
      until = Math.min(until, ack.until);
      known.push({ ...cause, acknowledged: ack, fresh });
    } else open.push({ ...cause, fresh });
  }
  made = { from, until, list: [...open, ...known] };
  return made.list;
}

/** `3`, `3, 1 new, 2 acknowledged`. */
export function attentionCount(items: readonly AttentionItem[]): string {
  const fresh = items.filter((item) => item.fresh).length;
  const known = items.filter(({ acknowledged }) => acknowledged !== undefined).length;
  return [`${items.length}`, fresh > 0 && `${fresh} new`, known > 0 && `${known} acknowledged`]
    .filter(Boolean)
    .join(', ');
}
