/** Keys that move the cursor, and open what it is on. */
import { here, type State } from '../src/store/state.ts';
import { OPERATING } from './act-keys.ts';
import type { Binding, KeyContext } from './binding.ts';
import { toggleDiffFold } from './compare.ts';
import { type CreateRow, openCreateRow } from './create.ts';
import { isSession, openSession } from './guide.ts';
import { back, move, openSelected } from './navigation.ts';
import { beginSelected, enterSelected, leaveOperation, leaveOverDocument, settle, unmarkAll } from './operate.ts';
import { turnPage } from './reading.ts';
import { fold, toggleFold, unfold } from './tree.ts';

/** On every screen. */
export const MOVES: readonly Binding[] = [
  { id: 'down', keys: ['down', 'j'], title: 'next row', group: 'Move', run: (c) => move(c.store, c.lists, 1) },
  { id: 'up', keys: ['up', 'k'], title: 'previous row', group: 'Move', run: (c) => move(c.store, c.lists, -1) },
  {
    id: 'page-down',
    keys: ['pagedown', 'ctrl-f', 'ctrl-d'],
    title: 'next page',
    group: 'Move',
    run: (c) => turnPage(c.store, c.lists, 1),
  },
  {
    id: 'page-up',
    keys: ['pageup', 'ctrl-b', 'ctrl-u'],
    title: 'previous page',
    group: 'Move',
    run: (c) => turnPage(c.store, c.lists, -1),
  },
  {
    id: 'first',
    keys: ['home', 'g'],
    title: 'first row',
    group: 'Move',
    run: (c) => move(c.store, c.lists, -Infinity),
  },
  { id: 'last', keys: ['end', 'G'], title: 'last row', group: 'Move', run: (c) => move(c.store, c.lists, Infinity) },
  {
    id: 'open',
    keys: ['enter', 'right', 'l'],
    title: 'open what the cursor is on',
    bar: 'open',
    group: 'Move',
    run: (c) => openHere(c),
  },
  {
    id: 'back',
    keys: ['escape', 'left', 'h', 'backspace'],
    title: 'back: help, YAML, filter, marks, then the screen',
    bar: 'back',
    group: 'Move',
    run: (c) => {
      const { screen, filter, marked, ref } = here(c.store.getState());
      if (screen === 'operate') {
        leaveOverDocument(c.store, () => {
          leaveOperation(c.store, c.operator);
          back(c.store);
        });
        return;
      }
      if (filter === '' && !ref && marked && marked.length > 0 && !OPERATING.includes(screen)) {
        unmarkAll(c.store);
        return;
      }
      back(c.store);
    },
  },
];

const inTree = (state: State) => (here(state).screen === 'tree' ? undefined : 'only in the tree: t opens it');

/** Before the moves: in the tree these keys are for its branches. */
export const BRANCHES: readonly Binding[] = [
  {
    id: 'toggle-branch',
    keys: ['enter'],
    title: 'in the tree: open or fold the branch; a leaf opens its object',
    group: 'Move',
    disabled: inTree,
    run: (c) => toggleFold(c.store, c.lists),
  },
  {
    id: 'open-branch',
    keys: ['right', 'l'],
    title: 'in the tree: open the branch; an open one opens its object',
    group: 'Move',
    disabled: inTree,
    run: (c) => unfold(c.store, c.lists),
  },
  {
    id: 'fold-branch',
    keys: ['left', 'h'],
    title: 'in the tree: fold the branch, or go to the one above',
    group: 'Move',
    disabled: inTree,
    run: (c) => fold(c.store, c.lists),
  },
];

function openHere({ store, lists, operator, guides, creator }: KeyContext): void {
  const state = store.getState();
  const { screen } = here(state);
  const row = lists.selected(state)?.row as ({ id: string; entry?: string; refusal?: string } & CreateRow) | undefined;
  if (screen === 'act' && operator && row) beginSelected(store, operator, row as Parameters<typeof beginSelected>[2]);
  else if (screen === 'operate' && operator && row?.entry) enterSelected(store, operator, row.entry);
  else if (screen === 'create') openCreateRow(store, creator, row);
  else if (screen === 'compare' && !here(state).yaml) toggleDiffFold(store, lists);
  else if (screen === 'tray' && guides && row && isSession(state, row.id)) openSession(store, guides, row.id);
  else if (screen === 'tray' && operator) settle(store, lists, operator, 'look');
  else openSelected(store, lists);
}
