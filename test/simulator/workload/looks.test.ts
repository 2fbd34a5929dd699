/** When a view looks at its cluster again without being asked. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Looks } from '../../../src/simulator/workload/looks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('looks when something changes by itself, once, and for nobody who does not watch', async () => {
  let count = 0;
  const looks = new Looks(async () => (count += 1));
  const now = Date.now();
  looks.at(now + 20_000, now, true);
  // What is due earlier takes its place.
  looks.at(now + 5000, now, true);
  await vi.advanceTimersByTimeAsync(4900);
  expect(count).toBe(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(count).toBe(1);
  looks.at(now + 90_000, Date.now(), false);
  looks.at(Number.POSITIVE_INFINITY, Date.now(), true);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(count).toBe(1);
  looks.at(Date.now() + 5000, Date.now(), true);
  looks.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(count).toBe(1);
});
