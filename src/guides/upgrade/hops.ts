/** The way from one version to another: one minor at a time, each hop a row of the support matrix. */
import { minorOf } from '../../domain/forecast/versions.ts';
import { inOrder, type MatrixRow } from '../../domain/matrix.ts';
import { isLower } from './coredns.ts';

/** One hop: what the cluster is brought to. */
export interface Hop {
  row: MatrixRow;
  /** What it comes from, as the hop before or the cluster has it. */
  from: string;
}

/** What hops begin with. */
export interface Start {
  /** `spec.version` of the control plane. */
  kubernetes: string;
  /** Tag of its CoreDNS, where it is known. */
  coredns?: string;
}

/** The row a text names: a release (`v4.3.2`), or a Kubernetes version, of which the newest release counts. */
export function rowNamed(matrix: readonly MatrixRow[], text: string): MatrixRow | undefined {
  return matrix.find(({ acp }) => acp === text) ?? inOrder(matrix).findLast(({ kubernetes }) => kubernetes === text);
}

/** Minors from one to another: 0 within the same. Undefined: one of them is no version, or the major changes. */
export function minorsBetween(from: string, to: string): number | undefined {
  const [a, b] = [minorOf(from), minorOf(to)];
  return a && b && a.major === b.major ? b.minor - a.minor : undefined;
}

/** Whether the catalog has an image of a row. */
export type HasImage = (kubernetes: string) => boolean;

/** Why a cluster cannot go straight to a row: a trap in the way, as a sentence. */
export function trapOf(row: MatrixRow, coredns: string | undefined): string | undefined {
  return isLower(row.coredns, coredns) ? `CoreDNS would go down from ${coredns} to ${row.coredns}` : undefined;
}

/** How many traps a way has; a missing image counts more than a CoreDNS that goes down. */
function cost(rows: readonly MatrixRow[], start: Start, has: HasImage): number {
  let coredns = start.coredns;
  let sum = 0;
  for (const row of rows) {
    if (!has(row.kubernetes)) sum += 100;
    if (trapOf(row, coredns) !== undefined) sum += 1;
    coredns = row.coredns;
  }
  return sum;
}

/** All rows of a minor, the newest first: of each Kubernetes version only the newest release. */
export function rowsOfMinor(matrix: readonly MatrixRow[], like: string, above: number): MatrixRow[] {
  const seen = new Set<string>();
  return inOrder(matrix)
    .filter(({ kubernetes }) => minorsBetween(like, kubernetes) === above)
    .reverse()
    .filter(({ kubernetes }) => !seen.has(kubernetes) && seen.add(kubernetes));
}

/**
 * The hops from `start` to the row `target`, or one sentence why there are none. In between, `chosen` rows are taken
 * where there are such; else, of each minor, the newest row on a way with the fewest traps: images that the catalog
 * lacks, and a CoreDNS that would go down. What traps remain are told by the gates.
 */
export function hopsTo(
  matrix: readonly MatrixRow[],
  start: Start,
  target: MatrixRow,
  chosen: readonly MatrixRow[],
  has: HasImage,
): Hop[] | string {
  const distance = minorsBetween(start.kubernetes, target.kubernetes);
  if (distance === undefined)
    return `from ${start.kubernetes} to ${target.kubernetes} there is no way by minor versions`;
  if (distance < 0)
    return `${target.kubernetes} is older than ${start.kubernetes}: Kubernetes is never taken back a minor`;
  const place = (row: MatrixRow) => minorsBetween(start.kubernetes, row.kubernetes) ?? -1;
  const astray = chosen.find((row) => row !== target && (place(row) < 0 || place(row) >= Math.max(1, distance)));
  if (astray)
    return `${astray.acp} (${astray.kubernetes}) does not lie between ${start.kubernetes} and ${target.kubernetes}`;
  let ways: MatrixRow[][] = [[]];
  for (let above = 0; above <= distance; above++) {
    const own = chosen.filter((row) => row !== target && place(row) === above);
    if (own.length > 1) return `${own.map(({ acp }) => acp).join(' and ')} are of the same minor`;
    // Within the minor it comes from, a cluster stays as it is unless somebody wants otherwise.
    if (above === 0 && distance > 0 && own.length === 0) continue;
    const last = above === distance ? [...own, target] : own;
    if (last.length > 0) {
      ways = ways.map((way) => [...way, ...last]);
      continue;
    }
    const some = rowsOfMinor(matrix, start.kubernetes, above);
    if (some.length === 0) {
      const minor = minorOf(start.kubernetes);
      return `the support matrix has no row of v${minor?.major}.${(minor?.minor ?? 0) + above}, which must be passed`;
    }
    ways = ways.flatMap((way) => some.map((row) => [...way, row]));
  }
  // The newest are tried first, and an earlier way wins where two are equal.
  const best = ways.reduce((a, b) => (cost(b, start, has) < cost(a, start, has) ? b : a));
  return best.map((row, at) => ({ row, from: at === 0 ? start.kubernetes : (best[at - 1]?.kubernetes ?? '') }));
}
