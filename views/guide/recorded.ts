/** The board of a session that is over, as its own record has it: nothing of it is taken from the fleet of today. */
import { formatAge, timeText } from '../../src/domain/age.ts';
import { cleanLine } from '../../src/domain/text.ts';
import type { Recorded, RecordedStage } from '../../src/guides/recorded.ts';
import { type Swap, wentAt } from '../../src/guides/swaps.ts';
import { section } from '../detail/line.ts';
import type { BoardLine } from './line.ts';

const span = (from: number | undefined, to: number | undefined) =>
  from === undefined || to === undefined ? '' : `, in ${formatAge(Math.max(0, to - from))}`;

function stageLine({ id, title, began, ended, writes }: RecordedStage): BoardLine {
  const wrote = writes.map(({ how, by, operation, outcome }) => {
    const what = how === 'forward' ? 'written' : how;
    return `${what} by ${by} (${operation}${outcome === undefined || outcome === 'done' ? '' : `: ${outcome}`})`;
  });
  const found = writes.length === 0 && began === undefined ? ', was there already' : '';
  const done = ended === undefined ? '' : span(began, ended) || found;
  return {
    id,
    label: ended === undefined ? '[ ]' : '[x]',
    text: cleanLine([`${title}${done}`, ...wrote].join('; '), 400),
    tone: ended === undefined ? 'warn' : 'ok',
  };
}

function swapLine({ group, old, fresh, neverRan }: Swap, at: number): BoardLine {
  const side = (one: Swap['old']) => one?.host ?? one?.name ?? '?';
  const took = neverRan ? ', never ran' : fresh?.up === undefined ? '' : span(old && wentAt(old), fresh.up);
  return {
    id: `${at}`,
    label: '',
    text: cleanLine(`${group}: ${side(old)} > ${fresh ? side(fresh) : 'nobody'}${took}`, 200),
    tone: neverRan ? 'warn' : 'plain',
  };
}

/** Where it comes from, the stages, who went and came. */
export function recordedLines({ stages, swaps, line, last }: Recorded): BoardLine[] {
  const ended = last === undefined ? '' : `, to ${timeText(last)}`;
  const source: BoardLine = {
    id: 'source',
    label: 'told by',
    text: `what the session itself kept${ended}; how the cluster is today is no part of it`,
    tone: 'dim',
  };
  const forward: BoardLine[] = line
    ? [{ id: 'line', label: '', text: cleanLine(`${line.text}, ${timeText(line.at)}`, 200), tone: 'dim' }]
    : [];
  return [
    source,
    ...(section('STAGES', stages.length > 0 ? [...stages.map(stageLine), ...forward] : NONE) as BoardLine[]),
    ...(section('HOSTS SWAPPED', swaps.map(swapLine)) as BoardLine[]),
  ];
}

const NONE: readonly BoardLine[] = [{ id: 'none', label: '', text: 'none was kept', tone: 'dim' }];
