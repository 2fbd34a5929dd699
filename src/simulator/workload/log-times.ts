/** Times of log lines, finer than they are known: what lies below a millisecond is made up, the same for the same line. */

import { digest } from '../controllers/digest.ts';

const digits = (text: string, count: number): string =>
  String(Number.parseInt(digest(text).slice(0, 10), 16) % 10 ** count).padStart(count, '0');

/** Unix time in ms as `2026-11-29T11:30:15.123456`. */
export const micros = (at: number, of: string): string =>
  `${new Date(at).toISOString().slice(0, 23)}${digits(`${at}/${of}`, 3)}`;

/** Unix time in ms as `2026-11-29T11:30:15.123456789Z`. */
export const nanos = (at: number, of: string): string =>
  `${new Date(at).toISOString().slice(0, 23)}${digits(`${at}/${of}`, 6)}Z`;

/** Less than a second, ms, by which a program began after the second that its kubelet tells. */
export const within = (of: string): number => Number(digits(of, 3)) % 900;

/** What in a line tells its microsecond: of klog, and of etcd. */
const told = /^([IWEF]\d{4} [\d:]{8}\.\d{3}|\{"level":"\w+","ts":"[\dT:.-]{23})(\d{3})/;

/** When a kubelet took a line over, as it stamps it: within the microsecond that the line tells, where it tells one. */
export function taken(at: number, text: string): string {
  const own = told.exec(text)?.[2];
  const stamp = nanos(at, text);
  return own === undefined ? stamp : `${stamp.slice(0, 23)}${own}${stamp.slice(26)}`;
}

/**
 * Lines in the order of time, with microseconds that do not run backwards within a millisecond either, nor are those of
 * another process: `of` is what it is known by.
 */
export function inOrder<T extends { at: number; text: string }>(lines: readonly T[], of: string): T[] {
  const clock = Number(digits(of, 3)) + 1;
  const sorted = lines.map((line) => onClock(line, clock)).sort((a, b) => a.at - b.at);
  for (let first = 0; first < sorted.length; ) {
    let end = first + 1;
    while (end < sorted.length && sorted[end]!.at === sorted[first]!.at) end++;
    if (end - first > 1) {
      const own = sorted.slice(first, end).map(({ text }) => told.exec(text)?.[2]);
      const drawn = apart(own.filter((one) => one !== undefined).sort());
      own.forEach((one, index) => {
        const line = sorted[first + index]!;
        if (one !== undefined) sorted[first + index] = { ...line, text: line.text.replace(told, `$1${drawn.shift()}`) };
      });
    }
    first = end;
  }
  return sorted;
}

/** A line as the clock of its process has it: reckoned, and not drawn, for a log that is followed is told each second. */
function onClock<T extends { at: number; text: string }>(line: T, clock: number): T {
  const own = told.exec(line.text)?.[2];
  if (own === undefined) return line;
  const shifted = (Number(own) + clock * ((line.at % 997) + 1)) % 1000;
  return { ...line, text: line.text.replace(told, `$1${String(shifted).padStart(3, '0')}`) };
}

/** Sorted microseconds, no two the same. */
function apart(sorted: readonly string[]): string[] {
  let last = -1;
  const left = (index: number) => 1000 - sorted.length + index;
  return sorted.map((one, index) => {
    last = Math.min(Math.max(Number(one), last + 1), Math.max(last + 1, left(index)));
    return String(Math.min(999, last)).padStart(3, '0');
  });
}
