/** Which columns are there at a width, and how wide: names whole first, the least important gone first. */
import { expect, it } from 'vitest';
import type { Column } from '../../hooks/screen.ts';
import { placeColumns } from '../../views/parts/columns.ts';

const column = (key: string, rank: number, min: number, more: Partial<Column<unknown>> = {}): Column<unknown> => ({
  key,
  title: key,
  rank,
  min,
  cell: () => '',
  ...more,
});
const name = column('name', 0, 14, { grow: 3, whole: true });
const use = column('use', 0, 8);
const what = column('what', 1, 12, { grow: 4 });
const host = column('host', 2, 10, { grow: 1, whole: true });
const pool = column('pool', 4, 12, { grow: 1, whole: true });

it.each<[string, number, Record<string, number>, string]>([
  [
    'all of it where there is room',
    100,
    { name: 20, what: 30, host: 16, pool: 15 },
    'name20 use8 what30 host16 pool15',
  ],
  ['a name whole, and what is less important gone', 60, { name: 40 }, 'name38 use8 what12'],
  ['a name cut, where else the reason would have no room', 50, { name: 40, what: 30 }, 'name28 use8 what12'],
  ['a name that may be cut, cut', 62, { name: 20, host: 30 }, 'name20 use8 what12 host19'],
  ['any other name whole or not at all', 73, { name: 20, host: 10, pool: 24 }, 'name20 use8 what12 host10'],
  ['the last one cut, where not even what must stay has room', 20, { name: 40 }, 'name14 use5'],
])('gives %s', (_, room, needed, expected) => {
  const placed = placeColumns([name, use, what, host, pool], room, needed);
  expect(placed.map(({ column: { key }, width }) => `${key}${width}`).join(' ')).toBe(expected);
});

it('lets names share their room where they cannot be whole', () => {
  const short = column('pool', 1, 12, { grow: 3, cut: 'middle' });
  const widths = placeColumns([name, use, short], 60, { name: 43, pool: 23 }).map(({ width }) => width);
  expect(widths).toEqual([27, 8, 23]);
});

it('keeps a name whole before another that need not be', () => {
  const short = column('pool', 1, 12, { grow: 3, cut: 'middle' });
  const widths = placeColumns([name, use, short], 60, { name: 30, pool: 40 }).map(({ width }) => width);
  expect(widths).toEqual([30, 8, 20]);
});

it('lets what goes on below its row do so alone, where it has no room in it', () => {
  const reason = column('what', 2, 12, { grow: 4, spill: true });
  const [, , below] = placeColumns([name, use, reason], 30, { name: 20, what: 30 });
  expect(below).toMatchObject({ column: reason, width: 0, tight: true });
});

it('has the same columns at a width, whatever the reasons say: what is long goes on below its row', () => {
  const reason = column('what', 1, 12, { grow: 4, spill: true });
  const extra = column('machine', 6, 16, { grow: 2, whole: true });
  const keys = (room: number, what: number) =>
    placeColumns([name, reason, extra], room, { name: 20, what, machine: 26 }).map(
      ({ column: { key }, width }) => `${key}${width}`,
    );
  expect(keys(76, 150)).toEqual(['name20', 'what28', 'machine26']);
  expect(keys(76, 0)).toEqual(['name20', 'what12', 'machine26']);
  expect(keys(75, 150)).toEqual(['name20', 'what54']);
  expect(keys(75, 0)).toEqual(['name20', 'what12']);
});

it('says of which columns something is cut', () => {
  const placed = placeColumns([name, use, what], 50, { name: 40, what: 12 });
  expect(placed.filter(({ tight }) => tight).map(({ column: { key } }) => key)).toEqual(['name']);
});
