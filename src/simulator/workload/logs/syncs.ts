/** Looks of a controller at its objects, as what it wrote meanwhile tells of them. Source: client-go, util/workqueue. */

import { chance } from './run.ts';

/** One look: when it was over, Unix time in ms, and how long it took, ms. */
export interface Sync {
  key: string;
  at: number;
  took: number;
}

/** Between two looks at one object there is at least so much, ms: a line's own decimals are less. */
const gap = 2;

/**
 * The looks in which a controller wrote something at these moments, the oldest first. A key is handed out once at a time: what is written
 * while one still lasts belongs to it, and the next begins when it is over.
 */
export function syncsOf(writes: readonly { key: string; at: number }[]): Sync[] {
  const open = new Map<string, { begun: number; first: number; over: number }>();
  const syncs: Sync[] = [];
  const end = (key: string) => {
    const one = open.get(key);
    if (!one) return;
    // To the microsecond, as Go writes it.
    const drawn = chance(key, one.first).integer(0, 999) / 1000;
    syncs.push({ key, at: one.over, took: Math.round((one.over - one.begun - drawn) * 1000) / 1000 });
  };
  for (const { key, at } of [...writes].sort((a, b) => a.at - b.at)) {
    const drawn = chance(key, at);
    const [before, after] = [drawn.integer(5, 12), drawn.integer(6, 31)];
    const known = open.get(key);
    if (known && at <= known.over) {
      known.over = Math.max(known.over, at + after);
      continue;
    }
    end(key);
    open.set(key, { begun: Math.max(at - before, (known?.over ?? 0) + gap), first: at, over: at + after });
  }
  for (const key of open.keys()) end(key);
  return syncs.sort((a, b) => a.at - b.at);
}

/** A length of time as Go writes it; `ms` has at most three decimals. */
export const goDuration = (ms: number): string => (ms < 1000 ? `${ms}ms` : `${Math.round(ms * 1000) / 1_000_000}s`);
