/** `x`: a half done operation was dealt with by other means, and is let go. What was written of it stays. */
import type { Followed } from '../src/store/operating.ts';
import { here, type Prompt, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { KeyContext } from './binding.ts';
import type { Lists } from './lists.ts';
import type { Operator } from './operate.ts';

/** The half done operation under the cursor, or on screen. */
function halfDoneHere(state: State, lists: Lists): Followed | undefined {
  if (here(state).screen === 'operate') {
    const { id, stage } = state.operating ?? {};
    return stage === 'stopped' ? state.tray.find((one) => one.id === id && one.state === 'half done') : undefined;
  }
  const selected = lists.selected(state);
  const row = selected && !selected.gone ? (selected.row as Followed) : undefined;
  return state.tray.find((one) => one.id === row?.id && one.state === 'half done');
}

/** Opens the line in which the reason is typed. Gives why not, where there is nothing to let go. */
export function openLetGo({ store, lists }: KeyContext): string | undefined {
  const found = halfDoneHere(store.getState(), lists);
  if (!found) return 'this one is not half done: only what stopped half way is let go';
  store.setState({ prompt: { kind: 'let go', text: '', at: 0, before: '', entry: found.id }, help: false });
  return undefined;
}

/** Takes the reason. A pasted enter lets nothing go, and neither does an empty line. */
export function enterLetGo(store: Store, prompt: Prompt, operator: Operator | undefined, together: boolean): void {
  const refuse = (refused: string) => store.setState({ prompt: { ...prompt, refused } });
  const why = prompt.text.trim();
  if (together) refuse('pasted: press enter again');
  else if (why === '') refuse('a reason is wanted; esc keeps it');
  else if (!operator) refuse('not connected yet');
  else {
    store.setState({ prompt: undefined });
    operator.letGo(prompt.entry ?? '', why);
  }
}
