/** The line at the bottom: a filter applied as it is typed, or a command run on enter. */
import { here, type Prompt } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import { enterAcknowledge } from './acknowledge.ts';
import type { Mind } from './binding.ts';
import { completed, pick } from './choices.ts';
import { type Creator, entryOf } from './create.ts';
import { enterAsked, type Guides } from './guide.ts';
import { enterLetGo } from './let-go.ts';
import type { Lists } from './lists.ts';
import { goTo, move, say, setFilter, sortByName } from './navigation.ts';
import { type Operator, unwritten, write } from './operate.ts';

/** Opens the line. A filter begins with what is in force. */
export function openPrompt(store: Store, kind: Prompt['kind']): void {
  store.setState((state) => {
    const before = here(state).filter;
    const text = kind === 'filter' ? before : '';
    return { prompt: { kind, text, at: text.length, before }, help: false };
  });
}

/** Replaces the line's text; a filter acts at once. */
function put(store: Store, lists: Lists, text: string, at: number): void {
  store.setState((state) =>
    state.prompt ? { prompt: { ...state.prompt, text, at, refused: undefined, picked: undefined } } : state,
  );
  if (store.getState().prompt?.kind === 'filter') setFilter(store, lists, text);
}

/** Longest answer, in characters: a dozen keys. */
const LONG = 16_384;

/** Inserts typed or pasted text. Line breaks and control characters never get in, and nothing but digits into a number. */
export function typeText(store: Store, lists: Lists, typed: string): void {
  const prompt = store.getState().prompt;
  if (!prompt) return;
  const answer = prompt.kind === 'entry';
  // Of an answer each line is one of a list, and an SSH key is longer than anything else that is typed.
  const lines = answer ? typed.replace(/[\r\n]+$/, '').replace(/[^\S\r\n]*[\r\n]+[^\S\r\n]*/g, ', ') : typed;
  const kind = answer ? entryOf(store.getState(), prompt)?.kind : undefined;
  const odd = kind === 'number' ? /[^\d\s]/.exec(lines)?.[0] : undefined;
  if (odd !== undefined) {
    store.setState({ prompt: { ...prompt, refused: `"${odd}" is no digit: a whole number` } });
    return;
  }
  const clean = lines.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, answer ? LONG : 200);
  const whole = prompt.text.slice(0, prompt.at) + clean + prompt.text.slice(prompt.at);
  const text = whole.slice(0, Math.max(answer ? LONG : 400, prompt.text.length));
  put(store, lists, text, Math.min(text.length, prompt.at + clean.length));
}

/** One character back, by code point. */
function previous(text: string, at: number): number {
  if (at <= 0) return 0;
  const low = text.charCodeAt(at - 1);
  return low >= 0xdc00 && low <= 0xdfff && at > 1 ? at - 2 : at - 1;
}

/** Handles a named key while the line is open. `together`: it came in a chunk with others, as a paste does. Returns false for keys it has no use for. */
export function promptKey(
  store: Store,
  lists: Lists,
  key: string,
  together: boolean,
  {
    quit,
    operator,
    mind,
    guides,
    creator,
  }: { quit(): void; operator?: Operator; mind?: Mind; guides?: Guides; creator?: Creator },
): boolean {
  const prompt = store.getState().prompt;
  if (!prompt) return false;
  const { text, at } = prompt;
  if (prompt.void && key !== 'escape' && key !== 'ctrl-c') return true;
  const refuseQuit = () => say(store, 'a pasted "quit" was ignored; type it, or press q');
  switch (key) {
    case 'escape':
    case 'ctrl-c':
      store.setState({ prompt: undefined });
      if (prompt.kind === 'filter') setFilter(store, lists, prompt.before);
      if (prompt.kind === 'confirm') say(store, 'not confirmed; nothing was written');
      return true;
    case 'enter':
      if (prompt.kind === 'guide') {
        enterAsked(store, prompt, guides, together);
        return true;
      }
      if (prompt.kind === 'let go') {
        enterLetGo(store, prompt, operator, together);
        return true;
      }
      if (prompt.kind === 'acknowledge') {
        enterAcknowledge(store, prompt, mind, together);
        return true;
      }
      store.setState({ prompt: undefined });
      // In a document the line that was found is read in its place, once the filter is cleared.
      if (prompt.kind === 'filter' && here(store.getState()).ref) move(store, lists, 0);
      if (prompt.kind === 'command') runCommand(store, lists, prompt, together ? refuseQuit : quit);
      // A number left empty stays as it was.
      if (prompt.kind === 'entry' && here(store.getState()).screen === 'create')
        creator?.enter(prompt.entry ?? '', text);
      else if (prompt.kind === 'entry') operator?.enter(prompt.entry ?? '', text.trim() || numberBefore(store, prompt));
      if (prompt.kind === 'confirm' && operator) typedWord(store, operator, prompt, together);
      return true;
    case 'tab': {
      const matches = prompt.kind === 'command' ? completions(lists, text) : completed(store.getState(), prompt);
      if (matches.length > 0) put(store, lists, matches[0]!, matches[0]!.length);
      return true;
    }
    case 'down':
    case 'up':
      pick(store, key === 'down' ? 1 : -1);
      return true;
    case 'backspace': {
      const closes = prompt.kind === 'filter' || prompt.kind === 'command';
      if (text === '' && closes) store.setState({ prompt: undefined });
      else put(store, lists, text.slice(0, previous(text, at)) + text.slice(at), previous(text, at));
      return true;
    }
    case 'delete':
      put(store, lists, text.slice(0, at) + text.slice(at + 1), at);
      return true;
    case 'left':
      put(store, lists, text, previous(text, at));
      return true;
    case 'right':
      put(store, lists, text, Math.min(text.length, at + 1));
      return true;
    case 'home':
    case 'ctrl-a':
      put(store, lists, text, 0);
      return true;
    case 'end':
    case 'ctrl-e':
      put(store, lists, text, text.length);
      return true;
    case 'ctrl-u':
      put(store, lists, text.slice(at), 0);
      return true;
    case 'ctrl-w': {
      const kept = text.slice(0, at).replace(/\S*\s*$/, '');
      put(store, lists, kept + text.slice(at), kept.length);
      return true;
    }
    default:
      return false;
  }
}

