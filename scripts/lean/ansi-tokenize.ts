// Takes the place of @alcalzone/ansi-tokenize in the bundle. Ink takes every line of the screen apart again for every
// frame, although hardly any has changed: what a line consists of is remembered for the last few hundred lines.
import * as ansi from '@alcalzone/ansi-tokenize';

export * from '@alcalzone/ansi-tokenize';

const most = 400;
const lines = new Map<string, ansi.Token[]>();
const chars = new WeakMap<ansi.Token[], ansi.StyledChar[]>();

/** The tokens of `text`. Shared: nobody may change them. */
export function tokenize(text: string, endChar?: number): ansi.Token[] {
  if (endChar !== undefined) return ansi.tokenize(text, endChar);
  let tokens = lines.get(text);
  if (tokens) lines.delete(text);
  else tokens = ansi.tokenize(text);
  // At the end again: the first ones are those that were not asked for the longest time.
  lines.set(text, tokens);
  if (lines.size > most) lines.delete(lines.keys().next().value!);
  return tokens;
}

/** The characters of tokens with their styles. Shared: nobody may change them. */
export function styledCharsFromTokens(tokens: ansi.Token[]): ansi.StyledChar[] {
  let made = chars.get(tokens);
  if (!made) {
    made = ansi.styledCharsFromTokens(tokens);
    chars.set(tokens, made);
  }
  return made;
}
