import type { Freshness } from '../domain/freshness.ts';
import { type Kind, NEEDED_KINDS } from '../domain/kinds.ts';
import { attentionOf } from '../store/attention.ts';
import type { State } from '../store/state.ts';

/** Version of the JSON document's shape: fields are added under the same number, never renamed or removed. */
export const SNAPSHOT_SCHEMA = 'metaldeck.snapshot/v1';

/** 0 healthy, 1 attention needed, 2 could not know. */
export type Verdict = 0 | 1 | 2;

/** The kind without which a view's rows say nothing. */
export const VIEW_KINDS: Readonly<Record<string, readonly Kind[]>> = {
  pools: ['pool', 'host'],
  hosts: ['host'],
  machines: ['machine', 'baremetalMachine'],
  groups: ['deployment', 'controlPlane'],
  plans: ['plan'],
  clusters: ['cluster'],
  onboarding: ['registration', 'seedImage', 'catalog'],
  events: ['event'],
};

/** Kinds of which something needed is not known, and why. */
export function unknownKinds(freshness: Readonly<Record<Kind, Freshness>>): { kind: Kind; why: string }[] {
  return NEEDED_KINDS.flatMap((kind) => {
    const fresh = freshness[kind];
    if (fresh.phase === 'live' && fresh.synced) return [];
    return [{ kind, why: fresh.error ?? fresh.phase }];
  });
}

/** The exit code of a snapshot. */
export function verdictOf(state: State): Verdict {
  if (unknownKinds(state.freshness).length > 0) return 2;
  return attentionOf(state).length > 0 ? 1 : 0;
}
