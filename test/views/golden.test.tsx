/** Every screen at the three sizes operators use, as text. Read the difference before updating a file. */
import { describe, expect, it } from 'vitest';
import { width } from '../../views/parts/fit.ts';
import { fleetOf, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;
const SCREENS = {
  overview: '1',
  pools: '2',
  hosts: '3',
  machines: '4',
  groups: '5',
  plans: '6',
  clusters: '7',
  onboarding: '8',
  events: '9',
  attention: '!',
  tree: 't',
};

describe.each(SIZES)('at %ix%i', (columns, rows) => {
  const fleet = fleetOf(smallDatacenter());

  it.each(Object.entries(SCREENS))('%s', async (name, key) => {
    const screen = openScreen(fleet, { columns, rows });
    screen.press(key);
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`__screens__/${name}-${columns}x${rows}.txt`);
  });

  it('details of a host, a pool, a machine and a group', async () => {
    const screen = openScreen(fleet, { columns, rows });
    const shots: string[] = [];
    for (const key of ['3', '2', '4', '5']) {
      screen.press(key, 'enter');
      shots.push(screen.text());
    }
    await expect(`${shots.join('\n----\n')}\n`).toMatchFileSnapshot(`__screens__/details-${columns}x${rows}.txt`);
  });

  it('never draws more than the screen holds', () => {
    const screen = openScreen(fleet, { columns, rows });
    for (const key of [...Object.values(SCREENS), 'enter', '?', 'escape', '/', 'a']) {
      screen.press(key);
      const lines = screen.lines();
      expect(lines.length).toBeLessThanOrEqual(rows);
      expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(columns);
    }
  });
});

describe('a screen that is too small', () => {
  it.each([
    [59, 24],
    [80, 14],
    [20, 3],
  ])('says so at %ix%i', (columns, rows) => {
    const screen = openScreen(fleetOf(smallDatacenter()), { columns, rows });
    expect(screen.text()).toContain('too small');
    expect(screen.lines().length).toBeLessThanOrEqual(rows);
  });

  it('draws at the least size it asks for', () => {
    const screen = openScreen(fleetOf(smallDatacenter()), { columns: 60, rows: 15 });
    expect(screen.text()).toContain('ATTENTION 1');
    expect(screen.lines().length).toBeLessThanOrEqual(15);
  });
});

it('uses no character outside of ASCII without a UTF-8 locale', () => {
  const screen = openScreen(fleetOf(smallDatacenter()), { utf8: false });
  for (const key of ['1', '2', '3', '4', '5', '6', '7', '8', '9', '!', '3', 'enter']) {
    screen.press(key);
    expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/);
  }
});
