/** What the keys do to the answers of a cluster that is to be made. No rules here. */
import type { Creating } from '../src/store/creating.ts';
import type { Entry } from '../src/store/operating.ts';
import { here, newPlace, type Prompt, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import { say } from './navigation.ts';

/** Holds and checks answers; the store shows what it does. */
export interface Creator {
  /** Takes an entered answer, or opens or names the file. */
  enter(name: string, text: string): void;
  /** Opens all of the answers in $EDITOR. */
  edit(): void;
  /** Names the hosts that have registered. */
  fill(): void;
  /** Puts the write of the stage that is next on screen, or the one that builds the ISO again; gives why not, as a sentence. */
  go(what: 'next' | 'rebuild'): string | undefined;
}

/** A line of the screen, as far as keys look at it. */
export interface CreateRow {
  /** Name of an entry. */
  entry?: string;
  /** What enter does. */
  does?: 'edit' | 'fill' | 'go' | 'rebuild';
}

/** The entry that is typed into, of the answers or of the operation on screen. */
export function entryOf(state: State, { entry }: Pick<Prompt, 'entry'>): Entry | undefined {
  const entries = here(state).screen === 'create' ? state.creating?.entries : state.operating?.entries;
  return entries?.find(({ name }) => name === entry);
}

/** Does what a line is for. */
export function openCreateRow(store: Store, creator: Creator | undefined, row: CreateRow | undefined): void {
  if (!creator) {
    say(store, 'not connected yet: nothing can be done before');
    return;
  }
  if (row?.entry !== undefined) typeAnswer(store, row.entry);
  else if (row?.does === 'edit') creator.edit();
  else if (row?.does === 'fill') {
    store.setState((state) => stand(state, FIRST));
    creator.fill();
  } else if (row?.does === 'go') begin(store, creator, 'next');
  else if (row?.does === 'rebuild') begin(store, creator, 'rebuild');
}

/** The line that tells what is next. */
const FIRST = 'STATE';

/** Puts the cursor on a line that stays, where the one it is on may be gone after this. */
function stand(state: State, cursor: string): Pick<State, 'places'> {
  return {
    places: [...state.places.slice(0, -1), { ...here(state), cursor, ...(cursor === FIRST ? { index: 0 } : {}) }],
  };
}

function typeAnswer(store: Store, name: string): void {
  const entry = store.getState().creating?.entries.find((one) => one.name === name);
  if (!entry) return;
  // What stood in a file is typed on with as it is shown: in one line, and without what a terminal obeys.
  const text = entry.value.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  // What is wrong with an answer has a line of its own, which goes when it is mended.
  store.setState((state) =>
    here(state).cursor?.startsWith(`ANSWER/${name}/`) ? stand(state, `ANSWER/${name}`) : state,
  );
  store.setState({ prompt: { kind: 'entry', text, at: text.length, before: text, entry: name }, help: false });
}

function begin(store: Store, creator: Creator, what: 'next' | 'rebuild'): void {
  const why = creator.go(what);
  if (why !== undefined) {
    say(store, why, 'warn');
    return;
  }
  store.setState((state) => ({ places: [...stand(state, FIRST).places, newPlace('operate')], help: false }));
}

/** What stands behind the line while an answer is typed: what is wrong with it, or what could be chosen. */
export function answerHint({ trial }: Creating, { entry, text }: Prompt, choices: string): string {
  return trial !== undefined && trial.name === entry && trial.text !== '' && text !== '' ? trial.text : choices;
}
