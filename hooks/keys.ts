/** From what Ink heard to the names of keys. Over a slow line several keys arrive as one chunk. */
import type { Key } from 'ink';

const NAMED: readonly [keyof Key, string][] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u001b': 'escape',
};

/** The keys in one input event, in order; an unknown key (a function key) gives none. */
export function keyNames(input: string, key: Key): string[] {
  if (input === '' || key.ctrl) {
    const named = NAMED.find(([flag]) => key[flag]);
    if (named) return [named[1]];
  }
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input.toLowerCase()}`];
  // A slow line delivers escape and the next key as one: no key of ours is held with Alt.
  const before = key.meta && input !== '' ? ['escape'] : [];
  const keys = [...input].map((character) => {
    const code = character.charCodeAt(0);
    if (CONTROLS[character]) return CONTROLS[character];
    if (code < 0x20) return `ctrl-${String.fromCharCode(code + 0x60)}`;
    return character;
  });
  return [...before, ...keys];
}
