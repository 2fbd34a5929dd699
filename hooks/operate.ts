/** What the keys do to operations: marks, the list of operations for a row, entries, confirming. No rules here. */
import type { ObjectRef } from '../src/domain/fleet/rows.ts';
import type { Entry, Followed, Offer, Operating } from '../src/store/operating.ts';
import { here, newPlace, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import type { Lists } from './lists.ts';
import { say } from './navigation.ts';
import { unreadText } from './reading.ts';

/** Prepares and runs operations; the store shows what it does. */
export interface Operator {
  /** Puts every operation for these targets into the store, refused ones with their reason, for as long as they are shown. */
  offer(targets: readonly ObjectRef[]): void;
  /** Puts an operation on screen and begins to read, plan and ask the server. `values`: what is entered already. */
  begin(operation: string, targets: readonly ObjectRef[], values?: Readonly<Record<string, string>>): void;
  /** Takes an entered value, and plans again. */
  enter(name: string, value: string): void;
  /** Opens an entry's document in $EDITOR. */
  edit(name: string): void;
  /** Asks the server again, with what the fleet says now. */
  ask(): void;
  /** Writes, once the words are right. Gives the reason where they are not. */
  confirm(words: readonly string[]): string | undefined;
  /** Leaves the screen; what was sent is followed on. */
  leave(): void;
  /** Puts a followed operation on screen: its checklist. */
  look(id: string): void;
  /** Takes back or finishes a followed operation: puts the operation that does so on screen, or says why not. */
  takeBack(id: string): void;
  finish(id: string): void;
  /** Lets go of a half done operation: what is written of it stays. `why` goes to the journal. */
  letGo(id: string, why: string): void;
  /** The writes for a shell go to the terminal's clipboard. Gives what to say. */
  copy(): string;
}

/** What an operation would be about: the marked rows, else the one under the cursor, else the detail's object. */
export function targetsOf(state: State, lists: Lists): readonly ObjectRef[] {
  const place = here(state);
  if (place.marked && place.marked.length > 0) return place.marked;
  if (place.ref) return [place.ref];
  const selected = lists.selected(state);
  const ref = selected && !selected.gone ? selected.screen.target(selected.row) : undefined;
  return ref ? [ref] : [];
}

/** Marks the row under the cursor, or takes its mark away. */
export function toggleMark(store: Store, lists: Lists): void {
  const selected = lists.selected(store.getState());
  const ref = selected && !selected.gone ? selected.screen.target(selected.row) : undefined;
  if (!ref) {
    say(store, 'nothing to mark here');
    return;
  }
  store.setState((state) => {
    const place = here(state);
    const marked = place.marked ?? [];
    const without = marked.filter(({ uid }) => uid !== ref.uid);
    const next = without.length < marked.length ? without : [...marked, ref];
    return { places: [...state.places.slice(0, -1), { ...place, marked: next }] };
  });
}

/** Takes all marks of the list in front away. */
export function unmarkAll(store: Store): void {
  store.setState((state) => {
    const { marked: _marked, ...place } = here(state);
    return { places: [...state.places.slice(0, -1), place] };
  });
  say(store, 'all marks are taken off');
}

/** Opens the list of operations for the marked rows or the row under the cursor. */
export function openActs(store: Store, lists: Lists, operator: Operator): void {
  const targets = targetsOf(store.getState(), lists);
  if (targets.length === 0) {
    say(store, 'nothing to act on here: put the cursor on a row');
    return;
  }
  store.setState((state) => {
    const place = { ...newPlace('act', targets[0]), marked: targets };
    return { places: [...state.places, place], help: false };
  });
  operator.offer(targets);
}

/** Puts the offered operation under the cursor on screen. */
export function beginSelected(store: Store, operator: Operator, offer: Offer): void {
  if (offer.refusal !== undefined) {
    say(store, offer.refusal, 'warn');
    return;
  }
  const { targets } = offer;
  store.setState((state) => ({
    places: [...state.places, { ...newPlace('operate', targets[0]), marked: targets }],
  }));
  operator.begin(offer.id, targets);
  // What has to be entered comes first; an editor is opened only when it is asked for.
  const entry = store.getState().operating?.entries[0];
  if (!entry) return;
  store.setState((state) => ({
    places: [...state.places.slice(0, -1), { ...here(state), cursor: `ENTER/${entry.name}` }],
  }));
  if (!isDocument(entry)) enterSelected(store, operator, entry.name);
}

/** Whether an entry is too long for a line at the bottom: an order of hosts, a manifest. */
export function isDocument({ kind }: Pick<Entry, 'kind'>): boolean {
  return kind === 'editor' || kind === 'lines';
}

/** Why an operation cannot be confirmed at its stage, as a sentence. */
export function notReady({ stage, refusal, missing, problem }: Operating): string | undefined {
  return {
    ready: undefined,
    entering: `still to be entered: ${missing?.join('; ')}`,
    reading: 'objects are still being read',
    refused: refusal ?? 'it is refused',
    asking: 'the server has not answered the dry run yet',
    rejected: problem ?? 'the server did not accept the dry run',
    sending: 'it is being written',
    stopped: problem ?? 'it has stopped',
    sent: 'it is written: o lists what is followed',
  }[stage];
}

/**
 * Says why it is not confirmed. Who presses y goes on typing the words: where some may be asked for, a line swallows
 * them, so that they are not taken for keys.
 */
export function refuseConfirm(store: Store, why: string): void {
  const { operating, session } = store.getState();
  const over = operating === undefined || ['sending', 'sent', 'stopped'].includes(operating.stage);
  if (over || session.readOnly !== undefined || operating.plan?.confirm.length === 0) {
    say(store, why, 'warn');
    return;
  }
  store.setState({ prompt: { kind: 'confirm', text: '', at: 0, before: '', given: [], refused: why, void: true } });
}

/** Opens the line in which the confirming words are typed, or confirms where one key is enough. */
export function confirm(store: Store, operator: Operator): void {
  const { operating } = store.getState();
  if (!operating) return;
  const why =
    notReady(operating) ??
    (operating.moved.length > 0
      ? 'it has changed: esc, then d takes it as it is now'
      : unreadText(store.getState(), 'PgDn, then y'));
  if (why !== undefined) {
    refuseConfirm(store, why);
    return;
  }
  if (operating.plan?.confirm.length) {
    store.setState({ prompt: { kind: 'confirm', text: '', at: 0, before: '', given: [] } });
    return;
  }
  write(store, operator, []);
}

/** Has it written, and shows what comes of it from its first line on. */
export function write(store: Store, operator: Operator, words: readonly string[]): void {
  const problem = operator.confirm(words);
  if (problem) say(store, problem, 'warn');
  else
    store.setState((state) => ({
      places: [...state.places.slice(0, -1), { ...here(state), cursor: undefined, index: 0 }],
    }));
}

/** Opens the line for the entry under the cursor: a number, a text, a choice; or its document in $EDITOR. */
export function enterSelected(store: Store, operator: Operator, name: string): void {
  const { operating } = store.getState();
  const entry = operating?.entries.find((each) => each.name === name);
  if (!entry) return;
  if (operating?.stage === 'sending' || operating?.stage === 'sent' || operating?.stage === 'stopped') {
    say(store, 'it was sent already: nothing can be entered any more');
    return;
  }
  if (isDocument(entry)) {
    operator.edit(name);
    return;
  }
  const { value } = entry;
  // A number is typed anew: what is typed behind the present one would be ten times as much.
  const text = entry.kind === 'number' ? '' : value;
  store.setState({ prompt: { kind: 'entry', text, at: text.length, before: value, entry: name } });
}

/** Leaves the operation on screen; it is followed on where it was sent. */
export function leaveOperation(store: Store, operator: Operator | undefined): void {
  const { operating } = store.getState();
  operator?.leave();
  if (operating && operating.id === undefined && operating.stage !== 'sending') say(store, 'left; nothing was written');
}

/** What would be lost with the operation on screen: its title, where something was entered and nothing is written yet. */
export function unwritten(state: State): string | undefined {
  const { operating } = state;
  if (here(state).screen !== 'operate' || !operating?.entered) return undefined;
  return ['sending', 'sent', 'stopped'].includes(operating.stage) ? undefined : operating.title;
}

/** Does what leaves the operation on screen, but only when it is asked for twice where that loses something. */
export function leaveOverIt(store: Store, question: (title: string) => string, leave: () => void): void {
  const state = store.getState();
  const title = unwritten(state);
  const text = title === undefined ? undefined : question(title);
  if (text === undefined || state.notice?.text === text) leave();
  else say(store, text, 'warn');
}

/** The same on the way back: a number is typed again, what was written in an editor is not. */
export function leaveOverDocument(store: Store, leave: () => void): void {
  if (!store.getState().operating?.entries.some(isDocument)) leave();
  else leaveOverIt(store, () => 'esc again drops what was edited; nothing of it is written', leave);
}

/** Finishes, takes back or looks at the followed operation under the cursor, or the one on screen. */
export function settle(store: Store, lists: Lists, operator: Operator, how: 'finish' | 'takeBack' | 'look'): void {
  const before = store.getState();
  const onScreen = here(before).screen === 'operate';
  const selected = lists.selected(before);
  const followed = onScreen || selected?.gone ? undefined : (selected?.row as Followed | undefined);
  const id = followed?.id ?? before.operating?.id;
  if (id === undefined) return;
  // Of what was over before this start nothing is here but its line.
  if (followed?.past) {
    say(store, followed.final ?? 'it was over before this start');
    return;
  }
  operator[how](id);
  if (!onScreen && store.getState().operating) {
    store.setState((state) => ({ places: [...state.places, newPlace('operate', followed?.target)] }));
  }
}
