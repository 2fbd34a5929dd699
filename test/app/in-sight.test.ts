/** Plans are read where their state is on screen, and nowhere else. */
import { expect, it } from 'vitest';
import { createInSight } from '../../src/app/in-sight.ts';
import { fleetOf, host, plan, smallDatacenter } from '../views/fixtures.ts';
import { openScreen } from '../views/screen.tsx';

const many = Array.from({ length: 60 }, (_, at) => `h${String(at).padStart(2, '0')}`);
const fleet = fleetOf({
  ...smallDatacenter(),
  host: many.map((name) => host(name, 'Available')),
  plan: many.map((name) => plan(name, 'clean')),
});

it('takes in the rows of the window, as they are scrolled', () => {
  const screen = openScreen(fleet, { rows: 24 });
  const inSight = createInSight(screen.lists);
  const names = () => inSight(screen.store.getState()).map(({ host: name }) => name);
  expect(names()).toEqual([]);
  screen.press('3');
  expect(names()).toEqual(many.slice(0, 19));
  const before = inSight(screen.store.getState());
  screen.press('j');
  expect(inSight(screen.store.getState())).toBe(before);
  screen.press('G');
  expect(names()).toEqual(many.slice(-19));
  screen.press('?');
  expect(names()).toEqual([]);
  screen.press('escape', 'enter');
  expect(names()).toEqual(['h59']);
});

it('knows only the object that is open where nothing is on screen', () => {
  const screen = openScreen(fleet);
  const inSight = createInSight();
  screen.press('3');
  expect(inSight(screen.store.getState())).toEqual([]);
  screen.press('enter');
  expect(inSight(screen.store.getState()).map(({ host: name }) => name)).toEqual(['h00']);
});
