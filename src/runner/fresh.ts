/** Nothing is planned or written on a picture that may be old. */
import { API_KIND, type Kind } from '../domain/kinds.ts';
import type { Operation, Request } from '../operations/contract.ts';
import type { Sight } from './types.ts';

/** The kinds that an operation relies upon. */
export function kindsOf({ kinds }: Operation, { targets }: Pick<Request, 'targets'>): ReadonlySet<Kind> {
  return new Set([...kinds, ...targets.map(({ kind }) => kind)]);
}

/** Whether the picture of all of these kinds is whole, and verified at this moment. */
export function isLive(sight: Sight, kinds: Iterable<Kind>): boolean {
  return notLive(sight, kinds) === undefined;
}

/** The first of these kinds that is not live, as a sentence. An operation may say it better. */
export function notLive(sight: Sight, kinds: Iterable<Kind>): string | undefined {
  const { freshness } = sight.picture();
  for (const kind of kinds) {
    const { phase, synced, error } = freshness[kind];
    if (phase === 'live' && synced) continue;
    const word = phase === 'live' ? 'syncing' : phase;
    return `${API_KIND[kind]} is not live (${error ? `${word}: ${error}` : word}): nothing is written on what may be old`;
  }
  return undefined;
}
