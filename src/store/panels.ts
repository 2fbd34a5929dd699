/** The freshness of a panel: the worst among the kinds its figures are made of. */
import type { Freshness, Phase } from '../domain/freshness.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Figure } from './history.ts';

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

const HOSTS: readonly Kind[] = ['host', 'pool', 'baremetalMachine'];
const MACHINES: readonly Kind[] = ['machine', 'baremetalMachine', 'host'];
const PLANS: readonly Kind[] = ['plan', 'host'];
const GROUPS: readonly Kind[] = ['deployment', 'controlPlane', 'machineSet'];

/** What each figure is counted from: without all of it the figure is not known, which is not zero. */
export const FIGURE_KINDS: Readonly<Record<Figure, readonly Kind[]>> = {
  hosts: ['host'],
  inUse: HOSTS,
  free: HOSTS,
  busy: HOSTS,
  bad: HOSTS,
  unpooled: HOSTS,
  machines: ['machine', 'baremetalMachine'],
  machinesRunning: MACHINES,
  machinesBad: MACHINES,
  plansRunning: PLANS,
  plansBad: PLANS,
  groups: GROUPS,
  groupsRolling: GROUPS,
  clusters: ['cluster'],
};

/** Whether a panel made of these kinds may show figures and rows at all, be they old. */
export function isKnown(all: Readonly<Record<Kind, Freshness>>, kinds: readonly Kind[]): boolean {
  const { unknown, synced } = panelFreshness(all, kinds);
  return !unknown && synced;
}
