import { describe, expect, it } from 'vitest';
import type { Counters } from '../../src/domain/fleet/rows.ts';
import { counterDeltas, mark, noHistory, remember } from '../../src/store/history.ts';

const counters = (free: number): Counters => ({
  hosts: 10,
  inUse: 10 - free,
  free,
  busy: 0,
  bad: 0,
  unpooled: 0,
  machines: 0,
  machinesRunning: 0,
  machinesBad: 0,
  plansRunning: 0,
  plansBad: 0,
  groups: 0,
  groupsRolling: 0,
  clusters: 0,
});
const T = Date.parse('2026-11-21T03:00:00Z');

describe('ten minutes of a figure', () => {
  it('are twenty samples of thirty seconds, the last of them the present', () => {
    let history = noHistory;
    for (let step = 0; step < 100; step += 1) history = remember(history, counters(step % 7), T + step * 30_000);
    expect(history.samples.free).toHaveLength(20);
    expect(history.samples.free?.at(-1)).toBe(99 % 7);
    expect(history.samples.free?.at(-2)).toBe(98 % 7);
  });

  it('move the last sample within its thirty seconds, and stay the same object when nothing changed', () => {
    const first = remember(noHistory, counters(3), T);
    const second = remember(first, counters(4), T + 10_000);
    expect(second.samples.free).toEqual([4]);
    expect(remember(second, counters(4), T + 20_000)).toBe(second);
  });

  it('repeat what was last known over a gap, and survive a clock that was set back', () => {
    const first = remember(noHistory, counters(3), T);
    const later = remember(first, counters(5), T + 4 * 30_000);
    expect(later.samples.free).toEqual([3, 3, 3, 3, 5]);
    expect(remember(later, counters(6), T - 3_600_000).samples.free?.at(-1)).toBe(6);
    expect(remember(later, counters(6), T + 30 * 24 * 3_600_000).samples.free).toHaveLength(20);
  });
});

describe('marks of what changed', () => {
  it('add up while they are fresh, cancel out, and expire', () => {
    const one = mark({}, { free: 1 }, T);
    expect(mark(one, { free: 2 }, T + 1_000)['free']?.delta).toBe(3);
    expect(mark(one, { free: -1 }, T + 1_000)['free']).toBeUndefined();
    expect(mark(one, {}, T + 60_000)).toEqual({});
    expect(mark(one, {}, T + 1_000)).toBe(one);
  });

  it('come from the difference of two counts', () => {
    expect(counterDeltas(counters(3), counters(5))).toEqual({ free: 2, inUse: -2 });
    const same = counters(3);
    expect(counterDeltas(same, same)).toEqual({});
  });
});
