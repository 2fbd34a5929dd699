/** Two objects compared, and one with what it was, as the operator sees and drives them. */
import { describe, expect, it } from 'vitest';
import { comparable } from '../../src/domain/diff/plain.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { here } from '../../src/store/state.ts';
import { commit } from '../../src/store/store.ts';
import { width } from '../../views/parts/fit.ts';
import { changesOf, fleetOf, host, NOW, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

/** A host that changed twice while it was looked at. */
function openPast(columns = 80, rows = 24) {
  const fleet = createFleet();
  const raws = smallDatacenter();
  fleet.apply(changesOf(raws));
  const screen = openScreen(fleet.snapshot(), { columns, rows });
  for (const [step, allocation] of ['Preparing', 'Unavailable'].entries()) {
    fleet.apply(changesOf({ host: [host('rack1-u01', allocation)] }));
    commit(screen.store, { fleet: fleet.snapshot(), now: NOW + 60_000 * (step + 1) });
  }
  screen.press('3');
  while (!screen.underCursor()?.includes('rack1-u01')) screen.press('j');
  screen.press('=');
  return screen;
}

describe('one object, now and then', () => {
  it('shows what changed since the beginning, and goes through the states it was in', () => {
    const screen = openPast();
    expect(screen.text()).toContain('rack1-u01 NOW AND THEN');
    expect(screen.text()).toMatch(/- +allocation: Allocated/);
    expect(screen.text()).toMatch(/\+ +allocation: Unavailable/);
    expect(screen.text()).toMatch(/state 1 of 2/);
    screen.press(']');
    expect(screen.text()).toMatch(/- +allocation: Preparing/);
    screen.press(']');
    expect(screen.text()).toContain('last change that was seen');
    screen.press('[', '[');
    expect(screen.text()).toContain('oldest state that was seen');
    screen.press('escape');
    expect(screen.text()).toContain('HOSTS');
  });

  it('says so where nothing has changed', () => {
    const screen = openScreen(fleetOf(smallDatacenter()));
    screen.press('3', '=');
    expect(screen.text()).toContain('has not changed');
  });

  it('unfolds what is the same, and folds it again', () => {
    const screen = openPast(120, 60);
    expect(screen.text()).toMatch(/\+ \d+ the same: /);
    while (!screen.underCursor()?.includes('the same')) screen.press('j');
    const folded = screen.lines().filter((line) => line.trim() !== '').length;
    screen.press('enter');
    expect(screen.lines().filter((line) => line.trim() !== '').length).toBeGreaterThan(folded);
    screen.press('enter');
    expect(screen.lines().filter((line) => line.trim() !== '').length).toBe(folded);
  });
});

describe('two objects', () => {
  const openPair = (columns = 80, rows = 24) => {
    const screen = openScreen(fleetOf(smallDatacenter()), { columns, rows });
    screen.press('3', ' ', ' ', '=');
    return screen;
  };

  it.each(SIZES)('are compared field by field at %ix%i', (columns, rows) => {
    const screen = openPair(columns, rows);
    const refs = here(screen.store.getState()).marked as unknown as readonly [never, never];
    expect(refs).toHaveLength(2);
    expect(screen.text()).toContain('reading both');
    const [left, right] = ['a', 'b'].map((name) =>
      comparable({ metadata: { name, labels: { long: 'x'.repeat(300) } }, spec: { same: 1, password: 'MARKED' } }),
    );
    screen.store.setState({ compared: { refs, state: 'read', left, right } });
    expect(screen.text()).toMatch(/- +name: a/);
    expect(screen.text()).toMatch(/\+ +name: b/);
    expect(screen.text()).not.toContain('MARKED');
    for (const line of screen.lines()) expect(width(line)).toBeLessThanOrEqual(columns);
    expect(screen.lines()).toHaveLength(rows);
  });

  it('are the marked one and the one under the cursor, where one is marked', () => {
    const screen = openScreen(fleetOf(smallDatacenter()));
    screen.press('3', ' ', '=');
    expect(here(screen.store.getState()).marked).toHaveLength(2);
  });

  it('are refused where three are marked', () => {
    const screen = openScreen(fleetOf(smallDatacenter()));
    screen.press('3', ' ', ' ', ' ', '=');
    expect(screen.text()).toContain('two can be compared');
  });

  it('say why they could not be read', () => {
    const screen = openPair();
    const refs = here(screen.store.getState()).marked as unknown as readonly [never, never];
    screen.store.setState({ compared: { refs, state: 'failed', error: 'reading a and b failed: forbidden' } });
    expect(screen.text()).toContain('reading a and b failed: forbidden');
  });
});
