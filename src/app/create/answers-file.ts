/** The file of answers on disk. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../../cli.ts';

/** The text of a file of answers; `-`: of the standard input. Throws UsageError. */
export function readAnswers(path: string | undefined): string {
  if (path === undefined) {
    throw new UsageError(
      'a file of answers is needed: --from FILE, or --answers - for the standard input; "metaldeck create init" makes one. Nothing was done.',
    );
  }
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}). Nothing was done.`);
  }
}

/** The same file as it is by now; as it was where it cannot be read at this moment, and of the standard input. */
export function reread(path: string | undefined, before: string): string {
  if (path === undefined || path === '-') return before;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return before;
  }
}

/** Writes a new file. What is there already is nobody's to overwrite. Throws UsageError. */
export function writeNew(path: string, text: string): void {
  if (existsSync(path))
    throw new UsageError(`${path} is there already: it was left as it is. Name another one by --out.`);
  try {
    writeFileSync(path, text, { mode: 0o644, flag: 'wx' });
  } catch (error) {
    throw new UsageError(`${path} cannot be written (${(error as NodeJS.ErrnoException).code}). Nothing was done.`);
  }
}
