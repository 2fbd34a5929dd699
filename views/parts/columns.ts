/** Which columns fit, and how wide each is. */
import type { Column } from '../../hooks/screen.ts';

export interface Placed<T> {
  column: Column<T>;
  width: number;
}

const GAP = 1;

/**
 * Fits columns into `room` cells: the least important go first, what is left over goes to those that grow, up to what
 * their contents need (`needed`, by key).
 */
export function placeColumns<T>(
  columns: readonly Column<T>[],
  room: number,
  needed: Readonly<Record<string, number>> = {},
): Placed<T>[] {
  const shown = [...columns];
  const total = () => shown.reduce((sum, column) => sum + column.min + GAP, -GAP);
  while (shown.length > 1 && total() > room) {
    let least = -1;
    shown.forEach((column, index) => {
      if (column.rank > 0 && (least < 0 || column.rank >= shown[least]!.rank)) least = index;
    });
    if (least < 0) break;
    shown.splice(least, 1);
  }
  const placed = shown.map((column) => ({ column, width: column.min }));
  let spare = room - total();
  const want = (each: Placed<T>) =>
    Math.min(each.column.max ?? Infinity, Math.max(each.column.min, needed[each.column.key] ?? Infinity));
  while (spare > 0) {
    const growing = placed.filter((each) => (each.column.grow ?? 0) > 0 && each.width < want(each));
    if (growing.length === 0) break;
    const shares = growing.reduce((sum, each) => sum + (each.column.grow ?? 0), 0);
    const before = spare;
    for (const each of growing) {
      const share = Math.max(1, Math.floor((before * (each.column.grow ?? 0)) / shares));
      const more = Math.min(share, spare, want(each) - each.width);
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
