import { describe, expect, it } from 'vitest';
import { fuzz } from '../terminal/fuzz.ts';

describe('random frames on a terminal emulator, for long', () => {
  for (let seed = 1000; seed < 1040; seed++) {
    it(`show as printed, seed ${seed}`, async () => {
      const big = seed % 4 === 0;
      const { compared } = await fuzz({
        seed,
        frames: big ? 500 : 2000,
        alphabet: (['narrow', 'wide', 'disputed'] as const)[seed % 3],
        columns: big ? 200 : 60,
        rows: big ? 50 : 16,
      });
      expect(compared).toBeGreaterThan(100);
    });
  }
});
