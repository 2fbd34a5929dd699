/** The one keymap: what every key does, in words and in deed. The bottom bar, the help and the dispatcher read it. */
import { here, type State } from '../src/store/state.ts';
import { notAcknowledgeable, openAcknowledge } from './acknowledge.ts';
import { ACTS, OPERATING } from './act-keys.ts';
import type { Binding, KeyContext } from './binding.ts';
import { openCompare, stepVersion, toggleDiffFold } from './compare.ts';
import { type CreateRow, openCreateRow } from './create.ts';
import { isSession, openSession } from './guide.ts';
import { GUIDING, ON_BOARD } from './guide-keys.ts';
import type { Lists } from './lists.ts';
import { back, goTo, move, openSelected, reverse, say, sortBy, toggleYaml } from './navigation.ts';
import {
  beginSelected,
  enterSelected,
  leaveOperation,
  leaveOverDocument,
  leaveOverIt,
  settle,
  unmarkAll,
} from './operate.ts';
import { copyOutput, openOutput, pageOutput } from './output.ts';
import { openPrompt } from './prompt.ts';
import { turnPage } from './reading.ts';
import { fold, toggleFold, unfold } from './tree.ts';

const inDetail = (state: State) =>
  here(state).ref && !OPERATING.includes(here(state).screen)
    ? undefined
    : 'YAML is shown for one object: open one first';
function inList(state: State): string | undefined {
  if (here(state).ref) return 'details have an order of their own';
  const { screen } = here(state);
  if (TEXTS.includes(screen)) return 'the lines of a text have an order of their own';
  if (screen === 'overview') return 'the worst stands first here: 2 sorts the pools, ! what needs attention';
  return screen === 'tree' ? 'a tree has an order of its own' : undefined;
}

/** Screens whose rows are lines to be read from above: sorted they would be nonsense. */
const TEXTS = ['create', 'guide', 'operate', 'output'];

const off = (screen: string, why: string) => (state: State) => (here(state).screen === screen ? why : undefined);

const MOVES: readonly Binding[] = [
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
    disabled: off('operate', 'an operation is read whole'),
    run: (c) => openPrompt(c.store, 'filter'),
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
    id: 'acknowledge',
    keys: ['A'],
    title: 'acknowledge what needs attention: for how long, and why; an empty line takes it back',
    bar: 'ack',
    group: 'Look',
    disabled: notAcknowledgeable,
    run: openAcknowledge,
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

const COMPARES: readonly Binding[] = [
  {
    id: 'compare',
    keys: ['='],
    title: 'compare two marked rows, or one object with what it was before it changed',
    group: 'Look',
    disabled: (state) =>
      ['compare', 'output', ...OPERATING].includes(here(state).screen)
        ? 'esc first: this is no list of objects'
        : undefined,
    run: (c) => openCompare(c.store, c.lists),
  },
  {
    id: 'older',
    keys: ['['],
    title: 'compare with an older state',
    bar: 'older',
    group: 'Look',
    disabled: (state) => inPast(state),
    run: (c) => stepVersion(c.store, -1),
  },
  {
    id: 'newer',
    keys: [']'],
    title: 'compare with a newer state',
    bar: 'newer',
    group: 'Look',
    disabled: (state) => inPast(state),
    run: (c) => stepVersion(c.store, 1),
  },
];

function inPast(state: State): string | undefined {
  const { screen, marked, yaml } = here(state);
  return screen === 'compare' && !yaml && !marked
    ? undefined
    : 'only while an object is compared with its past: = does';
}

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

/** A program that ends between two writes leaves half of them: it is said first. */
function quit({ store, quit: leave }: KeyContext): void {
  const { writing, notice } = store.getState();
  const text = `still writing: ${writing ?? ''}; q again quits all the same`;
  if (writing !== undefined && notice?.text !== text) say(store, text, 'warn');
  else leaveOverIt(store, (title) => `q again quits: nothing of ${title} is written`, leave);
}

/** Enter does what the row is for. */
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

export type { Binding, KeyContext } from './binding.ts';

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
        run: (c) =>
          leaveOverIt(
            c.store,
            (title) => `${screen.key} again leaves ${title}: nothing of it is written`,
            () => goTo(c.store, screen.id),
          ),
      }),
    );
  return [...BRANCHES, ...ON_BOARD, ...MOVES, ...LOOKS, ...COMPARES, ...ACTS, ...GUIDING, ...screens, ...PROGRAM];
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
  const refuse = (why: string) => (binding.refuse ? binding.refuse(context, why) : say(context.store, why));
  if (together && binding.alone) {
    if (binding.group === 'Act') refuse(`${key} came together with other keys and was ignored: press it again`);
    return true;
  }
  const reason = binding.disabled?.(state);
  if (reason !== undefined) refuse(reason);
  else binding.run(context);
  return true;
}
