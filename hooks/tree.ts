/** What the keys do to the tree: folding and opening branches. */
import type { TreeRow } from '../src/domain/story/tree.ts';
import { here } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { Lists } from './lists.ts';
import { back, move, openSelected } from './navigation.ts';

function setFold(store: Store, lists: Lists, { id }: TreeRow, open: boolean): void {
  // The cursor is on the node, and stays there when rows come or go below it.
  move(store, lists, 0);
  store.setState((state) => ({ folds: { ...state.folds, [id]: open } }));
}

/** Opens or folds the node under the cursor; a node without any below it opens its object. */
export function toggleFold(store: Store, lists: Lists): void {
  const row = lists.selected(store.getState())?.row as TreeRow | undefined;
  if (row && row.children > 0) setFold(store, lists, row, !row.open);
  else openSelected(store, lists);
}

/** Opens the node; one that is open already opens its object. */
export function unfold(store: Store, lists: Lists): void {
  const row = lists.selected(store.getState())?.row as TreeRow | undefined;
  if (row && row.children > 0 && !row.open) setFold(store, lists, row, true);
  else openSelected(store, lists);
}

/** Folds the node; from one that is folded goes to the node above it, and from the top back. */
export function fold(store: Store, lists: Lists): void {
  const state = store.getState();
  const selected = lists.selected(state);
  const row = selected?.row as TreeRow | undefined;
  if (!selected || !row) {
    back(store);
    return;
  }
  if (row.open) {
    setFold(store, lists, row, false);
    return;
  }
  const rows = lists.view(state, here(state)).rows as readonly TreeRow[];
  const above = rows.slice(0, selected.index).findLastIndex(({ depth }) => depth < row.depth);
  if (above < 0) back(store);
  else move(store, lists, above - selected.index);
}
