/**
 * How fresh what is held of a kind is. The shape is the domain's; here are the facts only a watcher knows, and the
 * questions a reader may ask of it.
 */
import type { Freshness as DomainFreshness } from '../domain/freshness.ts';

export type { Phase } from '../domain/freshness.ts';

export type Freshness = DomainFreshness;

/** What is known before anything was asked. `now` is epoch ms. */
export function waitingSince(now: number): Freshness {
  return { phase: 'waiting', synced: false, since: now, count: 0 };
}

/**
 * Whether the number of objects held may be read as a number of the server's, of now or of the time of `verifiedAt`.
 * Never true for a kind that is forbidden or absent: those hold nothing, which is not the same as zero.
 */
export function isCountable(freshness: Freshness): boolean {
  return freshness.synced && freshness.phase !== 'forbidden' && freshness.phase !== 'absent';
}

/** The served version in a list path: `v1beta1` of `/apis/cluster.x-k8s.io/v1beta1/...`, `v1` of `/api/v1/...`. */
export function versionOfPath(path: string): string | undefined {
  return /^\/(?:api|apis\/[^/]+)\/([^/]+)/.exec(path)?.[1];
}