/** Names of screens that begin with what was typed. */
export function completions(lists: Lists, typed: string): string[] {
  const start = typed.trim().toLowerCase();
  // Before anything is typed, each screen by one name.
  if (start === '') return lists.screens.flatMap(({ names }) => names[0] ?? []);
  const names = lists.screens.flatMap((screen) => screen.names);
  return [...names, 'sort', 'quit'].filter((name) => name.startsWith(start));
}

/** Asked once, in the line itself: a command may not lose what was entered by its first enter. */
const LEAVES = 'enter again leaves it; nothing is written';

/** Runs what was typed after `:`. */
function runCommand(store: Store, lists: Lists, prompt: Prompt, quit: () => void): void {
  const line = prompt.text.trim();
  if (line === '') return;
  const [word = '', ...rest] = line.split(/\s+/);
  const name = word.toLowerCase();
  if (name === 'q' || name === 'q!' || name === 'quit' || name === 'exit') {
    quit();
    return;
  }
  if (name === 'sort') {
    sortByName(store, lists, (rest[0] ?? '').toLowerCase());
    return;
  }
  const exact = lists.screens.find((screen) => screen.names.includes(name));
  const byTitle = lists.screens.filter((screen) => screen.names[0]?.startsWith(name));
  const byAlias = lists.screens.filter((screen) => screen.names.some((each) => each.startsWith(name)));
  const beginning = byTitle.length > 0 ? byTitle : byAlias;
  const screen = exact ?? (beginning.length === 1 ? beginning[0] : undefined);
  if (!screen) {
    const names = (beginning.length > 1 ? beginning : lists.screens).map((each) => each.names[0]).filter(Boolean);
    say(store, `no screen "${word}"; there are ${names.join(', ')}`, 'warn');
    return;
  }
  const filter = rest.join(' ').replace(/^\//, '');
  if (unwritten(store.getState()) !== undefined && prompt.refused !== LEAVES) {
    store.setState({ prompt: { ...prompt, refused: LEAVES } });
    return;
  }
  goTo(store, screen.id);
  if (filter !== '') setFilter(store, lists, filter);
}

/** What stood in a number's line before it was typed anew; nothing for other entries, which can be emptied. */
function numberBefore(store: Store, { entry, before }: Prompt): string {
  const kind = store.getState().operating?.entries.find(({ name }) => name === entry)?.kind;
  return kind === 'number' ? before : '';
}

/** Takes one confirming word; after the last one the operation is written. A pasted enter confirms nothing. */
function typedWord(store: Store, operator: Operator, prompt: Prompt, together: boolean): void {
  const words = store.getState().operating?.plan?.confirm ?? [];
  const given = [...(prompt.given ?? []), prompt.text.trim()];
  const wanted = words[given.length - 1];
  const refuse = (refused: string, text = '') =>
    store.setState({ prompt: { ...prompt, text, at: text.length, refused } });
  if (together) refuse('enter came with other keys, as in a paste: press it again', prompt.text);
  else if (given.at(-1) !== wanted) refuse('not that; nothing was written');
  else if (given.length < words.length) {
    store.setState({ prompt: { ...prompt, text: '', at: 0, given, refused: undefined } });
  } else {
    write(store, operator, given);
  }
}
