/** How long things take in this fleet, learnt by looking on: per cluster and per what is waited for. */
import { type Duration, spreadOf } from './spread.ts';

/**
 * A plan by its type (`clean`, `reprovision`, `storage-prepare`, ...), from written to applied; or one of:
 * `join`, from the reprovision plan applied to the machine Running; `machine-running`, from the Machine's creation to
 * Running; `machine-gone`, from its deletion being asked for to its being gone; `kube-ovn`, from another revision asked for
 * to its AppRelease settled on it; `first-plan`, from a host registered to Ready.
 */
export type What = string;

/** One that was seen from its beginning to its end, without trouble. */
export interface Sample {
  /** The same for everyone who saw it: two metaldecks that look on together count it once. */
  id: string;
  /** When it ended, epoch ms. */
  at: number;
  /** Empty for a host that belongs to no cluster. */
  cluster: string;
  what: What;
  /** How long it took. */
  ms: number;
}

/** Everything that was learnt; immutable. */
export interface Learnt {
  /** Oldest first. */
  readonly samples: readonly Sample[];
}

export interface Usual extends Duration {
  /** Whose: this cluster's own, or all clusters' where it has too few of its own yet. */
  of: 'cluster' | 'fleet';
}

export const NOTHING_LEARNT: Learnt = { samples: [] };

/** The newest that are kept of one thing in one cluster: hardware and images change, and so does what is usual. */
export const KEPT_EACH = 100;
/** And of all things in all clusters. */
export const KEPT = 10_000;

const keyOf = ({ cluster, what }: { cluster: string; what: What }) => `${cluster}\n${what}`;

/** With what was seen since; the same object where nothing is new. */
export function withSamples(learnt: Learnt, fresh: readonly Sample[]): Learnt {
  const known = new Set(learnt.samples.map(({ id, what }) => `${what}\n${id}`));
  const added = fresh.filter(({ id, what }) => {
    const name = `${what}\n${id}`;
    if (known.has(name)) return false;
    known.add(name);
    return true;
  });
  if (added.length === 0) return learnt;
  const counts = new Map<string, number>();
  const samples: Sample[] = [];
  const all = [...learnt.samples, ...added].sort((a, b) => b.at - a.at);
  for (const sample of all) {
    const count = (counts.get(keyOf(sample)) ?? 0) + 1;
    counts.set(keyOf(sample), count);
    if (count <= KEPT_EACH && samples.length < KEPT) samples.push(sample);
  }
  return { samples: samples.reverse() };
}

const tables = new WeakMap<Learnt, Map<string, Duration>>();

function tableOf(learnt: Learnt): Map<string, Duration> {
  const known = tables.get(learnt);
  if (known) return known;
  const lengths = new Map<string, number[]>();
  const add = (key: string, ms: number) => lengths.set(key, [...(lengths.get(key) ?? []), ms]);
  for (const sample of learnt.samples) {
    add(`cluster\n${keyOf(sample)}`, sample.ms);
    add(`fleet\n${sample.what}`, sample.ms);
  }
  const table = new Map<string, Duration>();
  for (const [key, list] of lengths) {
    const spread = spreadOf(list);
    if (spread) table.set(key, spread);
  }
  tables.set(learnt, table);
  return table;
}

/** How long something usually takes in a cluster, ms; `undefined` where it was never seen from beginning to end. */
export function usual(learnt: Learnt, cluster: string | undefined, what: What): Usual | undefined {
  const table = tableOf(learnt);
  const own = table.get(`cluster\n${keyOf({ cluster: cluster ?? '', what })}`);
  const fleet = table.get(`fleet\n${what}`);
  // One or two of its own say less than many of the others.
  if (fleet && (!own || (own.count < LEAST_TO_JUDGE && fleet.count >= LEAST_TO_JUDGE)))
    return { ...fleet, of: 'fleet' };
  return own && { ...own, of: 'cluster' };
}

/** Fewer than these teach nothing about what is late. */
export const LEAST_TO_JUDGE = 5;
/** What is learnt from a few is not exact: so much more than the 95th percentile is still nothing to wake anybody for. */
const SLACK = 60_000;

/**
 * After how long it is late, ms: twice the 95th percentile and a minute; one single straggler must not make lateness
 * unknowable, so the 95th percentile counts as ten times the median at most. `undefined` where too little was seen.
 */
export function lateAfter(duration: Duration | undefined): number | undefined {
  if (!duration || duration.count < LEAST_TO_JUDGE) return undefined;
  return 2 * Math.min(duration.p95, 10 * duration.median) + SLACK;
}
