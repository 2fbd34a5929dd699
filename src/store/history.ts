/** What the counters were: sparklines of the last ten minutes, and marks of what has just changed. */
import type { Counters, PoolRow } from '../domain/fleet/rows.ts';

/** The figures that have a sparkline. */
export type Figure = keyof Counters;

const SAMPLE_MS = 30_000;
const SAMPLES = 20;
const MARK_MS = 4_000;

/** Twenty samples of thirty seconds: ten minutes. The last one is the present. */
export interface History {
  /** When the newest sample began, epoch ms; absent before the first. */
  began?: number;
  samples: Readonly<Partial<Record<Figure, readonly number[]>>>;
}

/** Key to what it changed by lately. A key is a figure's name, or `pool uid/counter`. */
export type Marks = Readonly<Record<string, { delta: number; until: number }>>;

export const noHistory: History = { samples: {} };

/** Takes the present figures into the history; the same object where nothing changes. */
export function remember(history: History, counters: Counters, now: number): History {
  const steps = history.began === undefined ? 1 : Math.max(0, Math.floor((now - history.began) / SAMPLE_MS));
  const figures = Object.keys(counters) as Figure[];
  if (steps === 0 && figures.every((figure) => history.samples[figure]?.at(-1) === counters[figure])) return history;
  const samples: Partial<Record<Figure, readonly number[]>> = {};
  for (const figure of figures) {
    const past = history.samples[figure] ?? [];
    const value = counters[figure];
    // A gap (a suspended laptop) repeats the last known figure rather than inventing a slope.
    const filler: number[] = new Array(Math.min(Math.max(0, steps - 1), SAMPLES)).fill(past.at(-1) ?? value);
    const next = steps === 0 ? [...past.slice(0, -1), value] : [...past, ...filler, value];
    samples[figure] = next.slice(-SAMPLES);
  }
  const began = history.began === undefined ? now : history.began + steps * SAMPLE_MS;
  return { began, samples };
}

/** Adds `delta`s to the marks, with a fresh few seconds to be seen; expired ones go. */
export function mark(marks: Marks, deltas: Readonly<Record<string, number>>, now: number): Marks {
  const next: Record<string, { delta: number; until: number }> = {};
  let changed = false;
  for (const [key, value] of Object.entries(marks)) {
    if (value.until > now) next[key] = value;
    else changed = true;
  }
  for (const [key, delta] of Object.entries(deltas)) {
    if (delta === 0) continue;
    changed = true;
    const total = (next[key]?.delta ?? 0) + delta;
    if (total === 0) delete next[key];
    else next[key] = { delta: total, until: now + MARK_MS };
  }
  return changed ? next : marks;
}

/** What changed between two sets of counters, by figure. */
export function counterDeltas(before: Counters, after: Counters): Record<string, number> {
  const deltas: Record<string, number> = {};
  if (before === after) return deltas;
  for (const figure of Object.keys(after) as Figure[]) {
    const delta = after[figure] - before[figure];
    if (delta !== 0) deltas[figure] = delta;
  }
  return deltas;
}

/** What changed in the pools' counted figures, keyed `uid/counter`. Unchanged rows cost one comparison. */
export function poolDeltas(before: ReadonlyMap<string, PoolRow>, after: readonly PoolRow[]): Record<string, number> {
  const deltas: Record<string, number> = {};
  for (const pool of after) {
    const old = before.get(pool.uid);
    if (!old || old === pool) continue;
    for (const key of Object.keys(pool.counted) as (keyof PoolRow['counted'])[]) {
      const delta = pool.counted[key] - old.counted[key];
      if (delta !== 0) deltas[`${pool.uid}/${key}`] = delta;
    }
  }
  return deltas;
}
