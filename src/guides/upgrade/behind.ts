/** Workers that did not follow their control plane to its minor: a hop that was begun and not finished. */
import type { ClusterRow, GroupRow } from '../../domain/fleet/rows.ts';
import { compareVersions, versionOf } from '../../domain/forecast/versions.ts';
import { inOrder, type MatrixRow } from '../../domain/matrix.ts';
import { minorsBetween } from './hops.ts';
import { asksFor } from './release.ts';

/** The groups of workers whose minor is below that of `present`, the version of their control plane; the oldest first. */
export function leftBehind(workers: readonly GroupRow[], present: string): GroupRow[] {
  return workers
    .filter(({ version }) => version !== undefined && (minorsBetween(version, present) ?? 0) > 0)
    .sort((a, b) => {
      const [x, y] = [versionOf(a.version), versionOf(b.version)];
      return x && y ? compareVersions(x, y) : 0;
    });
}

/**
 * The row of the hop that brought a control plane to `present`: of several releases the newest whose network plugin the
 * cluster asks for already, so that nothing more than the workers is wanted; else the newest.
 */
export function begunRow(matrix: readonly MatrixRow[], present: string, cluster: ClusterRow): MatrixRow | undefined {
  const rows = inOrder(matrix).filter(({ kubernetes }) => kubernetes === present);
  return rows.findLast(({ kubeOvn }) => asksFor(cluster, kubeOvn)) ?? rows.at(-1);
}
