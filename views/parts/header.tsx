/** Which server this is, and how fresh the whole picture is. */

import type { Tone } from '../../hooks/screen.ts';
import { useApp } from '../../hooks/use-state.ts';
import { clockText } from '../../src/domain/age.ts';
import { API_KIND, KINDS, type Kind, OPTIONAL_KINDS } from '../../src/domain/kinds.ts';
import type { Followed } from '../../src/store/operating.ts';
import { panelFreshness } from '../../src/store/panels.ts';
import { cut, fitText, width } from './fit.ts';
import { phaseWord } from './phase.ts';
import { paint } from './style.ts';
import { Line } from './table.tsx';

/** Without these there is no picture at all; the others only darken their own panels. */
const CORE: readonly Kind[] = ['host', 'pool', 'baremetalMachine', 'machine'];

/** Operations that should not be forgotten, on every screen. */
function workOf(tray: readonly Followed[], writing: string | undefined): { text: string; tone: Tone } | undefined {
  if (writing !== undefined) return { text: 'WRITING', tone: 'busy' };
  const of = (wanted: Followed['state']) => tray.filter(({ state }) => state === wanted).length;
  const half = of('half done');
  if (half > 0) return { text: `o: ${half} HALF DONE`, tone: 'bad' };
  const running = of('running');
  if (tray.some(({ state, overdue }) => state === 'running' && overdue))
    return { text: `o: ${running} OVERDUE`, tone: 'warn' };
  return running > 0 ? { text: `o: ${running} under way`, tone: 'busy' } : undefined;
}

export function Header() {
  const session = useApp((state) => state.session);
  const freshness = useApp((state) => state.freshness);
  const now = useApp((state) => state.now);
  const columns = useApp((state) => state.columns);
  const core = panelFreshness(freshness, CORE);
  const word = phaseWord(core, now);
  const lagging = KINDS.filter((kind) => {
    const { phase } = freshness[kind];
    return phase !== 'live' && !(OPTIONAL_KINDS.includes(kind) && (phase === 'absent' || phase === 'forbidden'));
  });
  const more =
    core.phase === 'live' && lagging.length > 0
      ? ` (${lagging.length > 1 ? `${lagging.length} kinds` : API_KIND[lagging[0]!]} not)`
      : '';
  // Minutes: a clock of seconds would write to a slow line for ever.
  const clock = clockText(now).replace(/:\d\dZ$/, 'Z');
  const right = `${paint(word.text, word.tone)}${paint(more, 'warn')}  ${clock}`;
  const tray = useApp((state) => state.tray);
  const writing = useApp((state) => state.writing);
  const work = workOf(tray, writing);
  const rightWidth = (work ? width(work.text) + 2 : 0) + width(word.text + more) + 2 + width(clock);
  const room = Math.max(10, columns - rightWidth - 2);
  const left = [
    session.demo ? 'metaldeck DEMO' : 'metaldeck',
    session.readOnly === undefined ? '' : 'READ-ONLY',
    // The server's host comes first: a context's name can be changed by anyone.
    session.host || (session.demo ? 'starting the simulation' : 'connecting'),
    session.context,
    session.namespace,
    session.impersonating ? `as ${session.impersonating}` : '',
  ]
    .filter(Boolean)
    .join('  ');
  return (
    <Line
      text={`${paint(fitText(cut(` ${left}`, room), room), 'title')} ${work ? `${paint(work.text, work.tone)}  ` : ''}${right}`}
    />
  );
}
