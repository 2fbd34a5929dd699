/** What it takes for a host to arrive: registrations, media and images, and since when they are as they are. */
import { describe, expect, it } from 'vitest';
import { fleetOf, NOW, raw } from './fixtures.ts';
import { openScreen } from './screen.tsx';

it('says since when an image is ready, and of one whose time is over nothing: that it was built is no answer', () => {
  const lastTransitionTime = new Date(NOW - 18 * 60_000).toISOString();
  const image = (name: string, reason: string) =>
    raw('SeedImage', name, {
      spec: { baseImage: 'registry.dc1.example/base:1', cleanupAfterMinutes: 60 },
      status: { conditions: [{ type: 'SeedImageReady', status: 'True', reason, lastTransitionTime }] },
    });
  const images = [image('fresh', 'SeedImageBuildSuccess'), image('old', 'SeedImageBuildDeadline')];
  const screen = openScreen(fleetOf({ seedImage: images }), { columns: 120 });
  screen.press('8');
  expect(screen.text()).toMatch(/fresh +ready +18m +registry/);
  expect(screen.text()).toMatch(/old +expired +registry/);
});

describe('a URL that is longer than the screen', () => {
  const url = `https://platform.dc1.example/elemental/seedimage/${'x7k2'.repeat(30)}/elemental-worker.iso`;
  const status = {
    downloadURL: url,
    conditions: [{ type: 'SeedImageReady', status: 'True', reason: 'SeedImageBuildSuccess' }],
  };
  const open = () => {
    const image = raw('SeedImage', 'worker-iso', { spec: { baseImage: 'registry.dc1.example/base:1' }, status });
    const screen = openScreen(fleetOf({ seedImage: [image] }));
    screen.press('8');
    return screen;
  };

  it('is copied whole from the list and from any of the lines that it takes in the detail', () => {
    const screen = open();
    screen.press('c');
    expect(screen.text()).toContain('copied, if the terminal takes it');
    screen.press('enter', 'c', 'down', 'c');
    expect(screen.events).toEqual([1, 2, 3].map(() => `copy ${url}`));
    const shown = screen.lines().map((line) => line.trim().replace(/^>?(download)? +/, ''));
    expect(shown.join('')).toContain(url);
  });

  it('is not looked for on other screens', () => {
    const screen = open();
    screen.press('2', 'c');
    expect(screen.events).toEqual([]);
    expect(screen.text()).toContain('a line of a detail or a board, or a URL');
  });
});
