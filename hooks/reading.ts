/** What of the open operation has been on screen: nobody can confirm what was never shown. */
import { cursorOf, windowStart } from '../src/store/list.ts';
import { here, type Reading, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { Lists } from './lists.ts';
import { FRAME, move, pageOf, textHeight, turnText } from './navigation.ts';
import type { Tone } from './screen.ts';

/** Below this nothing is drawn but that it is too small. */
export const LEAST_COLUMNS = 60;
export const LEAST_ROWS = 15;

/** A line of an operation, as far as reading it goes. */
interface Readable {
  id: string;
  label: string;
  text: string;
  tone?: Tone;
  /** Need not be read before it is confirmed. */
  aside?: boolean;
}

/** Keeps `reading` in the store true after every change. Returns a function that stops it. */
export function trackReading(store: Store, lists: Lists): () => void {
  return store.subscribe((state) => {
    const reading = readingOf(state, lists);
    if (reading !== state.reading) store.setState({ reading });
  });
}

const keyOf = ({ id, label, text }: Readable) => JSON.stringify([id, label, text]);

/** What has been read now. The same object while nothing is new; undefined while no operation is open. */
function readingOf(state: State, lists: Lists): Reading | undefined {
  const { operating, reading: before } = state;
  if (!operating) return undefined;
  const place = here(state);
  if (place.screen !== 'operate') return before;
  const known = before?.request === operating.request ? before : undefined;
  const view = lists.view(state, place);
  const height = textHeight(state);
  const { index } = cursorOf(view, place);
  const top = windowStart(known?.top ?? 0, index, height, view.rows.length);
  const { columns, rows } = state;
  const same = known && known.rows === view.rows && known.top === top && known.columns === columns;
  if (same && known.height === rows && known.covered === state.help) return before;
  const covered = state.help || columns < LEAST_COLUMNS || rows < LEAST_ROWS;
  const lines = view.rows as readonly Readable[];
  const seen = new Set(known?.seen);
  if (!covered) for (const line of lines.slice(top, top + height)) seen.add(keyOf(line));
  const unread = lines.filter((line) => line.aside !== true && line.text !== '' && !seen.has(keyOf(line)));
  return {
    request: operating.request,
    rows: view.rows,
    columns,
    height: rows,
    covered: state.help,
    top,
    seen,
    unread: unread.length,
    warnings: unread.filter(({ tone }) => tone === 'warn' || tone === 'bad').length,
  };
}

/** Why what is on screen cannot be confirmed yet, as a sentence; undefined: all of it was shown. `way`: the keys to it. */
export function unreadText({ reading, columns, rows }: State, way = 'PgDn'): string | undefined {
  if (columns < LEAST_COLUMNS || rows < LEAST_ROWS) return 'the screen is too small to show what would be confirmed';
  if (!reading) return 'it has not been shown yet';
  const { unread, warnings } = reading;
  if (unread === 0) return undefined;
  const lines = unread === 1 ? '1 line not shown' : `${unread} lines not shown`;
  const grave = warnings === 0 ? '' : warnings === 1 ? ', 1 of them a warning' : `, ${warnings} of them warnings`;
  return `${lines}${grave}: ${way}`;
}

/**
 * A page key: in lists the cursor moves by a page; an operation and all that is said of one object is read like a text,
 * so there the lines do, less one that stays for the eye.
 */
export function turnPage(store: Store, lists: Lists, direction: 1 | -1): void {
  const state = store.getState();
  const place = here(state);
  if (place.screen !== 'operate' || !state.reading) {
    if (place.ref) turnText(store, lists, direction);
    else move(store, lists, direction * pageOf(state));
    return;
  }
  const step = Math.max(1, state.rows - FRAME - 1);
  const { index } = cursorOf(lists.view(state, place), place);
  const { top } = state.reading;
  move(store, lists, (direction === 1 ? top + 2 * step : top - step) - index);
}
