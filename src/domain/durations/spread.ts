/** What is usual, out of how long the same thing took before. */

export interface Duration {
  /** ms */
  median: number;
  /** ms */
  p95: number;
  /** How many it was learnt from. */
  count: number;
}

/** Median and 95th percentile by nearest rank; what is no length of time is left out. `undefined` where none is left. */
export function spreadOf(lengths: readonly number[]): Duration | undefined {
  const sorted = lengths.filter((ms) => Number.isFinite(ms) && ms >= 0).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  return { median: at(0.5), p95: at(0.95), count: sorted.length };
}
