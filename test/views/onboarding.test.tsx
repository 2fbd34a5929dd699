/** What it takes for a host to arrive: registrations, media and images, and since when they are as they are. */
import { expect, it } from 'vitest';
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
