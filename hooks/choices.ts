/** What may be entered into the line at the bottom: narrowed down by what is typed, gone through by the arrows. */
import type { Targets } from '../src/store/guiding.ts';
import type { Prompt, State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import { entryOf } from './create.ts';
import { wordAt, wordChoices } from './words.ts';

type Choice = Targets[number];

/** The last word of a line: one of a list is typed behind the others. */
const lastWord = (text: string): string => /[^ ,]*$/.exec(text)?.[0] ?? '';

const withoutLast = (text: string): string => text.slice(0, text.length - lastWord(text).length);

/** What the last word of an answer means, where it is a choice that says more than its name. */
export function meaningOf(state: State, prompt: Prompt): string | undefined {
  const last = lastWord(prompt.text);
  const chosen = entryOf(state, prompt)?.choices.find(({ value }) => value === last);
  return chosen && chosen.title !== chosen.value ? `${chosen.value}: ${chosen.title}` : undefined;
}

/** The choices that fit what was typed, before any of them was picked; those that cannot be taken among them. */
export function choicesOf(state: State, prompt: Prompt): readonly Choice[] {
  const typed = prompt.picked?.typed ?? prompt.text;
  if (prompt.asks?.fields) return wordChoices(prompt.asks.fields, typed);
  if (prompt.asks) {
    return prompt.asks.choices.filter(({ value, title }) => `${value} ${title}`.includes(typed.trim()));
  }
  const last = lastWord(typed);
  return (entryOf(state, prompt)?.choices ?? []).filter(({ value }) => value.startsWith(last));
}

const possible = (choices: readonly Choice[]): Choice[] => choices.filter(({ disabled }) => disabled === undefined);

/** The line with what was typed completed to each that can be taken. */
export function completed(state: State, prompt: Prompt): string[] {
  const typed = prompt.picked?.typed ?? prompt.text;
  if (prompt.asks?.fields) {
    const before = typed.slice(0, typed.length - wordAt(typed).length);
    return wordChoices(prompt.asks.fields, typed).map(({ value }) => before + value);
  }
  const before = prompt.asks ? '' : typed.slice(0, typed.length - lastWord(typed).length);
  return possible(choicesOf(state, prompt)).map(({ value }) => before + value);
}

/** Puts the next or the one before of what can be taken into the line; from the last it goes on with the first. */
export function pick(store: Store, by: 1 | -1): void {
  const state = store.getState();
  const { prompt } = state;
  if (!prompt) return;
  // What stood in the line from the beginning narrows nothing down.
  const { text: now, before: stood } = prompt;
  const typed = prompt.picked?.typed ?? (now === stood ? withoutLast(now) : now);
  const before = prompt.picked?.at ?? (by > 0 ? -1 : 0);
  const lines = completed(state, { ...prompt, picked: { typed, at: 0 } });
  if (lines.length === 0) return;
  const at = (before + by + lines.length) % lines.length;
  const text = lines[at]!;
  store.setState({ prompt: { ...prompt, text, at: text.length, refused: undefined, picked: { typed, at } } });
}

/** So many are named behind what is typed. */
const NAMED = 3;

/** What fits, as it stands behind the line: the first few, and how many there are; or the one that is picked, and its place. */
export function choicesHint(state: State, prompt: Prompt, name: (choice: Choice) => string): string {
  // What stood in the line from the beginning narrows nothing down here either.
  const stood = prompt.text === prompt.before && !prompt.picked && !prompt.asks;
  const fit = choicesOf(state, stood ? { ...prompt, text: withoutLast(prompt.text) } : prompt);
  const picked = prompt.picked && possible(fit)[prompt.picked.at];
  if (picked) return `${prompt.picked!.at + 1} of ${possible(fit).length}: ${name(picked)}`;
  const shown = fit.slice(0, NAMED).map((each) => (each.disabled ? `(${name(each)})` : name(each)));
  const more = fit.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more: down`] : [])].join('  ');
}
