/** Columns of names: whole, or left out for what matters more, and cut where they tell least. */
import type { Column } from '../../hooks/screen.ts';

/** A column of names that a row may lack. `rank`: the higher, the sooner it is left out. */
export const nameColumn = <T>(
  key: string,
  rank: number,
  nameOf: (row: T) => string | undefined,
  { min = 12, grow = 2 }: { min?: number; grow?: number } = {},
): Column<T> => ({
  ...{ key, title: key.toUpperCase(), min, grow, whole: true, cut: 'middle', rank },
  cell: (row) => nameOf(row) ?? '',
});
