import { type Learnt, lateAfter, usual, type What } from '../durations/learnt.ts';
import type { Match } from './types.ts';

/**
 * How long things may take before somebody should look. metaldeck's own measure: the provider documents none. A host
 * takes five to ten minutes from its plan to its Node; the longest usual limit of Cluster API, a health check's
 * nodeStartupTimeout, is 30 minutes (Cluster API book, MachineHealthCheck).
 */
const MINUTE = 60_000;

export const LIMITS = {
  /** From the reprovision plan written to any word of the agent. */
  agent: 15 * MINUTE,
  /** From the reprovision plan applied to the Node: a reboot and a join. */
  join: 12 * MINUTE,
  /** From the host allocated to the bootstrap data, which a control plane makes in seconds. */
  bootstrap: 2 * MINUTE,
  /** From the deletion to the clean plan applied. */
  clean: 15 * MINUTE,
  /** From a deletion asked for to any word of a controller: one that runs says so within a second. */
  takenUp: MINUTE,
  /** A drain, a volume or a hook. */
  deletion: 10 * MINUTE,
  /** From a host registered to its first plan applied: the system is written to its disk, and it starts from that. */
  firstPlan: 20 * MINUTE,
  /** A DaemonSet that lacks Pods, from the last change of it: a Pod that pulls its image takes a minute or some. */
  daemons: 10 * MINUTE,
  /** A chart of the network plugin. */
  release: 15 * MINUTE,
  /** The building of installation media. */
  build: 30 * MINUTE,
  /** The observer reports about every 60 s and is fresh for 300 s (MachineInventory storage, provider documentation). */
  observation: 10 * MINUTE,
  /** A pause somebody may have forgotten; below it, it is meant. */
  created: 5 * MINUTE,
} as const;

/** The shortest of them: nothing that has waited for less is late. */
export const SHORTEST = Math.min(...Object.values(LIMITS));

/** Whether something that began at `since` has gone on for longer than `limit`; what has no beginning is not late. */
export function isLate(since: number | undefined, limit: number, now: number): boolean {
  return since !== undefined && now - since > limit;
}

/** `warn` once late, `bad` at three times the limit; nothing before. */
export function lateness(since: number | undefined, limit: number, now: number): 'warn' | 'bad' | undefined {
  if (!isLate(since, limit, now)) return undefined;
  return isLate(since, 3 * limit, now) ? 'bad' : 'warn';
}

/** Nothing that was learnt makes anything late before this. */
const SHORTEST_LEARNT = 60_000;

/** What has waited for less is not late, ms. */
export const shortest = ({ samples }: Learnt): number => (samples.length > 0 ? SHORTEST_LEARNT : SHORTEST);

/**
 * Something that is late: by what it takes in this fleet, or by `limit` (ms) where too little was seen of it. Whoever asks
 * about it is told as soon as it takes longer than 95 of 100 that were seen.
 */
export function late(
  { now, learnt, closely }: { now: number; learnt: Learnt; closely?: boolean | undefined },
  wait: { cluster: string | undefined; what: What; since: number | undefined; limit: number; text: string },
): Match | undefined {
  const known = usual(learnt, wait.cluster, wait.what);
  const after = lateAfter(known);
  const severity = lateness(wait.since, after ?? wait.limit, now);
  if (severity) {
    return { severity, text: wait.text, since: wait.since, ...(after === undefined ? {} : { usual: known }) };
  }
  const slow = closely && known !== undefined && isLate(wait.since, known.p95, now);
  return slow ? { severity: 'warn', text: wait.text, since: wait.since, usual: known } : undefined;
}
