/** When a kubelet tries again, by a clock that goes on while it looks. */
import { expect, it } from 'vitest';
import { configuring, mountTries } from '../../../src/simulator/controllers/kubernetes/tries.ts';
import type { Picture } from '../../../src/simulator/controllers/kubernetes/turn.ts';

it('a container that cannot be configured is tried ten to fifteen seconds after the first time, and so on', () => {
  const now = 1_000_000;
  const counts = new Map<string, number>();
  const rises = (key: string, turn: number) => {
    if (turn <= (counts.get(key) ?? Number.NEGATIVE_INFINITY)) return false;
    counts.set(key, turn);
    return true;
  };
  // It is remembered a few ms after the picture was drawn.
  const picture = { since: () => now + 3, rises };
  const look = (at: number) => configuring({ ...picture, now: at } as unknown as Picture, 'web');
  expect(look(now)).toMatchObject({ isDue: true, turn: 0 });
  expect(look(now + 10).isDue).toBe(false);
  let last = now;
  for (let turn = 1; turn < 5; turn++) {
    const { again } = look(last + 9000);
    expect(again - last).toBeGreaterThan(9900);
    expect(again - last).toBeLessThan(15_100);
    expect(look(again)).toMatchObject({ isDue: true, turn });
    last = again;
  }
});

it('a volume is tried after half a second, and then after twice as long each time, up to two minutes and two seconds', () => {
  const tries = mountTries(0, 400_000).map((at) => at / 1000);
  expect(tries).toEqual([0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 127.5, 249.5, 371.5, 493.5]);
});
