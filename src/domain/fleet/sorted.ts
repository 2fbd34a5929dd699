/** Sorted immutable lists, changed by insertion: the list is never sorted again as a whole. */

export type Compare<T> = (a: T, b: T) => number;

/** Code-unit order; no locale, so that every terminal shows the same. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By name, then by uid, so that the order is total. */
export function byName(a: { name: string; uid: string }, b: { name: string; uid: string }): number {
  return compareText(a.name, b.name) || compareText(a.uid, b.uid);
}

/** The place of the first element not less than `item`. */
export function lowerBound<T>(list: readonly T[], item: T, compare: Compare<T>): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(list[middle]!, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One element's change: added, removed, or replaced. */
export interface Edit<T> {
  before?: T;
  after?: T;
}

/** Above this many moved elements one pass over the list is cheaper than so many insertions. */
const MERGE_FROM = 24;

function merge<T>(kept: readonly T[], added: readonly T[], compare: Compare<T>): T[] {
  const merged: T[] = [];
  let next = 0;
  for (const item of kept) {
    while (next < added.length && compare(added[next]!, item) < 0) merged.push(added[next++]!);
    merged.push(item);
  }
  while (next < added.length) merged.push(added[next++]!);
  return merged;
}

/**
 * The list after some edits. `compare` must be a total order over the elements; every `before` must be in the list.
 * An element whose place stays is replaced where it stands.
 */
export function edited<T>(list: readonly T[], edits: readonly Edit<T>[], compare: Compare<T>): readonly T[] {
  if (edits.length === 0) return list;
  const result = list.slice();
  const removed: T[] = [];
  const added: T[] = [];
  for (const { before, after } of edits) {
    if (before !== undefined && after !== undefined && compare(before, after) === 0) {
      result[lowerBound(list, before, compare)] = after;
      continue;
    }
    if (before !== undefined) removed.push(before);
    if (after !== undefined) added.push(after);
  }
  if (removed.length + added.length >= MERGE_FROM) {
    const places = new Set(removed.map((item) => lowerBound(result, item, compare)));
    const kept = places.size === 0 ? result : result.filter((_, index) => !places.has(index));
    return merge(kept, added.sort(compare), compare);
  }
  for (const item of removed) result.splice(lowerBound(result, item, compare), 1);
  for (const item of added) result.splice(lowerBound(result, item, compare), 0, item);
  return result;
}
