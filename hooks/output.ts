/** What the keys do to texts: opening a plan's output, copying it or a line, handing it to a pager. */

import { findMachine } from '../src/domain/fleet/find.ts';
import type { Fleet, ObjectRef } from '../src/domain/fleet/rows.ts';
import { lineText, type OutputLine, outputLines } from '../src/domain/output/lines.ts';
import { here, newPlace, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { Lists } from './lists.ts';
import { say } from './navigation.ts';

/** What the terminal can do with a text. */
export interface TextPort {
  /** Puts a text on the terminal's clipboard; gives why it was not even tried, if so. */
  copy(text: string): 'empty' | 'too large' | undefined;
  /** Shows a text in $PAGER, which has the terminal meanwhile. Rejects with a sentence. */
  page(text: string): Promise<void>;
}

/** The plan an object has to do with: its own, or that of its host. */
export function planOf(fleet: Fleet, ref: ObjectRef): ObjectRef | undefined {
  const ofHost = (uid: string | undefined) => {
    const plan = uid === undefined ? undefined : fleet.hosts.byUid.get(uid)?.plan;
    return plan && { kind: 'plan' as const, uid: plan.uid, name: plan.name };
  };
  if (ref.kind === 'plan') return ref;
  if (ref.kind === 'host') return ofHost(ref.uid);
  if (ref.kind === 'machine' || ref.kind === 'baremetalMachine') return ofHost(findMachine(fleet, ref)?.hostUid);
  return undefined;
}

/** What the cursor is on, else what the screen shows. */
function targetOf(state: State, lists: Lists): ObjectRef | undefined {
  const place = here(state);
  if (place.ref) return place.ref;
  const selected = lists.selected(state);
  return selected && !selected.gone ? selected.screen.target(selected.row) : undefined;
}

/** Opens the output of the plan of what is in front. */
export function openOutput(store: Store, lists: Lists): void {
  const state = store.getState();
  const target = targetOf(state, lists);
  const plan = target && planOf(state.fleet, target);
  if (!target) say(store, 'nothing here has a plan: put the cursor on a host, a machine or a plan');
  else if (!plan) say(store, `${target.name} has no plan of which output could be read`);
  else store.setState({ places: [...state.places, newPlace('output', plan)], help: false });
}

function linesHere(state: State, lists: Lists): { lines: OutputLine[]; what: string } | undefined {
  const { output } = state.output ?? {};
  if (!output) return undefined;
  const row = lists.selected(state)?.row as OutputLine | undefined;
  const instruction = row?.instruction;
  const what = instruction === undefined ? `the output of ${output.name}` : `what ${instruction} printed`;
  return { lines: outputLines(output, instruction), what };
}

/** About 74 kB of base64 is what terminals take. */
const COPY_CAP = 50_000;

/** Copies the instruction the cursor is in, or the whole; of a text that is too long, its end. */
export function copyOutput(store: Store, lists: Lists, port: TextPort): void {
  const state = store.getState();
  const found = linesHere(state, lists);
  if (!found) {
    say(store, 'nothing has been read yet');
    return;
  }
  const text = found.lines
    .map((line) => lineText(line, state.now))
    .join('\n')
    .trim();
  const end = Buffer.from(text).subarray(-COPY_CAP).toString('utf8');
  const cut = Buffer.byteLength(text) > COPY_CAP;
  const refused = port.copy(cut ? end.slice(end.indexOf('\n') + 1) : text);
  if (refused) say(store, `${found.what} was not copied: it is ${refused}`, 'warn');
  else say(store, `${cut ? 'the end of ' : ''}${found.what} copied, redacted, if the terminal takes it`);
}

/** Copies what the row under the cursor stands for. */
export function copyLine(store: Store, lists: Lists, port: TextPort): void {
  const found = lists.selected(store.getState());
  const text = found?.screen.copies?.(found.row)?.trim() ?? '';
  const refused = port.copy(text);
  if (refused)
    say(store, refused === 'empty' ? 'there is nothing to copy on this line' : `it is ${refused} to be copied`, 'warn');
  else say(store, `copied, if the terminal takes it (OSC 52): ${text}`);
}

/** Shows the whole output in the operator's pager. */
export function pageOutput(store: Store, port: TextPort): void {
  const { output, now } = store.getState();
  if (!output?.output) {
    say(store, 'nothing has been read yet');
    return;
  }
  const text = outputLines(output.output)
    .map((line) => lineText(line, now))
    .join('\n');
  port.page(`${text}\n`).catch((error: unknown) => {
    say(store, error instanceof Error ? error.message : String(error), 'warn');
  });
}
