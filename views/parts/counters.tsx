/** The fleet in figures, each with its last ten minutes and what has just changed. */

import { Box } from 'ink';
import type { Tone } from '../../hooks/screen.ts';
import { useApp, useDeck } from '../../hooks/use-state.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import type { Figure } from '../../src/store/history.ts';
import { panelFreshness } from '../../src/store/panels.ts';
import { fitText } from './fit.ts';
import { unknownFigure } from './phase.ts';
import { sparkline } from './sparkline.ts';
import { paint } from './style.ts';
import { Line } from './table.tsx';

interface Shown {
  figure: Figure;
  label: string;
  kinds: readonly Kind[];
  /** The tone of a figure above zero. */
  tone?: Tone;
}

const HOSTS: readonly Kind[] = ['host', 'pool', 'baremetalMachine'];

const SHOWN: readonly Shown[] = [
  { figure: 'hosts', label: 'hosts', kinds: ['host'] },
  { figure: 'inUse', label: 'in use', kinds: HOSTS },
  { figure: 'free', label: 'free', kinds: HOSTS, tone: 'ok' },
  { figure: 'busy', label: 'busy', kinds: HOSTS, tone: 'busy' },
  { figure: 'bad', label: 'bad', kinds: HOSTS, tone: 'bad' },
  { figure: 'machines', label: 'machines', kinds: ['machine', 'baremetalMachine'] },
  { figure: 'plansRunning', label: 'plans run', kinds: ['plan', 'host'], tone: 'busy' },
  { figure: 'plansBad', label: 'plans bad', kinds: ['plan', 'host'], tone: 'bad' },
];

const LEAST = 19;

/** How many lines the figures take at a width. */
export function counterLines(columns: number): number {
  return Math.ceil(SHOWN.length / perLine(columns));
}

function perLine(columns: number): number {
  return Math.min(SHOWN.length, Math.max(1, Math.floor(columns / LEAST)));
}

export function CountersPanel() {
  const counters = useApp((state) => state.fleet.counters);
  const history = useApp((state) => state.history);
  const marks = useApp((state) => state.marks);
  const freshness = useApp((state) => state.freshness);
  const now = useApp((state) => state.now);
  const columns = useApp((state) => state.columns);
  const { utf8 } = useDeck();
  const each = perLine(columns);
  const cells = Math.floor(columns / each);
  const blocks = SHOWN.map(({ figure, label, kinds, tone }) => {
    const fresh = panelFreshness(freshness, kinds);
    const value = counters[figure];
    if (fresh.unknown) return `${fitText(` ${label}`, 10)} ${paint(fitText(unknownFigure(fresh), cells - 11), 'warn')}`;
    const mark = marks[figure];
    const delta = mark && mark.until > now ? `${mark.delta > 0 ? '+' : ''}${mark.delta}` : '';
    const verified = fresh.phase === 'live' || fresh.phase === 'syncing';
    const text = fresh.synced ? `${value}` : `${value}+`;
    const shown = fitText(text, Math.max(text.length, 5), { align: 'right' });
    const beside = verified ? (delta === '' ? '' : ` ${delta}`) : '?';
    const room = Math.max(0, cells - 10 - shown.length - beside.length);
    const spark = room > 1 ? ` ${sparkline(history.samples[figure] ?? [], room - 1, utf8)}` : '';
    return (
      fitText(` ${label}`, 10) +
      paint(shown, verified ? (value > 0 ? (tone ?? 'title') : 'dim') : 'stale') +
      paint(beside, delta.startsWith('-') ? 'warn' : 'busy') +
      paint(fitText(spark, room), 'dim')
    );
  });
  const lines: string[] = [];
  for (let index = 0; index < blocks.length; index += each) lines.push(blocks.slice(index, index + each).join(''));
  return (
    <Box flexDirection="column">
      {lines.map((text, index) => (
        <Line key={`${index + 1}`} text={text} />
      ))}
    </Box>
  );
}
