import { readFile } from 'node:fs/promises';
import { cleanLine } from '../../domain/text.ts';
import { KubeError } from '../types.ts';
import { unreadable } from './load.ts';

/** How long a token file is taken to be unchanged, in ms: its token is rotated while we run (client-go does the same). */
export const tokenFileMs = 60_000;

/**
 * Reads a bearer token from a file.
 * @throws KubeError `Credentials` when it cannot be read or is empty
 */
export async function readToken(path: string): Promise<string> {
  let token: string;
  try {
    token = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw credentialsError(`the token file ${path} ${unreadable((error as NodeJS.ErrnoException).code)}`);
  }
  if (!token) throw credentialsError(`the token file ${path} is empty`);
  return token;
}

/** The error of credentials that could not be had; `text` is one sentence without a full stop. */
export function credentialsError(text: string): KubeError {
  return new KubeError(0, 'Credentials', cleanLine(text));
}
