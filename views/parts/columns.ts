/** Which columns fit, and how wide each is. */
import type { Column } from '../../hooks/screen.ts';

export interface Placed<T> {
  column: Column<T>;
  width: number;
}

const GAP = 1;
/** Columns of a higher rank are extras: they come in only where nothing more important has to be cut for them. */
const LAST_CORE_RANK = 4;

/**
 * Fits columns into `room` cells: the least important go first; what is left over goes to those that grow, up to what
 * their contents need (`needed`, cells by key).
 */
export function placeColumns<T>(
  columns: readonly Column<T>[],
  room: number,
  needed: Readonly<Record<string, number>> = {},
): Placed<T>[] {
  const want = (column: Column<T>) =>
    column.grow ? Math.min(column.max ?? Infinity, Math.max(column.min, needed[column.key] ?? column.min)) : column.min;
  const kept = new Set<Column<T>>();
  let least = -GAP;
  let comfort = -GAP;
  for (const column of [...columns].sort((a, b) => a.rank - b.rank)) {
    const used = column.rank > LAST_CORE_RANK ? comfort : least;
    if (column.rank > 0 && used + GAP + column.min > room) continue;
    kept.add(column);
    least += column.min + GAP;
    comfort += want(column) + GAP;
  }
  const placed = columns.filter((column) => kept.has(column)).map((column) => ({ column, width: column.min }));
  let spare = room - least;
  while (spare > 0) {
    const growing = placed.filter((each) => each.width < want(each.column));
    if (growing.length === 0) break;
    const shares = growing.reduce((sum, each) => sum + (each.column.grow ?? 0), 0);
    const before = spare;
    for (const each of growing) {
      const share = Math.max(1, Math.floor((before * (each.column.grow ?? 0)) / shares));
      const more = Math.min(share, spare, want(each.column) - each.width);
      each.width += more;
      spare -= more;
    }
  }
  // A screen too narrow even for what must stay: cut the last one rather than wrap.
  const over = placed.reduce((sum, each) => sum + each.width + GAP, -GAP) - room;
  const last = placed[placed.length - 1];
  if (over > 0 && last) last.width = Math.max(1, last.width - over);
  return placed;
}
