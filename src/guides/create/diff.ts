/** What stands in the cluster against what the manifests want, field by field. */
import { get } from '../../domain/read.ts';
import type { Raw } from '../../operations/contract.ts';
import { dropped, pathUnder } from './dropped.ts';

export interface Difference {
  path: string;
  /** Absent: it is not there. */
  from?: unknown;
  /** Absent: it goes. */
  to?: unknown;
}

const isBag = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two texts of an object speak the same words: a server may answer in another version than it was asked for. */
export function isComparable(live: Raw, wanted: Raw): boolean {
  return live['apiVersion'] === wanted['apiVersion'];
}

/**
 * Where an object is not as it is wanted. What it has beyond that is its own: servers, webhooks and controllers add to
 * objects. Only what was put there by an earlier apply of ours goes, where it is wanted no longer. Lists are compared item
 * by item. `live`: null where there is none.
 */
export function differences(live: Raw | null, wanted: Raw): Difference[] {
  const found: Difference[] = [];
  compare(live ?? undefined, wanted, '', found);
  return live ? [...found, ...dropped(live, wanted)] : found;
}

function compare(live: unknown, wanted: unknown, path: string, found: Difference[]): void {
  if (isBag(wanted) && (isBag(live) || live === undefined)) {
    for (const [key, value] of Object.entries(wanted)) {
      if (path === '' && (key === 'apiVersion' || key === 'kind')) continue;
      if (path === 'metadata' && (key === 'name' || key === 'namespace') && live !== undefined) continue;
      compare(get(live, key), value, pathUnder(path, key), found);
    }
    return;
  }
  if (Array.isArray(wanted) && Array.isArray(live) && live.length === wanted.length) {
    for (const [at, item] of wanted.entries()) compare(live[at], item, `${path}[${at}]`, found);
    return;
  }
  if (isSame(live, wanted)) return;
  found.push({ path, ...(live === undefined ? {} : { from: live }), to: wanted });
}

/** A Go duration is written back in full by whoever reads it: `5m` becomes `5m0s`. */
function isSame(live: unknown, wanted: unknown): boolean {
  if (live === wanted) return true;
  if (typeof live !== 'string' || typeof wanted !== 'string') return false;
  const [one, other] = [secondsOf(live), secondsOf(wanted)];
  return one !== undefined && one === other;
}

function secondsOf(text: string): number | undefined {
  const match = /^(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/.exec(text);
  if (!match || text === '') return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}
