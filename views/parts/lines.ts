/** Screens of lines with a label before them: how they are broken, and their two columns. */
import type { Column, Tone } from '../../hooks/screen.ts';
import { formatAge } from '../../src/domain/age.ts';
import { wrap } from './fit.ts';

export interface LabelledLine {
  id: string;
  label: string;
  text: string;
  tone?: Tone;
  /** Since when, epoch ms: its age is shown behind the text. */
  since?: number;
  /** The text before it was broken into lines. */
  whole?: string;
  /** Shown behind the text: for how long, how long it usually takes, and after how long it is late; ms. */
  pace?: { since: number; usual?: number; lateAfter: number };
}

/** What somebody means who copies a line of a board: the command in it, or the address, or else all of it. */
export function meantOf(text: string): string {
  const command = /(?:^|: )\$ (.+)$/.exec(text)?.[1];
  return command ?? /https?:\/\/[^\s()]+/.exec(text)?.[0] ?? text;
}

/** Lines too long for the screen go on below; the age comes behind the last of the text. `room`: cells that it takes. */
export function brokenLines<L extends LabelledLine>(
  lines: readonly L[],
  columns: number,
  label: number,
  room: number,
): L[] {
  const whole = Math.max(20, columns - label - 4);
  return lines.flatMap((line) => {
    const aged = line.since !== undefined || line.pace !== undefined;
    const parts = wrap(line.text, aged ? whole - room : whole);
    return parts.map((text, at) => {
      const last = at === parts.length - 1;
      return {
        ...line,
        ...(at > 0 ? { id: `${line.id}+${at}`, label: '' } : {}),
        whole: line.text,
        since: last ? line.since : undefined,
        pace: last ? line.pace : undefined,
        text,
      };
    });
  });
}

/** The label, and the text with its age or pace. */
export function lineColumns<L extends LabelledLine>(label: number, cut?: 'start'): readonly Column<L>[] {
  return [
    {
      key: 'label',
      title: '',
      min: label,
      rank: 0,
      ...(cut ? { cut } : {}),
      cell: (line) => ({ text: line.label, tone: line.tone === 'title' ? 'title' : (line.tone ?? 'dim') }),
    },
    {
      key: 'text',
      title: '',
      min: 20,
      grow: 1,
      rank: 0,
      cell({ pace, since, text, tone }, look) {
        if (!pace) return { text: since === undefined ? text : `${text} (${formatAge(look.now - since)} ago)`, tone };
        const spent = look.now - pace.since;
        const of = pace.usual ? ` of ${formatAge(pace.usual)}` : '';
        return { text: `${text} (${formatAge(spent)}${of})`, tone: spent > pace.lateAfter ? 'warn' : tone };
      },
    },
  ];
}
