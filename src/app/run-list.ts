/** What `metaldeck run` can run: every operation, what it is for, and how it is called. */
import type { Field, Operation } from '../operations/contract.ts';
import { RUN_SCHEMA } from './run-text.ts';

const VALUE: Readonly<Record<Field['kind'], string>> = {
  number: 'N',
  text: 'TEXT',
  choice: 'CHOICE',
  lines: 'LINE...',
  editor: '@FILE',
};

/** How an operation is called. */
export function usageOf({ id, on, many, fields }: Operation): string {
  const flags = fields.map(({ name, flag = name, kind, optional }) => {
    const text = `--${flag} ${VALUE[kind]}`;
    return optional ? `[${text}]` : text;
  });
  return ['metaldeck run', id, `${on.join('|')}/NAME${many ? '...' : ''}`, ...flags].join(' ');
}

/** For people: an operation and how it is called, each on its line. */
export function operationsText(operations: readonly Operation[]): string {
  const width = Math.max(...operations.map(({ id }) => id.length));
  const lines = operations.flatMap((operation) => [
    `  ${operation.id.padEnd(width)}  ${operation.about}`,
    `    ${usageOf(operation)}`,
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
      fields: fields.map(({ name, flag = name, title, kind, optional = false }) => ({ flag, title, kind, optional })),
    })),
  };
}
