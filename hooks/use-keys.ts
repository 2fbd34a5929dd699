/** Ink's input wired to the keymap and the prompt. State is read from the store at the moment of each key. */
import { useInput, usePaste } from 'ink';
import { type Binding, type KeyContext, press } from './keymap.ts';
import { keyNames } from './keys.ts';
import { say } from './navigation.ts';
import { promptKey, typeText } from './prompt.ts';

/** So many characters after an enter nobody has typed ahead: fewer a slow line may deliver together. */
const PASTED = 16;
const isCharacter = (key: string) => [...key].length === 1;
const READING: readonly string[] = ['down', 'up', 'pagedown', 'pageup', 'home', 'end'];

/** Handles one key by name. Returns nothing; unknown keys do nothing. */
export function handleKey(bindings: readonly Binding[], context: KeyContext, key: string, together: boolean): void {
  const { store, lists } = context;
  // A line that takes nothing gives way to reading on; letters it swallows.
  if (store.getState().prompt?.void && READING.includes(key)) store.setState({ prompt: undefined });
  if (store.getState().prompt) {
    if (promptKey(store, lists, key, together, context)) return;
    if (isCharacter(key)) typeText(store, lists, key);
    return;
  }
  const { notice } = store.getState();
  if (!(store.getState().help && helpKey(context, key))) press(bindings, context, key, together);
  // A question whether to leave all the same must still stand when it is answered, and only then.
  if (notice !== undefined && store.getState().notice === notice) store.setState({ notice: undefined });
}

/**
 * Handles the keys of one chunk, as the terminal sent it. A slow line delivers a whole word at once, and a terminal
 * without bracketed paste a pasted one: both are text, and neither does anything, for what acts must come alone.
 */
export function handleKeys(bindings: readonly Binding[], context: KeyContext, keys: readonly string[]): void {
  // A second line of some length was pasted into the open one, and must not run as keys on what is behind it.
  const enter = keys.indexOf('enter');
  const behind = enter < 0 ? 0 : keys.slice(enter + 1).filter(isCharacter).length;
  if (context.store.getState().prompt && behind >= PASTED) {
    const text = keys.map((key) => (key === 'enter' ? '\n' : isCharacter(key) ? key : '')).join('');
    handlePaste(context, text);
    return;
  }
  for (const key of keys) handleKey(bindings, context, key, keys.length > 1);
}

/** Help scrolls with the movement keys and closes with any other that is not a screen. */
function helpKey({ store, quit }: KeyContext, key: string): boolean {
  const by = { down: 1, j: 1, up: -1, k: -1, pagedown: 10, pageup: -10, home: -1000, g: -1000 }[key];
  if (by !== undefined) {
    store.setState((state) => ({ helpOffset: Math.max(0, state.helpOffset + by) }));
    return true;
  }
  if (key === 'ctrl-c') quit();
  if (key === 'escape' || key === '?' || key === 'q' || key === 'ctrl-c' || key === 'enter') {
    store.setState({ help: false });
    return true;
  }
  return false;
}

/** Text pasted in one go is text for the prompt, or nothing at all: never a run of keys. */
export function handlePaste({ store, lists }: KeyContext, text: string): void {
  const { prompt } = store.getState();
  if (prompt?.void) return;
  if (prompt?.kind === 'confirm') {
    store.setState({ prompt: { ...prompt, text: '', at: 0, refused: 'pasted text does not confirm: type it' } });
  } else if (prompt) typeText(store, lists, text);
  else say(store, 'pasted text was ignored; open : or / first to paste into it');
}

/** Listens for as long as the component is mounted. */
export function useKeys(bindings: readonly Binding[], context: KeyContext): void {
  useInput((input, key) => {
    const names = keyNames(input, key);
    handleKeys(bindings, context, names);
  });
  usePaste((text) => handlePaste(context, text));
}
