/** The list of operations where there is none. */
import { expect, it } from 'vitest';
import type { Operator } from '../../hooks/operate.ts';
import { fleetOf, NOW, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

it('an empty list says which it would hold, and names where those of before are', () => {
  const screen = openScreen(fleetOf(smallDatacenter()), { columns: 80 });
  screen.press('o');
  expect(screen.text()).toContain('none under way, or written within the last day; metaldeck journal list has all');
});

it('what was over before this start is told as such, and cannot be taken back from here', () => {
  const screen = openScreen(fleetOf(smallDatacenter()), { columns: 100 });
  const final = 'it was over before this start: metaldeck journal show op-7 tells of it';
  const progress = { milestones: [{ title: 'before this start', state: 'done' as const, detail: 'after 4m' }] };
  const at = NOW - 3_600_000;
  screen.store.setState({
    tray: [{ id: 'op-7', title: 'Scale w to 3', at, state: 'done', past: true, progress, final }],
  });
  screen.press('o');
  expect(screen.text()).toMatch(/done +Scale w to 3 +1h +.*before this start: after 4m/);
  screen.press('u');
  expect(screen.text()).toContain('it was over before this start');
  expect(screen.lines()[0]).not.toContain('under way');
  const said: string[] = [];
  const desk = openScreen(fleetOf(smallDatacenter()), {
    operator: () => ({ look: (id: string) => said.push(id) }) as unknown as Operator,
  });
  desk.store.setState({ tray: screen.store.getState().tray });
  desk.press('o', 'enter');
  expect(said).toEqual([]);
  expect(desk.text()).toContain('it was over before this start: metaldeck journal show op-7');
});

it('a session among the operations is not taken back as if it were the one below it', () => {
  const screen = openScreen(fleetOf(smallDatacenter()), { columns: 100 });
  const ask = { guide: 'upgrade', targets: [], values: {} };
  screen.store.setState({
    sessions: [{ id: 's', title: 'Upgrade prod', ask, by: 'ana', began: NOW, mine: false, here: false }],
    tray: [{ id: 'op-8', title: 'Scale w to 3', at: NOW, state: 'running', progress: { milestones: [] } }],
  });
  screen.press('o');
  expect(screen.lines().at(-1)).not.toContain('take back');
  screen.press('u');
  expect(screen.text()).toContain('it is a session: enter opens its board');
  screen.store.setState({ notice: undefined });
  screen.press('down');
  expect(screen.lines().at(-1)).toContain('take back');
});

it('a session is driven here, by another process of this account, or elsewhere: who, and what enter does', () => {
  const screen = openScreen(fleetOf(smallDatacenter()), { columns: 160 });
  const ask = { guide: 'upgrade', targets: [], values: {} };
  const base = { ask, by: 'ana', began: NOW - 60_000, mine: false, here: false };
  screen.store.setState({
    sessions: [
      { ...base, id: 'a', title: 'Upgrade a', mine: true, here: true },
      { ...base, id: 'b', title: 'Upgrade b', here: true, holder: 'process 7 on jump' },
      { ...base, id: 'c', title: 'Upgrade c', holder: 'ana on jump2' },
      { ...base, id: 'd', title: 'Upgrade d' },
    ],
  });
  screen.press('o');
  const of = (title: string) => screen.lines().find((line) => line.includes(title));
  expect(screen.lines()[1]).not.toContain('WRITTEN FROM HERE');
  expect(of('Upgrade a')).toContain('driven here: enter opens its board');
  expect(of('Upgrade b')).toContain('driven by process 7 on jump: enter looks on');
  expect(of('Upgrade c')).toContain('driven elsewhere, by ana on jump2: enter looks on');
  expect(of('Upgrade d')).toContain('begun by ana with another journal; nobody drives it: enter goes on');
});
