/** A panel's heading: its name, how many of how many, its filter and order, and how fresh it is. */
import { useApp } from '../../hooks/use-state.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import { panelFreshness } from '../../src/store/panels.ts';
import { cut, fitText, width } from './fit.ts';
import { phaseWord } from './phase.ts';
import { paint } from './style.ts';
import { Line } from './table.tsx';

export interface PanelTitleProps {
  title: string;
  detail?: string;
  warning?: string;
  kinds: readonly Kind[];
}

export function PanelTitle({ title, detail, warning, kinds }: PanelTitleProps) {
  const freshness = useApp((state) => state.freshness);
  const now = useApp((state) => state.now);
  const columns = useApp((state) => state.columns);
  const fresh = panelFreshness(freshness, kinds);
  const word = phaseWord(fresh, now);
  // What is live needs no word on every panel: the header has said it. Anything else does.
  const said = kinds.length === 0 || fresh.phase === 'live' ? '' : word.text;
  // Why it is not live is half of what to do about it.
  const why = fresh.phase === 'stale' || fresh.phase === 'auth' ? fresh.error : undefined;
  const room = Math.max(1, columns - width(said) - 2);
  // A long name must not push out what is to be known before anything is done here.
  const name = cut(` ${title}`, warning ? Math.max(12, room - width(warning) - 3) : room);
  const rest = fitText(
    `${detail ? `  ${detail}` : ''}${warning ? `  ${warning}` : ''}${why ? `  ${why}` : ''}`,
    Math.max(0, room - width(name)),
  );
  return (
    <Line text={`${paint(name, 'title')}${paint(rest, warning || why ? 'warn' : 'dim')} ${paint(said, word.tone)}`} />
  );
}
