/** The one keymap: what every key does, in words and in deed. The bottom bar, the help and the dispatcher read it. */
import { here } from '../src/store/state.ts';
import { ACTS } from './act-keys.ts';
import type { Binding, KeyContext } from './binding.ts';
import { GUIDING, ON_BOARD } from './guide-keys.ts';
import type { Lists } from './lists.ts';
import { COMPARES, LOOKS } from './look-keys.ts';
import { BRANCHES, MOVES } from './move-keys.ts';
import { goTo, say } from './navigation.ts';
import { leaveOverIt } from './operate.ts';
import { openPrompt } from './prompt.ts';

function quit({ store, quit: leave }: KeyContext): void {
  const { writing, notice } = store.getState();
  const text = `still writing: ${writing ?? ''}; q again quits all the same`;
  if (writing !== undefined && notice?.text !== text) say(store, text, 'warn');
  else leaveOverIt(store, (title) => `q again quits: nothing of ${title} is written`, leave);
}

/** Enter does what the row is for. */
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
    meant.find((each) => each.on === here(state).screen) ??
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
