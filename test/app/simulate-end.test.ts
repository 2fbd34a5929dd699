/** How a simulation ends that was asked to. */
import { expect, it } from 'vitest';
import { endOf } from '../../src/app/simulate-serving.ts';

it('has ended when all that it runs has', async () => {
  let ended = false;
  const stop = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    ended = true;
  };
  expect(await endOf({ stop })).toBe(true);
  expect(ended).toBe(true);
});

it('is left behind where something never ends', async () => {
  expect(await endOf({ stop: () => new Promise(() => {}) }, 1)).toBe(false);
});

it('fails as what it runs fails', async () => {
  await expect(endOf({ stop: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
});
