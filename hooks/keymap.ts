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
  type Operator,
  openActs,
  settle,
  toggleMark,
} from './operate.ts';
import { copyOutput, openOutput, pageOutput, type TextPort } from './output.ts';
import { openPrompt } from './prompt.ts';
import { fold, toggleFold, unfold } from './tree.ts';

export interface KeyContext {
  store: Store;
  lists: Lists;
  /** Absent: nothing can be written here. */
  operator?: Operator;
  /** Absent: there is no terminal to copy or page with. */
  texts?: TextPort;
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
function inList(state: State): string | undefined {
  if (here(state).ref) return 'details have an order of their own';
  return here(state).screen === 'tree' ? 'a tree has an order of its own' : undefined;
}

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
    title: 'back: close help, YAML, filter, then the screen',
    bar: 'back',
    group: 'Move',
    run: (c) => {
      if (here(c.store.getState()).screen === 'operate') leaveOperation(c.store, c.operator);
      back(c.store);
    },
  },
];

const inTree = (state: State) => (here(state).screen === 'tree' ? undefined : 'only in the tree: t opens it');

/** Before the moves: in the tree these keys are for its branches. */
const BRANCHES: readonly Binding[] = [
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

const LOOKS: readonly Binding[] = [
  {
    id: 'filter',
    keys: ['/'],
    title: 'filter: words, !not, pool:name, -l key=value',
    bar: 'filter',
    group: 'Look',
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
  {
    id: 'output',
    keys: ['O'],
    title: "what the plan's instructions printed, secrets redacted",
    bar: 'output',
    group: 'Look',
    disabled: (state) => (here(state).screen === 'output' ? 'this is the output; esc goes back' : hasPlan(state)),
    run: (c) => openOutput(c.store, c.lists),
  },
  {
    id: 'copy-output',
    keys: ['c'],
    title: 'copy the output of the instruction under the cursor',
    bar: 'copy',
    group: 'Look',
    disabled: (state) => inOutput(state),
    run: (c) => (c.texts ? copyOutput(c.store, c.lists, c.texts) : say(c.store, 'there is no clipboard here')),
  },
  {
    id: 'page-output',
    keys: ['p'],
    title: 'the whole output in $PAGER',
    bar: 'pager',
    group: 'Look',
    alone: true,
    disabled: (state) => inOutput(state),
    run: (c) => (c.texts ? pageOutput(c.store, c.texts) : say(c.store, 'there is no pager here')),
  },
];

/** Screens of things that have a plan. */
const PLANNED: readonly string[] = ['hosts', 'machines', 'plans', 'attention', 'overview', 'tree'];
const PLANNED_KINDS: readonly string[] = ['host', 'machine', 'baremetalMachine', 'plan'];

function hasPlan(state: State): string | undefined {
  const { screen, ref } = here(state);
  const fine = ref ? PLANNED_KINDS.includes(ref.kind) && !OPERATING.includes(screen) : PLANNED.includes(screen);
  return fine ? undefined : 'only a host, a machine or a plan has output';
}

const inOutput = (state: State) =>
  here(state).screen === 'output' && !here(state).yaml ? undefined : 'only while output is shown: O opens it';

const on = (screen: string, why: string) => (state: State) => (here(state).screen === screen ? undefined : why);
const noWriting = (state: State) => state.session.readOnly;

/** Enter does what the row is for. */
function openHere({ store, lists, operator }: KeyContext): void {
  const state = store.getState();
  const { screen } = here(state);
  const row = lists.selected(state)?.row as { id: string; entry?: string; refusal?: string } | undefined;
  if (screen === 'act' && operator && row) beginSelected(store, operator, row as Parameters<typeof beginSelected>[2]);
  else if (screen === 'operate' && operator && row?.entry) enterSelected(store, operator, row.entry);
  else openSelected(store, lists);
}

const ACTS: readonly Binding[] = [
  {
    id: 'act',
    keys: ['a'],
    title: 'what can be done with the row, or with the marked ones',
    bar: 'act',
    group: 'Act',
    disabled: (state) =>
      here(state).screen === 'output'
        ? 'output is for reading: esc goes back to what can be acted on'
        : OPERATING.includes(here(state).screen)
          ? 'an operation is open already'
          : undefined,
    run: (c) => (c.operator ? openActs(c.store, c.lists, c.operator) : say(c.store, 'nothing can be written here')),
  },
  {
    id: 'mark',
    keys: [' '],
    title: 'mark the row, for an operation on several',
    group: 'Act',
    disabled: (state) => (here(state).ref ? 'only rows of a list can be marked' : undefined),
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
      (state.operating?.stage === 'sent'
        ? 'it is written: the list of operations (:operations) follows it'
        : undefined),
    run: (c) => c.operator && confirm(c.store, c.operator),
  },
  {
    id: 'ask',
    keys: ['d'],
    title: 'ask the server again, without writing (dry run)',
    bar: 'dry run',
    group: 'Act',
    disabled: on('operate', 'no operation is open: a lists them'),
    run: (c) => c.operator?.ask(),
  },
  {
    id: 'copy',
    keys: ['c'],
    title: 'copy the same writes as kubectl commands',
    bar: 'copy kubectl',
    group: 'Act',
    disabled: on('operate', 'no operation is open: a lists them'),
    run: (c) => c.operator && say(c.store, c.operator.copy()),
  },
  {
    id: 'finish',
    keys: ['f'],
    title: 'finish an operation that stopped half way',
    bar: 'finish',
    group: 'Act',
    alone: true,
    disabled: (state) => on('tray', 'only in the list of operations (:operations)')(state) ?? noWriting(state),
    run: (c) => c.operator && settle(c.store, c.lists, c.operator, 'finish'),
  },
  {
    id: 'take-back',
    keys: ['u'],
    title: 'take an operation back, where that can be done',
    bar: 'take back',
    group: 'Act',
    alone: true,
    disabled: (state) => on('tray', 'only in the list of operations (:operations)')(state) ?? noWriting(state),
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
    run: (c) => c.quit(),
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
  return [...BRANCHES, ...MOVES, ...LOOKS, ...ACTS, ...screens, ...PROGRAM];
}

/** Runs the binding of a key. `together`: the key came in a chunk with others. Returns whether there was one. */
export function press(bindings: readonly Binding[], context: KeyContext, key: string, together: boolean): boolean {
  const meant = bindings.filter((each) => each.keys.includes(key));
  const state = context.store.getState();
  const binding = meant.find((each) => each.disabled?.(state) === undefined) ?? meant[0];
  if (!binding) return false;
  if (together && binding.alone) return true;
  const reason = binding.disabled?.(state);
  if (reason !== undefined) say(context.store, reason);
  else binding.run(context);
  return true;
}
