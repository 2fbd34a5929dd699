import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

describe('random frames on a terminal emulator', () => {
  for (const seed of [1, 2]) {
    it(`show as printed: narrow characters, seed ${seed}`, async () => {
      const { compared, dropped } = await fuzz({ seed, frames: 300 });
      expect(compared).toBeGreaterThan(150);
      expect(dropped).toBeGreaterThan(20);
    });
  }
  for (const seed of [101, 102]) {
    it(`show as printed: wide characters and emoji, seed ${seed}`, async () => {
      const { compared } = await fuzz({ seed, frames: 300, alphabet: 'wide' });
      expect(compared).toBeGreaterThan(150);
    });
  }
  it('show as printed where the terminal disagrees about widths, seed 201', async () => {
    const { compared } = await fuzz({ seed: 201, frames: 300, alphabet: 'disputed' });
    expect(compared).toBeGreaterThan(150);
  });
  it('show as printed on a terminal that cannot scroll or synchronize, seed 7', async () => {
    await fuzz({ seed: 7, frames: 300, options: { scroll: false, synchronizedOutput: false } });
  });
});
