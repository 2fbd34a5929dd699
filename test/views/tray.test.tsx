/** The list of operations where there is none. */
import { expect, it } from 'vitest';
import { fleetOf, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

it('an empty list speaks of this start alone, and names where those of before are', () => {
  const screen = openScreen(fleetOf(smallDatacenter()), { columns: 80 });
  screen.press('o');
  expect(screen.text()).toContain('none under way or written since this start; metaldeck journal list has all');
});
