/** The fleet in figures, each with its last ten minutes and what has just changed. */

import type { Tone } from '../../hooks/screen.ts';
import { useApp, useDeck } from '../../hooks/use-state.ts';
import type { Figure } from '../../src/store/history.ts';
import { FIGURE_KINDS, panelFreshness } from '../../src/store/panels.ts';
import { deltaText } from './cells.ts';
import { fitText } from './fit.ts';
import { unknownFigure } from './phase.ts';
import { sparkline } from './sparkline.ts';
import { paint } from './style.ts';
import { type KeyedLine, Lines } from './table.tsx';

interface Shown {
  figure: Figure;
  label: string;
  /** The tone of a figure above zero. */
  tone?: Tone;
}

const SHOWN: readonly Shown[] = [
  { figure: 'hosts', label: 'hosts' },
  { figure: 'inUse', label: 'in use' },
  { figure: 'free', label: 'free', tone: 'ok' },
  { figure: 'busy', label: 'busy', tone: 'busy' },
  { figure: 'bad', label: 'bad', tone: 'bad' },
  { figure: 'unpooled', label: 'no pool' },
  { figure: 'plansRunning', label: 'plans run', tone: 'busy' },
  { figure: 'plansBad', label: 'plans bad', tone: 'bad' },
];

const LEAST = 19;

/** How many lines the figures take at a width. */
export function counterLines(columns: number): number {
  return Math.ceil(SHOWN.length / perLine(columns));
}

function perLine(columns: number): number {
  // A whole number of equal lines: 8, 4, 2 or 1 beside one another.
  let each = SHOWN.length;
  while (each > 1 && columns / each < LEAST) each /= 2;
  return each;
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
  const blocks = SHOWN.map(({ figure, label, tone }) => {
    const fresh = panelFreshness(freshness, FIGURE_KINDS[figure]);
    const value = counters[figure];
    if (fresh.unknown) return `${fitText(` ${label}`, 10)} ${paint(fitText(unknownFigure(fresh), cells - 11), 'warn')}`;
    const mark = marks[figure];
    const delta = mark && mark.until > now ? deltaText(mark.delta, utf8) : '';
    const verified = fresh.phase === 'live' || fresh.phase === 'syncing';
    const text = fresh.synced ? `${value}` : `${value}+`;
    const shown = fitText(text, Math.max(text.length, 5), { align: 'right' });
    const beside = verified ? (delta === '' ? '' : ` ${delta}`) : '?';
    const room = Math.max(0, cells - 10 - shown.length - beside.length);
    const spark = room > 1 ? ` ${sparkline(history.samples[figure] ?? [], room - 1, utf8)}` : '';
    return (
      fitText(` ${label}`, 10) +
      paint(shown, verified ? (value > 0 ? (tone ?? 'title') : 'dim') : 'stale') +
      paint(beside, delta !== '' && mark!.delta < 0 ? 'warn' : 'busy') +
      paint(fitText(spark, room), 'dim')
    );
  });
  const lines: KeyedLine[] = [];
  for (let index = 0; index < blocks.length; index += each) {
    lines.push({ key: `${index}`, text: blocks.slice(index, index + each).join('') });
  }
  return <Lines lines={lines} />;
}
