/** The freshness of a panel: the worst among the kinds its figures are made of. */
import type { Freshness, Phase } from '../domain/freshness.ts';
import type { Kind } from '../domain/kinds.ts';

/** From best to worst: what a panel must confess first. */
const ORDER: readonly Phase[] = ['live', 'syncing', 'waiting', 'stale', 'auth', 'absent', 'forbidden'];

export interface PanelFreshness {
  phase: Phase;
  /** The kind that decides it. */
  kind?: Kind;
  /** The oldest verification among the kinds that are not live, epoch ms. */
  verifiedAt?: number;
  error?: string;
  /** Every kind holds a complete list, whatever its age. */
  synced: boolean;
  /** Nothing of a kind may be shown at all: what would be a figure is not a zero. */
  unknown: boolean;
}

/** Judges a panel made of `kinds`. */
export function panelFreshness(all: Readonly<Record<Kind, Freshness>>, kinds: readonly Kind[]): PanelFreshness {
  let worst: Kind | undefined;
  let rank = -1;
  let verifiedAt: number | undefined;
  let synced = true;
  let unknown = false;
  for (const kind of kinds) {
    const fresh = all[kind];
    const at = ORDER.indexOf(fresh.phase);
    if (at > rank) {
      rank = at;
      worst = kind;
    }
    if (!fresh.synced) synced = false;
    if (fresh.phase === 'forbidden' || fresh.phase === 'absent' || (!fresh.synced && fresh.phase !== 'syncing'))
      unknown = true;
    if (fresh.phase !== 'live' && fresh.verifiedAt !== undefined && (verifiedAt ?? Infinity) > fresh.verifiedAt) {
      verifiedAt = fresh.verifiedAt;
    }
  }
  const fresh = worst ? all[worst] : undefined;
  return { phase: fresh?.phase ?? 'waiting', kind: worst, verifiedAt, error: fresh?.error, synced, unknown };
}
