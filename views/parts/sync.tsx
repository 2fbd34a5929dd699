/** While the first lists arrive: one bar a kind, so that a large fleet is seen to come. */

import { Box } from 'ink';
import { useApp, useDeck } from '../../hooks/use-state.ts';
import { API_KIND, KINDS, type Kind } from '../../src/domain/kinds.ts';
import type { State } from '../../src/store/state.ts';
import { fitText } from './fit.ts';
import { paint } from './style.ts';
import { Line } from './table.tsx';

/** Kinds whose first list is not complete yet; those that cannot be read are not among them. */
export function syncingKinds(state: State): Kind[] {
  return KINDS.filter((kind) => {
    const fresh = state.freshness[kind];
    return !fresh.synced && (fresh.phase === 'syncing' || fresh.phase === 'waiting');
  });
}

/** One line a kind, at most `height` of them. */
export function SyncPanel({ height }: { height: number }) {
  const freshness = useApp((state) => state.freshness);
  const columns = useApp((state) => state.columns);
  const { utf8 } = useDeck();
  const kinds = KINDS.filter(
    (kind) => !freshness[kind].synced && ['syncing', 'waiting'].includes(freshness[kind].phase),
  );
  const cells = Math.min(40, Math.max(10, columns - 48));
  const [full, empty] = utf8 ? ['█', '░'] : ['#', '.'];
  return (
    <Box flexDirection="column">
      {kinds.slice(0, height).map((kind) => {
        const { count, expected } = freshness[kind];
        const done = expected ? Math.min(cells, Math.floor((count / expected) * cells)) : 0;
        const bar = expected ? full.repeat(done) + empty.repeat(cells - done) : fitText('', cells);
        const figure = expected ? `${count} of ${expected}` : count > 0 ? `${count} so far` : 'asking';
        return <Line key={kind} text={` ${fitText(API_KIND[kind], 26)} ${paint(bar, 'busy')} ${figure}`} />;
      })}
    </Box>
  );
}
