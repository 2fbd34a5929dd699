import { describe, expect, it } from 'vitest';
import { clockText, formatAge, formatDuration, timeText } from '../../src/domain/age.ts';

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

describe('formatAge', () => {
  it.each([
    [0, '0s'],
    [-5 * M, '0s'],
    [999, '0s'],
    [47 * S, '47s'],
    [59_999, '59s'],
    [M, '1m'],
    [4 * M + 59 * S, '4m'],
    [H, '1h'],
    [3 * H + 12 * M, '3h12m'],
    [23 * H + 59 * M, '23h59m'],
    [D, '1d'],
    [12 * D + 5 * H, '12d'],
    [4000 * D, '4000d'],
    [Number.NaN, '?'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('%d ms is %s', (ms, shown) => {
    expect(formatAge(ms)).toBe(shown);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [-1, '0s'],
    [400, '0.4s'],
    [3 * S, '3s'],
    [9_999, '9.9s'],
    [99, '0s'],
    [47 * S, '47s'],
    [4 * M + 30 * S, '4m30s'],
    [4 * M, '4m'],
    [3 * H + 12 * M, '3h12m'],
    [2 * D + 3 * H, '2d3h'],
    [Number.NaN, '?'],
  ])('%d ms is %s', (ms, shown) => {
    expect(formatDuration(ms)).toBe(shown);
  });
});

describe('times', () => {
  it('are UTC and say so', () => {
    const ms = Date.UTC(2026, 10, 21, 14, 2, 7, 500);
    expect(clockText(ms)).toBe('14:02:07Z');
    expect(timeText(ms)).toBe('2026-11-21 14:02:07Z');
  });

  it('that no calendar holds are a question mark', () => {
    for (const ms of [Number.NaN, 1e300, Number.NEGATIVE_INFINITY]) {
      expect(clockText(ms)).toBe('?');
      expect(timeText(ms)).toBe('?');
    }
  });
});
