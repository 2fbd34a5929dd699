/** Where a cluster can go, for whoever does not say it, or names what is no way. */
import type { ClusterRow } from '../../domain/fleet/rows.ts';
import type { Known } from '../../guides/contract.ts';
import { targetsOf } from '../../guides/upgrade/targets.ts';

/**
 * The targets there are as text and as data. `to`: what was asked for in vain; the text is empty where that is an open
 * target, which is refused for something else.
 */
export function whereTo(
  known: Pick<Known, 'fleet' | 'matrix'>,
  cluster: Pick<ClusterRow, 'name'>,
  to?: string,
): { text: string; targets: object[] } {
  const found = targetsOf(known, cluster);
  if (typeof found === 'string') return { text: found, targets: [] };
  const { from, targets } = found;
  const lines = targets.map(({ row: { kubernetes, acp }, over, refused }) => {
    const rest = kubernetes === from ? 'its workers, which have yet to follow' : '';
    const way = refused ? `no: ${refused}` : over.length > 0 ? `over ${over.join(', ')}` : rest;
    return `  ${kubernetes.padEnd(16)}${acp.padEnd(10)}${way}`.trimEnd();
  });
  const list = lines.length > 0 ? `:\n${lines.join('\n')}\n` : ': nothing, by the support matrix';
  const open = targets.some(
    ({ row, refused }) => refused === undefined && [row.kubernetes, row.acp].includes(to ?? ''),
  );
  return {
    text: open ? '' : `From ${from} ${cluster.name} can go to${list}`,
    targets: targets.map(({ row: { kubernetes, acp }, over, refused }) => ({
      kubernetes,
      release: acp,
      over,
      refused,
    })),
  };
}
