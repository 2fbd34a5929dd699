/** `A`: says that a cause is known, for how long, and why. What it was said of stays counted. */

import { type Entered, parseEntered } from '../src/domain/acknowledge.ts';
import { formatDuration } from '../src/domain/age.ts';
import { causeOf } from '../src/domain/explain/explain.ts';
import type { ObjectRef } from '../src/domain/fleet/rows.ts';
import { attentionOf } from '../src/store/attention.ts';
import type { AttentionItem } from '../src/store/attention-item.ts';
import { here, type Prompt, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import { OPERATING } from './act-keys.ts';
import type { KeyContext, Mind } from './binding.ts';
import type { Lists } from './lists.ts';
import { move, say } from './navigation.ts';

const EXPLAINED: readonly ObjectRef['kind'][] = [
  'host',
  'plan',
  'machine',
  'baremetalMachine',
  'deployment',
  'controlPlane',
  'machineSet',
  'pool',
  'cluster',
  'baremetalCluster',
  'seedImage',
  'registration',
];

/** Why there is nothing to acknowledge on this screen. */
export function notAcknowledgeable(state: State): string | undefined {
  const { screen, ref, yaml } = here(state);
  if (ref ? screen === 'detail' && !yaml && EXPLAINED.includes(ref.kind) : ['overview', 'attention'].includes(screen))
    return attentionOf(state).length > 0 ? undefined : 'nothing needs attention';
  if (OPERATING.includes(screen)) return 'an operation is open: esc leaves it';
  return 'only what needs attention is acknowledged: ! lists it';
}

/** What `A` would acknowledge: the cause of the row under the cursor, or of the object on screen. */
function causeHere(state: State, lists: Lists): AttentionItem | undefined {
  const place = here(state);
  const selected = place.ref ? undefined : lists.selected(state);
  const ref = place.ref ?? (selected && !selected.gone ? selected.screen.target(selected.row) : undefined);
  const root = ref && (causeOf(state, ref)?.root ?? ref);
  return attentionOf(state).find((item) => item.ref.uid === root?.uid);
}

/** Opens the line. It begins with how long it usually holds, or with what was said before. */
export function openAcknowledge({ store, lists }: KeyContext): void {
  const state = store.getState();
  const cause = causeHere(state, lists);
  if (!cause) {
    say(store, 'nothing is wrong with this: there is nothing to acknowledge');
    return;
  }
  // So that the cursor goes with it, down to what is acknowledged.
  if (!here(state).ref) move(store, lists, 0);
  const text = `8h ${cause.acknowledged?.reason ?? ''}`;
  store.setState({ prompt: { kind: 'acknowledge', text, at: text.length, before: '', cause }, help: false });
}

/** Takes the line. A pasted enter acknowledges nothing. */
export function enterAcknowledge(store: Store, prompt: Prompt, mind: Mind | undefined, together: boolean): void {
  const refuse = (refused: string) => store.setState({ prompt: { ...prompt, refused } });
  const { cause } = prompt;
  const entered = parseEntered(prompt.text);
  if (together) refuse('pasted: press enter again');
  else if (!mind || !cause) refuse('not connected yet');
  else if ('refused' in entered) refuse(entered.refused);
  else take(store, mind, cause, entered);
}

function take(store: Store, mind: Mind, cause: AttentionItem, entered: Exclude<Entered, { refused: string }>): void {
  store.setState({ prompt: undefined });
  if ('withdraw' in entered) {
    if (cause.acknowledged) mind.withdraw(cause);
    else say(store, 'not acknowledged');
    return;
  }
  mind.acknowledge(cause, entered.ms, entered.reason);
  say(store, `${cause.ref.name} is acknowledged for ${formatDuration(entered.ms)}; it stays counted`);
}

/** What stands behind the line while it is typed. */
export function acknowledgeHint({ text, cause }: Prompt): string {
  const entered = parseEntered(text);
  if ('withdraw' in entered) return cause?.acknowledged ? 'enter takes it back' : 'how long (30m, 8h, 2d), and why';
  if ('refused' in entered) return `${entered.refused}; esc leaves`;
  return `enter: for ${formatDuration(entered.ms)}`;
}
