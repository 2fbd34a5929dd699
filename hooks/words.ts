/** A line of `name=value` words: what the word under the cursor may be, and how the last one goes on. */
import type { Targets, WordField } from '../src/store/guiding.ts';
import type { Prompt } from '../src/store/state.ts';

type Fields = readonly WordField[];

/** The last word of a text. */
export const wordAt = (text: string): string => /\S*$/.exec(text)?.[0] ?? '';

/** Names of fields that the line has not yet. */
function missing(fields: Fields, line: string): WordField[] {
  const given = line.split(/\s+/).map((word) => word.split('=')[0]);
  return fields.filter(({ name }) => !given.includes(name));
}

/**
 * What the last word of `typed` can become: a name that is not given yet, or a value of its field. A value that is there
 * whole narrows nothing down: the others are offered too.
 */
export function wordChoices(fields: Fields, typed: string): Targets {
  const word = wordAt(typed);
  const equals = word.indexOf('=');
  if (equals < 0) {
    const before = typed.slice(0, typed.length - word.length);
    const fit = missing(fields, before).filter(({ name }) => name.startsWith(word));
    return fit.map(({ name, says }) => ({ value: `${name}=`, title: `${name}: ${says}` }));
  }
  const field = fields.find(({ name }) => name === word.slice(0, equals));
  const value = word.slice(equals + 1);
  const comma = field?.list ? value.lastIndexOf(',') : -1;
  const [kept, last] = [value.slice(0, comma + 1), value.slice(comma + 1)];
  const free = (field?.values ?? []).filter((one) => !kept.split(',').includes(one));
  // A number of hosts is none of their names, and gives way to them as a whole value does.
  const whole = free.includes(last) || (field?.list === true && kept === '' && /^\d+$/.test(last));
  const fit = whole ? free : free.filter((one) => one.startsWith(last));
  return fit.map((one) => ({ value: `${field!.name}=${kept}${one}`, title: one }));
}

/** What is said of the word under the cursor: its field and an example, or which fields there are. */
export function fieldHint(fields: Fields, { text, at, picked }: Pick<Prompt, 'text' | 'at' | 'picked'>): string {
  const word = wordAt(text.slice(0, at)) + (/^\S*/.exec(text.slice(at))?.[0] ?? '');
  const named = fields.find(({ name }) => name === word.split('=')[0]);
  const others = missing(fields, text).map(({ name }) => `${name}=`);
  const more = others.length > 0 ? `; space adds ${others.join(' ')}` : '';
  if (named && word.includes('=')) {
    const typed = picked?.typed ?? text;
    const count = at === text.length ? wordChoices(fields, typed).length : 0;
    const place = picked ? ` (${picked.at + 1} of ${count})` : count > 1 ? ` (down: all ${count})` : '';
    return `${named.name}: ${named.says}${place}${more}`;
  }
  const fit = missing(fields, text.slice(0, at - wordAt(text.slice(0, at)).length)).filter(({ name }) =>
    name.startsWith(word),
  );
  if (fit.length === 1) return `${fit[0]!.name}: ${fit[0]!.says} (tab)`;
  return fit.length === 0
    ? `there is no field "${word}": ${fields.map(({ name }) => `${name}=`).join(' ')}`
    : `a field, tab or down completes it: ${fit.map(({ name }) => `${name}=`).join(' ')}`;
}
