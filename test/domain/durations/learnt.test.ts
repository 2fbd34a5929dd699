import { describe, expect, it } from 'vitest';
import {
  KEPT_EACH,
  lateAfter,
  NOTHING_LEARNT,
  type Sample,
  usual,
  withSamples,
} from '../../../src/domain/durations/learnt.ts';

const sample = (ms: number, more: Partial<Sample> = {}): Sample => ({
  id: `${ms}`,
  at: ms,
  cluster: 'prod',
  what: 'clean',
  ms,
  ...more,
});

describe('what is usual', () => {
  it('is told per cluster and thing, with all clusters for one that has nothing of its own', () => {
    const learnt = withSamples(NOTHING_LEARNT, [
      ...[10, 20, 30, 40, 1_000].map((ms) => sample(ms)),
      sample(7, { cluster: 'edge', what: 'join' }),
    ]);
    expect(usual(learnt, 'prod', 'clean')).toEqual({ median: 30, p95: 1_000, count: 5, of: 'cluster' });
    expect(usual(learnt, 'edge', 'clean')).toEqual({ median: 30, p95: 1_000, count: 5, of: 'fleet' });
    const few = withSamples(learnt, [sample(9, { cluster: 'edge' })]);
    expect(usual(few, 'edge', 'clean')).toMatchObject({ count: 6, of: 'fleet' });
    expect(usual(learnt, undefined, 'join')).toEqual({ median: 7, p95: 7, count: 1, of: 'fleet' });
    expect(usual(learnt, 'prod', 'storage-prepare')).toBeUndefined();
  });

  it('counts what two saw once, and is the same object where nothing is new', () => {
    const learnt = withSamples(NOTHING_LEARNT, [sample(10), sample(10, { ms: 11 })]);
    expect(learnt.samples).toHaveLength(1);
    expect(withSamples(learnt, [sample(10)])).toBe(learnt);
  });

  it('keeps the newest of each, however many come', () => {
    const many = Array.from({ length: KEPT_EACH + 50 }, (_, at) => sample(at + 1));
    const learnt = withSamples(withSamples(NOTHING_LEARNT, many), [sample(5, { what: 'join' })]);
    expect(usual(learnt, 'prod', 'clean')?.count).toBe(KEPT_EACH);
    expect(learnt.samples.find(({ id, what }) => id === '1' && what === 'clean')).toBeUndefined();
    expect(usual(learnt, 'prod', 'join')?.count).toBe(1);
  });

  it('judges lateness by the 95th percentile where enough was seen, and lets one straggler not undo it', () => {
    const of = (...lengths: number[]) =>
      usual(
        withSamples(
          NOTHING_LEARNT,
          lengths.map((ms) => sample(ms)),
        ),
        'prod',
        'clean',
      );
    expect(lateAfter(of(1, 2, 3, 4))).toBeUndefined();
    expect(lateAfter(undefined)).toBeUndefined();
    expect(lateAfter(of(38_000, 39_000, 40_000, 41_000, 42_000))).toBe(2 * 42_000 + 60_000);
    expect(lateAfter(of(38_000, 39_000, 40_000, 41_000, 36_000_000))).toBe(2 * 400_000 + 60_000);
  });
});
