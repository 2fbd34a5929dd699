import { type Row, sameCell, sameTail } from './cells.ts';

/** A band of lines whose contents are elsewhere in the same band: line r should get what is on line r + by. */
export interface Shift {
  readonly top: number;
  /** The last line of the band. */
  readonly bottom: number;
  readonly by: number;
}

/** What the sequences of a scroll cost, in bytes, and of one cursor move. */
const SCROLL_COST = 22;
const MOVE_COST = 6;

/** About how many bytes it takes to turn one line into another. */
export function estimate(from: Row | undefined, to: Row): number {
  if (from === to || from?.source === to.source) return 0;
  if (from === undefined) return MOVE_COST + to.length;
  const unsafe = Math.min(from.unsafe, to.unsafe);
  const end = Math.min(unsafe, to.length);
  let cost = from.length > to.length ? MOVE_COST : 0;
  let quiet = MOVE_COST;
  for (let at = 0; at < end; at++) {
    if (sameCell(from, to, at)) {
      quiet++;
    } else {
      cost += 1 + Math.min(quiet, MOVE_COST);
      quiet = 0;
    }
  }
  return unsafe < Infinity && !sameTail(from, to, unsafe) ? cost + MOVE_COST + to.length - unsafe : cost;
}

/** The distances at which most lines are found again, best first. */
function distances(shown: readonly (Row | undefined)[], wanted: readonly Row[]): number[] {
  const places = new Map<string, number>();
  for (const [at, row] of shown.entries()) {
    if (row && row.length > 0) places.set(row.source, places.has(row.source) ? -1 : at);
  }
  const votes = new Map<number, number>();
  for (const [at, row] of wanted.entries()) {
    const place = places.get(row.source);
    if (place === undefined || place < 0 || place === at) continue;
    votes.set(place - at, (votes.get(place - at) ?? 0) + 1);
  }
  const ranked = [...votes].sort((a, b) => b[1] - a[1]);
  return ranked.slice(0, 3).map(([by]) => by);
}

/** The run of values with the greatest sum (Kadane's algorithm). */
function bestRun(values: readonly number[]): { from: number; to: number; sum: number } {
  let best = { from: 0, to: -1, sum: 0 };
  let from = 0;
  let sum = 0;
  for (const [at, value] of values.entries()) {
    if (sum <= 0) {
      from = at;
      sum = 0;
    }
    sum += value;
    if (sum > best.sum) best = { from, to: at, sum };
  }
  return best;
}

/**
 * The scroll that saves most bytes on the way from what is shown to what is wanted; undefined if none saves any.
 * @param blank what comes in at the open end of the band.
 */
export function findShift(shown: readonly (Row | undefined)[], wanted: readonly Row[], blank: Row): Shift | undefined {
  const candidates = distances(shown, wanted);
  if (candidates.length === 0) return undefined;
  const inPlace = wanted.map((row, at) => estimate(shown[at], row));
  let best: Shift | undefined;
  let saving = 0;
  for (const by of candidates) {
    const gains = wanted.map((row, at) => {
      const from = at + by;
      if (from < 0 || from >= wanted.length) return -Infinity;
      const gain = inPlace[at]! - estimate(shown[from], row);
      // A little gained by chance must not draw fixed lines, such as the foot of the screen, into the band.
      return gain > 0 && gain < inPlace[at]! / 2 ? 0 : gain;
    });
    const run = bestRun(gains);
    if (run.to < run.from) continue;
    const top = Math.min(run.from, run.from + by);
    const bottom = Math.max(run.to, run.to + by);
    let net = run.sum - SCROLL_COST;
    for (let at = top; at <= bottom; at++) {
      if (at < run.from || at > run.to) net += inPlace[at]! - estimate(blank, wanted[at]!);
    }
    if (net > saving) {
      saving = net;
      best = { top, bottom, by };
    }
  }
  return best;
}

/** The lines after a scroll. */
export function shifted(shown: readonly (Row | undefined)[], shift: Shift, blank: Row): (Row | undefined)[] {
  return shown.map((row, at) => {
    if (at < shift.top || at > shift.bottom) return row;
    const from = at + shift.by;
    return from < shift.top || from > shift.bottom ? blank : shown[from];
  });
}
