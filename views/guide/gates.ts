/** The gates of the board as lines: what stands in the way, its evidence, and what helps. */
import type { Tone } from '../../hooks/screen.ts';
import { cleanLine } from '../../src/domain/text.ts';
import type { Course, Gate } from '../../src/guides/contract.ts';
import { presentStage } from '../../src/guides/next.ts';
import { shut } from '../../src/guides/session.ts';
import { section } from '../detail/line.ts';
import type { BoardLine } from './line.ts';

const GATES: Readonly<Record<Gate['result'], { sign: string; tone: Tone }>> = {
  pass: { sign: 'ok', tone: 'ok' },
  warn: { sign: 'careful', tone: 'warn' },
  block: { sign: 'SHUT', tone: 'bad' },
  unknown: { sign: 'NOT KNOWN', tone: 'bad' },
};

const TO_SAY = { sign: 'TO SAY', tone: 'warn' } as const;

function gateLines(gate: Gate): BoardLine[] {
  const { name, result, title, figure, remedy, asks, passedBy, secondHand, override } = gate;
  // What only people know is no fault: it wants to be said.
  const { sign, tone } = result !== 'pass' && asks !== undefined ? TO_SAY : GATES[result];
  const through = passedBy ? `; ${cleanLine(passedBy.by)}: "${cleanLine(passedBy.words, 120)}"` : '';
  const mark = result !== 'pass' && passedBy ? { sign: 'GONE THROUGH', tone: 'warn' as const } : { sign, tone };
  const more = shut(gate)
    ? [
        ...(remedy ? [`${remedy.text}${remedy.command ? `: $ ${remedy.command}` : ''}`] : []),
        ...(asks === undefined ? [] : [`enter: say ${asks}`]),
        ...(asks === undefined && override === 'typed' ? [`enter: type ${name} to go through it all the same`] : []),
      ]
    : [];
  return [
    {
      id: name,
      label: mark.sign,
      text: cleanLine(
        result === 'pass' && passedBy
          ? `${title}${through}`
          : `${title}: ${figure}${secondHand ? ' (second-hand)' : ''}${through}`,
        400,
      ),
      tone: mark.tone,
      gate: name,
      ref: gate.evidence[0]?.ref,
    },
    ...(shut(gate)
      ? gate.evidence.slice(0, 3).map(
          ({ of, says, at, ref }, index): BoardLine => ({
            id: `${name}/says/${index}`,
            label: '',
            text: cleanLine(`${of}: ${says}`, 300),
            since: at,
            tone: 'dim',
            ref,
          }),
        )
      : []),
    ...more.map(
      (text, index): BoardLine => ({
        id: `${name}/${index}`,
        label: '',
        text: cleanLine(text, 400),
        tone: 'dim',
        gate: name,
      }),
    ),
  ];
}

/** The gates before the present stage: those that pass only where they are few. */
export function gatesShown(course: Course): BoardLine[] {
  const stage = presentStage(course);
  if (!stage || stage.state === 'running') return [];
  const all = [...course.gates, ...stage.gates];
  const loud = all.filter((gate) => gate.result !== 'pass' || gate.passedBy);
  const quiet = all.length - loud.length;
  const order = (gate: Gate) => (shut(gate) ? 0 : gate.result === 'pass' ? 2 : 1);
  const lines = [...loud].sort((a, b) => order(a) - order(b)).flatMap(gateLines);
  const passed = { id: 'passed', label: 'ok', text: `${quiet} more pass`, tone: 'ok' as const };
  return section('GATES', [...lines, ...(quiet > 0 ? [passed] : [])], `before ${stage.title}`) as BoardLine[];
}
