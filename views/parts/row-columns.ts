/** Columns that the lists of objects share: how each is at a glance, how old it is, and what is wrong with it or waited for. */
import type { Column } from '../../hooks/screen.ts';
import type { Problem } from '../../src/domain/fleet/rows.ts';
import { troubleOf } from '../../src/store/attention.ts';
import { ageCell, ageSort, signCell, signSort, whatCell } from './cells.ts';

/** How long ago the object of a row was made. `rank`: the higher, the sooner the column is left out. */
export const ageColumn = <T>(rank: number, createdOf: (row: T) => number | undefined): Column<T> => ({
  key: 'age',
  title: 'AGE',
  min: 4,
  align: 'right',
  rank,
  cell: (row, look) => ageCell(createdOf(row), look),
  sort: (row) => ageSort(createdOf(row)),
});

/** Whether something is wrong with a row, by its own word or attention's, or it is at work; what is wrong comes first when sorted. */
export const signColumn = <T extends { problem?: Problem | undefined }>(
  uidOf: (row: T) => string,
  isBusy: (row: T) => boolean,
): Column<T> => ({
  key: 'sign',
  title: '',
  min: 1,
  rank: 0,
  cell: (row, _, state) => signCell(troubleOf(state, uidOf(row), row.problem), isBusy(row)),
  sort: (row, state) => signSort(troubleOf(state, uidOf(row), row.problem), isBusy(row)),
});

interface Troubled {
  uid: string;
  problem?: Problem | undefined;
  waiting?: string | undefined;
}

/** What is wrong with a row, by its own word or attention's, or what it waits for. `title`: `WHAT` where it waits for nothing as a rule. */
export const whatColumn = <T extends Troubled>(
  rank: number,
  { min = 16, title = 'WAITING ON' }: { min?: number; title?: string } = {},
): Column<T> => ({
  key: 'what',
  title,
  min,
  grow: 4,
  spill: true,
  rank,
  cell: (row, _, state) => whatCell(troubleOf(state, row.uid, row.problem), row.waiting),
});
