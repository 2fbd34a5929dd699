/**
 * What a screen is: data about its rows, from which the table, the filter, the sort keys, the `:` names, the number
 * keys, the help and the snapshot are all made. A new screen is one file in `views/screens` and one line in its index.
 */
import type { ObjectRef } from '../src/domain/fleet/rows.ts';
import type { Kind } from '../src/domain/kinds.ts';
import type { Place, State } from '../src/store/state.ts';

/** What a piece of text means; the style table decides how it looks. Never the only sign of anything. */
export type Tone = 'plain' | 'dim' | 'title' | 'ok' | 'busy' | 'warn' | 'bad' | 'stale';

/** What formatting may depend on besides the row. */
export interface Look {
  now: number;
  /** Box lines, sparklines and arrows may be used. */
  utf8: boolean;
}

export interface Cell {
  text: string;
  tone?: Tone;
}

export interface Column<T> {
  /** Name in filters (`pool:prod`) and in `:sort`. */
  key: string;
  title: string;
  /** Least width in cells. */
  min: number;
  /** Operators copy and type it: it gets the width of its contents before less important columns get any. */
  whole?: boolean;
  /** Share of the room that is left over. */
  grow?: number;
  /** Grows no wider than this. */
  max?: number;
  align?: 'right';
  /** What is cut when it does not fit. `middle` is for names: what tells them apart stays, and the note has them whole. */
  cut?: 'start' | 'middle' | 'end';
  /** What it has no room for, or all of it, goes below the row while there is room; at most one column of a screen. */
  spill?: boolean;
  /** With `spill`: less important columns come in only where it has so many cells beside them. */
  readable?: number;
  /** Columns with higher numbers go first when the terminal is narrow; 0 always stays. */
  rank: number;
  cell(row: T, look: Look, state: State): Cell | string;
  /** Default: the cell's text. */
  sort?(row: T, state: State): string | number | undefined;
}

export interface Screen<T = unknown> {
  id: string;
  title: string;
  /** A shorter word for the bar; default: the title in lower case. */
  bar?: string;
  /** One letter or digit that opens it. */
  key?: string;
  /** Names after `:`; the first is the one shown. */
  names: readonly string[];
  /** The kinds its figures are made of. */
  kinds: readonly Kind[];
  /** Its rows; the same array while nothing changed. */
  rows(state: State, place: Place): readonly T[];
  rowId(row: T): string;
  /** Whether it is a further line of the row above it, which the cursor passes over. */
  continues?(row: T): boolean;
  /** The object enter opens. */
  target(row: T): ObjectRef | undefined;
  /** What the row itself is, where that is not its target: opened once the target is gone. */
  own?(row: T): ObjectRef;
  columns: readonly Column<T>[];
  /** Columns that depend on the rows in front, in place of `columns`. */
  layout?(state: State, place: Place): readonly Column<T>[];
  /** What `c` puts on the clipboard of a row: whole, whatever the screen has room for. */
  copies?(row: T): string | undefined;
  labels?(row: T): Readonly<Record<string, string>>;
  /** Beside the title: what a sign in its cells means, while there is one. */
  note?(state: State): string | undefined;
  /** Said instead of an empty table, when it is known to be empty. */
  empty: string;
  /** Its rows are let go of as soon as another screen is in front: they were read for this one only. */
  transient?: boolean;
  /** Its own body in place of the plain table. */
  body?: 'overview';
}

/** Erases a screen's row type so that screens of all sorts stand in one table. */
export function defineScreen<T>(screen: Screen<T>): Screen {
  return screen as unknown as Screen;
}
