/** Keys that show something in another way: filtered, sorted, as YAML, compared, its output. */
import { here, type State } from '../src/store/state.ts';
import { notAcknowledgeable, openAcknowledge } from './acknowledge.ts';
import { OPERATING } from './act-keys.ts';
import type { Binding } from './binding.ts';
import { openCompare, stepVersion } from './compare.ts';
import { reverse, say, sortBy, toggleYaml } from './navigation.ts';
import { copyLine, copyOutput, openOutput, pageOutput } from './output.ts';
import { openPrompt } from './prompt.ts';

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

/** On every screen. */
export const LOOKS: readonly Binding[] = [
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
    id: 'copy-line',
    keys: ['c'],
    title: 'copy the line of a detail, or the command or URL of a line of a board or list: whole, however it is broken',
    bar: 'copy',
    group: 'Look',
    disabled: (state) =>
      ['detail', 'onboarding', 'guide', 'create'].includes(here(state).screen) && !here(state).yaml
        ? undefined
        : 'copied is a line of a detail or a board, or a URL (8): open one first',
    run: (c) => (c.texts ? copyLine(c.store, c.lists, c.texts) : say(c.store, 'there is no clipboard here')),
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

/** Objects beside one another. */
export const COMPARES: readonly Binding[] = [
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
