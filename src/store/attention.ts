/** What needs eyes, with what the operator knows of it: acknowledged, or new since they last looked. */
import { holds } from '../domain/acknowledge.ts';
import { attentionNow, type Cause, saidOf } from '../domain/explain/attention.ts';
import type { Problem } from '../domain/fleet/rows.ts';
import type { Observed } from '../domain/story/observed.ts';
import type { AttentionItem } from './attention-item.ts';
import type { State } from './state.ts';

/** By which a cause is remembered to have been seen. */
export const lookKey = ({ ref, id }: Pick<Cause, 'ref' | 'id'>): string => `${ref.uid}/${id}`;

type Given = Pick<
  State,
  'fleet' | 'learnt' | 'falls' | 'doubts' | 'freshness' | 'sessions' | 'acknowledged' | 'looked' | 'now' | 'observed'
>;

/** When it was seen to begin, for what tells no time: a mark, a pause, a figure. */
function seenAt(observed: readonly Observed[], { ref, text }: Cause): number | undefined {
  return observed.findLast((one) => one.uid === ref.uid && one.text === text)?.at;
}

let made: { from: readonly unknown[]; until: number; list: readonly AttentionItem[] } | undefined;

/** Worst and oldest first; what is acknowledged comes after everything else, and is never left out. */
export function attentionOf(given: Given): readonly AttentionItem[] {
  const { fleet, acknowledged, looked, observed, now } = given;
  const causes = attentionNow(fleet, now, given);
  // Only of what has no beginning of its own it matters when it was seen to begin.
  const unknown = causes.some(({ since }) => since === undefined);
  const from = [causes, acknowledged, looked, unknown && observed];
  if (made && now < made.until && from.every((part, index) => part === made!.from[index])) return made.list;
  const open: AttentionItem[] = [];
  const known: AttentionItem[] = [];
  let until = Number.POSITIVE_INFINITY;
  for (const one of causes) {
    const cause = one.since === undefined ? { ...one, since: seenAt(observed, one) } : one;
    const ack = acknowledged.get(cause.ref.uid);
    const seen = (looked?.get(lookKey(cause)) ?? 0) > 0;
    const fresh = looked !== undefined && !seen && !cause.expected;
    if (ack && holds(ack, cause, now)) {
      until = Math.min(until, ack.until);
      known.push({ ...cause, acknowledged: ack, fresh });
    } else open.push({ ...cause, fresh });
  }
  made = { from, until, list: [...open, ...known] };
  return made.list;
}

let indexed: { items: readonly AttentionItem[]; byUid: ReadonlyMap<string, AttentionItem> } | undefined;
/** The state that was asked about last: all cells of a picture ask about the same. */
let asked: Given | undefined;

/**
 * What is wrong with the row of an object: its own problem, or what attention knows of it where the row knows of nothing, or
 * of nothing as bad, as of lateness and of what its own cluster says.
 */
export function troubleOf(state: Given, uid: string, own: Problem | undefined): Problem | undefined {
  if (own?.severity === 'bad') return own;
  if (!indexed || asked !== state) {
    const items = attentionOf(state);
    if (indexed?.items !== items) indexed = { items, byUid: new Map(items.map((item) => [item.ref.uid, item])) };
    asked = state;
  }
  const item = indexed.byUid.get(uid);
  if (!item || (own && item.severity !== 'bad')) return own;
  // Which host a machine is on, its row says elsewhere.
  return {
    severity: item.severity,
    text: saidOf({ ...item, host: undefined }),
    ...(item.since === undefined ? {} : { since: item.since }),
  };
}

/** `3`, `3, 1 new, 2 acknowledged`. */
export function attentionCount(items: readonly AttentionItem[]): string {
  const fresh = items.filter((item) => item.fresh).length;
  const known = items.filter(({ acknowledged }) => acknowledged !== undefined).length;
  return [`${items.length}`, fresh > 0 && `${fresh} new`, known > 0 && `${known} acknowledged`]
    .filter(Boolean)
    .join(', ');
}

let counted: { from: readonly unknown[]; text: string } | undefined;

/** What needs nobody, as counts: `well: 41/42 hosts 33/33 machines ...`. A row that is in trouble, or in the list, is not well. */
export function wellText(state: Given): string {
  const { hosts, machines, pools, clusters } = state.fleet;
  const items = attentionOf(state);
  const from = [items, hosts.list, machines.list, pools.list, clusters.list];
  if (counted?.from.every((part, index) => part === from[index])) return counted.text;
  const named = new Set(items.map(({ ref }) => ref.uid));
  const share = (word: string, list: readonly { uid: string; problem?: unknown }[]) =>
    list.length === 0
      ? []
      : [
          `${list.filter(({ uid, problem }) => problem === undefined && !named.has(uid)).length}/${list.length} ${word}`,
        ];
  const shares = [
    ...share('hosts', hosts.list),
    ...share('machines', machines.list),
    ...share('pools', pools.list),
    ...share('clusters', clusters.list),
  ];
  counted = { from, text: shares.length === 0 ? '' : `well: ${shares.join(' ')}` };
  return counted.text;
}
