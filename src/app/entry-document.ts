/** Entries as documents for an editor, and back. */
import type { Entry } from '../store/operating.ts';

/** What the editor opens: the value; for a list of lines also what there is to choose from, as comments. */
export function documentOf({ kind, title, value, choices }: Entry): string {
  if (kind !== 'lines') return value;
  const help = [
    `${title}: one a line, in the order that counts. Lines that begin with # are left out.`,
    ...(choices.length > 0 ? ['There are:'] : []),
    ...choices.map((choice) => {
      const note = [choice.title === choice.value ? '' : choice.title, choice.disabled].filter(Boolean).join('; ');
      return `  ${choice.value}${note === '' ? '' : `   (${note})`}`;
    }),
  ];
  return `${value}${value === '' ? '' : '\n'}${help.map((line) => `# ${line}`.trimEnd()).join('\n')}\n`;
}

/** The value in an edited document. */
export function enteredIn({ kind }: Pick<Entry, 'kind'>, text: string): string {
  if (kind !== 'lines') return text;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).join('\n');
}
