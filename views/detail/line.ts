/** The lines of a detail screen, as data: what is known of one object, in sections. */

import type { Tone } from '../../hooks/screen.ts';
import type { ObjectRef } from '../../src/domain/fleet/rows.ts';

export interface DetailLine {
  /** Stable while the line means the same, so that the cursor stays on it. */
  id: string;
  label: string;
  text: string;
  tone?: Tone;
  /** Shown as an age after the text, epoch ms. */
  since?: number;
  /** What enter opens. */
  ref?: ObjectRef;
  /** The value as it was before it was broken into lines. */
  whole?: string;
}

/** One field; nothing at all where the value is not known. */
export function field(
  label: string,
  value: string | number | boolean | undefined,
  more: { tone?: Tone; since?: number; ref?: ObjectRef } = {},
): DetailLine[] {
  if (value === undefined || value === '')
    return more.since === undefined ? [] : [{ id: label, label, text: '', ...more }];
  const text = value === true ? 'yes' : value === false ? 'no' : `${value}`;
  return [{ id: label, label, text, ...more }];
}

/** A heading with what follows; nothing where nothing follows. */
export function section(title: string, lines: readonly DetailLine[], note = ''): DetailLine[] {
  if (lines.length === 0) return [];
  return [
    { id: `-${title}`, label: '', text: '' },
    { id: `=${title}`, label: title, text: note, tone: 'title' },
    ...lines.map((line) => ({ ...line, id: `${title}/${line.id}` })),
  ];
}
