/** The support matrix with the user's own rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { UsageError } from '../cli.ts';
import { type MatrixRow, matrixWith } from '../domain/matrix.ts';
import { configPath } from './config.ts';

/** `$XDG_CONFIG_HOME/metaldeck/support-matrix.yaml`, beside the config file. */
export function matrixPath(env: NodeJS.ProcessEnv): string {
  return join(configPath(env), '..', 'support-matrix.yaml');
}

/** The published rows with those of the file, where there is one. Throws UsageError for one that cannot be understood. */
export function readMatrix(path: string): readonly MatrixRow[] {
  const wrong = (what: string) => new UsageError(`${path}: ${what}; nothing was done.`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return matrixOf(undefined, wrong);
    throw new UsageError(`${path} cannot be read (${code}); nothing was done.`);
  }
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw wrong(`it is not YAML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
  return matrixOf(content, wrong);
}

function matrixOf(content: unknown, wrong: (what: string) => UsageError): readonly MatrixRow[] {
  const rows = matrixWith(content);
  if (typeof rows === 'string') throw wrong(rows);
  return rows;
}
