/** The one keymap: what every key does, in words and in deed. The bottom bar, the help and the dispatcher read it. */
import { here, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { Lists } from './lists.ts';
import { back, goTo, move, openSelected, pageOf, reverse, say, sortBy, toggleYaml } from './navigation.ts';
import {
  beginSelected,
  confirm,
  enterSelected,
  leaveOperation,
  notReady,
  type Operator,
  openActs,
  settle,
  toggleMark,
  unmarkAll,
} from './operate.ts';
import { openPrompt } from './prompt.ts';

export interface KeyContext {
  store: Store;
  lists: Lists;
  /** Absent: nothing can be written here. */
  operator?: Operator;
  quit(): void;
  suspend(): void;
  repaint(): void;
}

export interface Binding {
  id: string;
  /** Names as `keyNames` gives them; the first is the one shown. */
  keys: readonly string[];
  /** What the help says. */
  title: string;
  /** A word for the bottom bar; absent: only in the help. */
  bar?: string;
  group: 'Move' | 'Look' | 'Act' | 'Screens' | 'Program';
  /** Why it cannot be used here; absent or undefined: it can. */
  disabled?(state: State): string | undefined;
  /** Only as a key of its own: never out of a pasted or run-together chunk. */
  alone?: boolean;
  run(context: KeyContext): void;
}

const inDetail = (state: State) =>
  here(state).ref && !OPERATING.includes(here(state).screen)
    ? undefined
    : 'YAML is shown for one object: open one first';
const inList = (state: State) => (here(state).ref ? 'details have an order of their own' : undefined);

const off = (screen: string, why: string) => (state: State) => (here(state).screen === screen ? why : undefined);

/** Screens of operations: they have a target, and are no detail of it. */
const OPERATING: readonly string[] = ['act', 'operate', 'tray'];

const MOVES: readonly Binding[] = [
  { id: 'down', keys: ['down', 'j'], title: 'next row', group: 'Move', run: (c) => move(c.store, c.lists, 1) },
  { id: 'up', keys: ['up', 'k'], title: 'previous row', group: 'Move', run: (c) => move(c.store, c.lists, -1) },
  {
    id: 'page-down',
    keys: ['pagedown', 'ctrl-f', 'ctrl-d'],
    title: 'next page',
    group: 'Move',
    run: (c) => move(c.store, c.lists, pageOf(c.store.getState())),
  },
  {
    id: 'page-up',
    keys: ['pageup', 'ctrl-b', 'ctrl-u'],
    title: 'previous page',
    group: 'Move',
    run: (c) => move(c.store, c.lists, -pageOf(c.store.getState())),
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
      if (screen === 'operate') leaveOperation(c.store, c.operator);
      else if (filter === '' && !ref && marked && marked.length > 0 && !OPERATING.includes(screen)) {
        unmarkAll(c.store);
        return;
      }
      back(c.store);
    },
  },
];

const LOOKS: readonly Binding[] = [
  {
    id: 'filter',
    keys: ['/'],
    title: 'filter: words, !not, pool:name, -l key=value',
    bar: 'filter',
    group: 'Look',
    disabled: off('operate', 'an operation is read whole'),
    run: (c) => openPrompt(c.store, 'filter'),
  },
  {
    id: 'sort',
    keys: ['s'],
    title: 'sort by the next column',
    bar: 'sort',
    group: 'Look',
    disabled: inList,
    run: (c) => sortBy(c.store, c.lists, 1),
  },
  {
    id: 'sort-previous',
    keys: ['S'],
    title: 'sort by the previous column',
    group: 'Look',
    disabled: inList,
    run: (c) => sortBy(c.store, c.lists, -1),
  },
  {
    id: 'reverse',
    keys: ['r'],
    title: 'reverse the order',
    group: 'Look',
    disabled: inList,
    run: (c) => reverse(c.store),
  },
  {
    id: 'yaml',
    keys: ['y'],
    title: 'the object as YAML, secrets redacted',
    bar: 'yaml',
    group: 'Look',
    disabled: inDetail,
    run: (c) => toggleYaml(c.store),
  },
];

const on = (screen: string, why: string) => (state: State) => (here(state).screen === screen ? undefined : why);
const noWriting = (state: State) => state.session.readOnly;

/** Only what was sent can be finished or taken back. */
function canSettle(state: State): string | undefined {
  const { screen } = here(state);
  if (screen === 'tray') return state.tray.length > 0 ? undefined : 'no operation is under way';
  if (screen !== 'operate') return 'only in the list of operations: o opens it';
  const sent = state.operating?.id !== undefined && state.operating.stage !== 'sending';
  return sent ? undefined : 'nothing of it was written';
}

function noHalf({ tray, operating, places }: State): string | undefined {
  const half =
    places.at(-1)?.screen === 'tray' ? tray.some(({ state }) => state === 'half done') : operating?.stage === 'stopped';
  return half ? undefined : 'nothing is half done: there is nothing to finish';
}

/** A program that ends between two writes leaves half of them: it is said first. */
function quit({ store, quit: leave }: KeyContext): void {
  const { writing, notice } = store.getState();
  const text = `still writing: ${writing ?? ''}; q again quits all the same`;
  if (writing === undefined || notice?.text === text) leave();
  else say(store, text, 'warn');
}

/** Enter does what the row is for. */
function openHere({ store, lists, operator }: KeyContext): void {
  const state = store.getState();
  const { screen } = here(state);
  const row = lists.selected(state)?.row as { id: string; entry?: string; refusal?: string } | undefined;
  if (screen === 'act' && operator && row) beginSelected(store, operator, row as Parameters<typeof beginSelected>[2]);
  else if (screen === 'operate' && operator && row?.entry) enterSelected(store, operator, row.entry);
  else if (screen === 'tray' && operator) settle(store, lists, operator, 'look');
  else openSelected(store, lists);
}

