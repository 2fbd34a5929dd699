/** What `metaldeck run` can run: every operation, what it is for, and how it is called. */
import { quoted } from '../domain/explain/steps.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Field, Operation, World } from '../operations/contract.ts';
import { askedOf } from './operating.ts';
import { RUN_SCHEMA } from './run-text.ts';

const VALUE: Readonly<Record<Field['kind'], string>> = {
  number: 'N',
  text: 'TEXT',
  choice: 'CHOICE',
  lines: 'LINE...',
  editor: '@FILE',
};

const COLUMNS = 80;

/** How an operation is called, as words that belong together. */
function wordsOf({ id, on, many, fields }: Operation): string[] {
  const flags = askedOf({ fields }).map(({ name, flag = name, kind, optional }) => {
    const text = `--${flag} ${VALUE[kind]}`;
    return optional ? `[${text}]` : text;
  });
  return ['metaldeck run', id, `${on.join('|')}/NAME${many ? '...' : ''}`, ...flags];
}

/** How an operation is called. */
export function usageOf(operation: Operation): string {
  return wordsOf(operation).join(' ');
}

/**
 * How an operation is called on one object, with what has to be entered: as it stands there at first where that is a text, which is what
 * the operation itself would take; `given` comes before that. It is to be pasted: what a server said is one word of a shell,
 * whatever it holds.
 */
export function callOf(
  operation: Operation,
  target: ObjectRef,
  world: World,
  given: Readonly<Record<string, string>> = {},
): string {
  const flags = askedOf(operation).flatMap(({ name, flag = name, kind, initial, optional, said }) => {
    const value =
      given[name] ?? said?.(world, [target]) ?? (kind === 'text' && !optional ? initial(world, [target]) : '');
    return optional && value === '' ? [] : `--${flag} ${quoted(value || VALUE[kind])}`;
  });
  return ['metaldeck run', operation.id, quoted(`${target.kind}/${target.name}`), ...flags].join(' ');
}

/** Words in lines that fit a narrow terminal, those after the first further in. */
function folded(words: readonly string[], indent: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  for (const word of words) {
    const next = line.trim() === '' ? `${line}${word}` : `${line} ${word}`;
    if (next.length > COLUMNS && line.trim() !== '') {
      lines.push(line);
      line = `${' '.repeat(indent + 2)}${word}`;
    } else line = next;
  }
  return [...lines, line];
}

/** For people: an operation and how it is called, each on its line. */
export function operationsText(operations: readonly Operation[]): string {
  const width = Math.max(...operations.map(({ id }) => id.length));
  const lines = operations.flatMap((operation) => [
    ...folded([operation.id.padEnd(width), ...operation.about.split(' ')], 2),
    ...folded(wordsOf(operation), 4),
  ]);
  return `${['Operations', ...lines, '', '--dry-run only asks the server; --confirm says what a destructive one wants.'].join('\n')}\n`;
}

/** For programs. */
export function operationsData(operations: readonly Operation[]) {
  return {
    schema: RUN_SCHEMA,
    exitCode: 0,
    operations: operations.map(({ id, title, about, on, many, fields }) => ({
      id,
      title,
      about,
      targets: on,
      many,
      fields: askedOf({ fields }).map(({ name, flag = name, title, kind, optional = false }) => ({
        flag,
        title,
        kind,
        optional,
      })),
    })),
  };
}
