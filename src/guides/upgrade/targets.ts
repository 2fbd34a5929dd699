/** Where a cluster can be taken from its present version, by the support matrix and the image catalog. */
import type { ClusterRow } from '../../domain/fleet/rows.ts';
import { planeOf } from '../../domain/forecast/preflight.ts';
import { compareVersions, versionOf } from '../../domain/forecast/versions.ts';
import { inOrder, type MatrixRow } from '../../domain/matrix.ts';
import type { Known } from '../contract.ts';
import { leftBehind } from './behind.ts';
import { hopsTo, minorsBetween } from './hops.ts';

/** A release of the matrix, as seen from a cluster. */
export interface Target {
  row: MatrixRow;
  /** The Kubernetes versions that are passed before it. */
  over: readonly string[];
  /** Why it cannot be gone to, as a sentence. */
  refused?: string;
}

/**
 * The releases above the version of a cluster's control plane, the newest first; of one Kubernetes version the newest
 * release. Where workers did not follow that control plane yet, its own version is the last of them, and on every way into
 * another minor. Gives one sentence where its version is not known.
 */
export function targetsOf(
  { fleet, matrix }: Pick<Known, 'fleet' | 'matrix'>,
  cluster: Pick<ClusterRow, 'name'>,
): { from: string; targets: readonly Target[] } | string {
  const plane = planeOf(fleet, cluster.name);
  const from = plane?.version;
  const present = from === undefined ? undefined : versionOf(from);
  if (from === undefined || !present) return `the version of the control plane of ${cluster.name} is not known`;
  const images = fleet.catalog?.images ?? {};
  const has = (version: string) => Object.hasOwn(images, version);
  const seen = new Set<string>();
  const newest = inOrder(matrix)
    .reverse()
    .filter(({ kubernetes }) => !seen.has(kubernetes) && seen.add(kubernetes))
    .filter(({ kubernetes }) => {
      const version = versionOf(kubernetes);
      return version !== undefined && compareVersions(version, present) > 0;
    });
  const workers = fleet.groups.list.filter((group) => !group.controlPlane && group.cluster === cluster.name);
  const rest = leftBehind(workers, from).length > 0;
  const begun = rest ? inOrder(matrix).findLast(({ kubernetes }) => kubernetes === from) : undefined;
  const targets = [...newest, ...(begun ? [begun] : [])].map((row): Target => {
    const way = hopsTo(matrix, { kubernetes: from }, row, [], has);
    if (typeof way === 'string') return { row, over: [], refused: way };
    const first = rest && minorsBetween(from, way[0]?.row.kubernetes ?? from) !== 0 ? [from] : [];
    const over = [...first, ...way.slice(0, -1).map(({ row: { kubernetes } }) => kubernetes)];
    const missing = [...over, row.kubernetes].find((version) => !has(version));
    return { row, over, ...(missing === undefined ? {} : { refused: `the image catalog does not have ${missing}` }) };
  });
  return { from, targets };
}
