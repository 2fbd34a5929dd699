import { describe, expect, it } from 'vitest';
import { arrange, cursorOf, type ListSpec, windowStart } from '../../src/store/list.ts';

interface Row {
  id: string;
  rank?: number;
  word: string;
}

const spec: ListSpec<Row> = {
  columns: ['word', 'rank'],
  id: (row) => row.id,
  sortValue: (row, column) => (column === 'rank' ? row.rank : row.word),
  fields: (row) => ({ text: row.word, columns: { word: row.word }, labels: {} }),
};
const rows: Row[] = [
  { id: 'a', rank: 2, word: 'free' },
  { id: 'b', word: 'bad' },
  { id: 'c', rank: 1, word: 'free' },
  { id: 'd', rank: 2, word: 'busy' },
];
const ids = (view: { rows: readonly Row[] }) => view.rows.map((row) => row.id).join('');

describe('a list', () => {
  it('is the very same array while nothing is asked of it', () => {
    expect(arrange(rows, spec, { filter: '', descending: false }).rows).toBe(rows);
  });

  it.each([
    ['rank', false, 'cadb'],
    ['rank', true, 'adcb'],
    ['word', false, 'bdac'],
    ['word', true, 'acdb'],
  ])('sorts by %s (reversed: %s), equal rows in their order, absent values last', (sort, descending, order) => {
    expect(ids(arrange(rows, spec, { filter: '', sort, descending }))).toBe(order);
  });

  it('filters first, counts all, and says what is wrong with a filter', () => {
    const view = arrange(rows, spec, { filter: 'free', sort: 'rank', descending: false });
    expect(ids(view)).toBe('ca');
    expect(view.total).toBe(4);
    expect(view.filterError).toBeUndefined();
    const wrong = arrange(rows, spec, { filter: '-l =', descending: false });
    expect(wrong.filterError).toMatch(/./);
    expect(wrong.rows).toEqual([]);
  });
});

describe('the cursor', () => {
  const view = arrange(rows, spec, { filter: '', sort: 'rank', descending: false });
  it.each([
    [{ index: 0 }, { index: 0, gone: false }],
    [
      { cursor: 'd', index: 0 },
      { index: 2, gone: false },
    ],
    [
      { cursor: 'x', index: 1 },
      { index: 1, gone: true },
    ],
    [
      { cursor: 'x', index: 99 },
      { index: 3, gone: true },
    ],
  ])('%j is at %j', (place, at) => {
    expect(cursorOf(view, place)).toEqual(at);
  });

  it('is nowhere in an empty list', () => {
    const empty = arrange<Row>([], spec, { filter: '', descending: false });
    expect(cursorOf(empty, { index: 0 }).index).toBe(-1);
  });
});

describe('the window', () => {
  it.each([
    [0, 5, 10, 100, 0],
    [0, 10, 10, 100, 1],
    [50, 49, 10, 100, 49],
    [50, 99, 10, 100, 90],
    [95, 96, 10, 100, 90],
    [5, 0, 10, 3, 0],
    [5, -1, 10, 0, 0],
  ])('from %i with the cursor at %i in %i of %i begins at %i', (offset, cursor, height, count, start) => {
    expect(windowStart(offset, cursor, height, count)).toBe(start);
  });
});
