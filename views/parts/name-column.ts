/** Columns of names: whole, or left out or shortened for what matters more, and cut where they tell least. */
import type { Column } from '../../hooks/screen.ts';

/**
 * A column of names that a row may lack. `rank`: the higher, the sooner it is left out. `whole`: all of a name has its
 * room before what matters less has any.
 */
export const nameColumn = <T>(
  key: string,
  rank: number,
  nameOf: (row: T) => string | undefined,
  { min = 12, grow = 2, whole = true }: { min?: number; grow?: number; whole?: boolean } = {},
): Column<T> => ({
  ...{ key, title: key.toUpperCase(), min, grow, whole, cut: 'middle', rank },
  cell: (row) => nameOf(row) ?? '',
});
