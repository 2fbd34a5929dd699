/** How long operations took, learnt from the journal. */
import type { OperationRecord } from './replay.ts';

export interface Duration {
  /** ms */
  median: number;
  /** ms */
  p95: number;
  /** How many it was learnt from. */
  samples: number;
}

/** How long operations of one sort took until they were seen to be done; undefined where none was. */
export function durationOf(records: readonly OperationRecord[], operation: string): Duration | undefined {
  const took = records
    .filter(({ began, outcome }) => began.request.operation === operation && outcome?.outcome === 'done')
    .map(({ outcome }) => outcome!.took)
    .filter((ms) => Number.isFinite(ms) && ms >= 0)
    .sort((a, b) => a - b);
  if (took.length === 0) return undefined;
  // Nearest rank.
  const at = (share: number) => took[Math.max(0, Math.ceil(share * took.length) - 1)]!;
  return { median: at(0.5), p95: at(0.95), samples: took.length };
}