const ACTS: readonly Binding[] = [
  {
    id: 'act',
    keys: ['a'],
    title: 'what can be done with the row or the marked rows',
    bar: 'act',
    group: 'Act',
    disabled: (state) => (OPERATING.includes(here(state).screen) ? 'an operation is open already' : undefined),
    run: (c) =>
      c.operator
        ? openActs(c.store, c.lists, c.operator)
        : say(c.store, 'not connected yet: nothing can be done before'),
  },
  {
    id: 'mark',
    keys: [' '],
    title: 'mark the row for an operation on several; esc unmarks',
    group: 'Act',
    disabled: (state) =>
      here(state).ref || OPERATING.includes(here(state).screen) ? 'only rows of a list can be marked' : undefined,
    run: (c) => {
      toggleMark(c.store, c.lists);
      move(c.store, c.lists, 1);
    },
  },
  {
    id: 'confirm',
    keys: ['y'],
    title: 'yes, write it; what cannot be undone asks for words',
    bar: 'yes, write',
    group: 'Act',
    alone: true,
    disabled: (state) =>
      on('operate', 'no operation is open: a lists them')(state) ??
      noWriting(state) ??
      (state.operating && notReady(state.operating)),
    run: (c) => c.operator && confirm(c.store, c.operator),
  },
  {
    id: 'ask',
    keys: ['d'],
    title: 'ask the server again, without writing (dry run)',
    bar: 'dry run',
    group: 'Act',
    disabled: (state) =>
      on('operate', 'no operation is open: a lists them')(state) ??
      (state.operating?.plan ? undefined : 'there is nothing to ask the server yet') ??
      (['sending', 'sent', 'stopped'].includes(state.operating?.stage ?? '') ? 'it was sent already' : undefined),
    run: (c) => c.operator?.ask(),
  },
  {
    id: 'copy',
    keys: ['c'],
    title: 'copy the same writes as kubectl commands',
    bar: 'copy',
    group: 'Act',
    disabled: (state) =>
      on('operate', 'no operation is open: a lists them')(state) ??
      (state.operating?.kubectl.length ? undefined : 'there is nothing to copy yet'),
    run: (c) => c.operator && say(c.store, c.operator.copy()),
  },
  {
    id: 'finish',
    keys: ['f'],
    title: 'finish an operation that stopped half way',
    bar: 'finish',
    group: 'Act',
    alone: true,
    disabled: (state) => canSettle(state) ?? noHalf(state) ?? noWriting(state),
    run: (c) => c.operator && settle(c.store, c.lists, c.operator, 'finish'),
  },
  {
    id: 'take-back',
    keys: ['u'],
    title: 'take an operation back, where that can be done',
    bar: 'take back',
    group: 'Act',
    alone: true,
    disabled: (state) => canSettle(state) ?? noWriting(state),
    run: (c) => c.operator && settle(c.store, c.lists, c.operator, 'takeBack'),
  },
];

const PROGRAM: readonly Binding[] = [
  {
    id: 'command',
    keys: [':'],
    title: 'go to a screen by name, :sort COLUMN, :quit',
    bar: 'go',
    group: 'Screens',
    run: (c) => openPrompt(c.store, 'command'),
  },
  {
    id: 'help',
    keys: ['?'],
    title: 'this help',
    bar: 'help',
    group: 'Program',
    run: (c) => c.store.setState((state) => ({ help: !state.help, helpOffset: 0 })),
  },
  { id: 'repaint', keys: ['ctrl-l'], title: 'draw the screen anew', group: 'Program', run: (c) => c.repaint() },
  {
    id: 'suspend',
    keys: ['ctrl-z'],
    title: 'suspend; fg comes back',
    group: 'Program',
    alone: true,
    run: (c) => c.suspend(),
  },
  {
    id: 'quit',
    keys: ['q', 'ctrl-c'],
    title: 'quit',
    bar: 'quit',
    group: 'Program',
    alone: true,
    run: quit,
  },
];

/** The keymap over a table of screens: each screen's own key opens it. */
export function keymapOf(lists: Lists): readonly Binding[] {
  const screens = lists.screens
    .filter((screen) => screen.key !== undefined)
    .map(
      (screen): Binding => ({
        id: `screen-${screen.id}`,
        keys: [screen.key!],
        title: screen.title.toLowerCase(),
        group: 'Screens',
        run: (c) => goTo(c.store, screen.id),
      }),
    );
  return [...MOVES, ...LOOKS, ...ACTS, ...screens, ...PROGRAM];
}

/** Runs the binding of a key. `together`: the key came in a chunk with others. Returns whether there was one. */
export function press(bindings: readonly Binding[], context: KeyContext, key: string, together: boolean): boolean {
  const meant = bindings.filter((each) => each.keys.includes(key));
  const state = context.store.getState();
  const binding =
    meant.find((each) => each.disabled?.(state) === undefined) ??
    meant.find((each) => each.group === (here(state).screen === 'operate' ? 'Act' : 'Look')) ??
    meant[0];
  if (!binding) return false;
  if (together && binding.alone) {
    if (binding.group === 'Act')
      say(context.store, `${key} came together with other keys and was ignored: press it again`);
    return true;
  }
  const reason = binding.disabled?.(state);
  if (reason !== undefined) say(context.store, reason);
  else binding.run(context);
  return true;
}
