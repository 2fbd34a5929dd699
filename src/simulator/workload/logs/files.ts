/**
 * The files that runs of containers write: whatever was read once stays as it was, though what it was told from is gone or
 * looks otherwise by now. A file only grows, until it is full and its older half is taken away whole.
 */

import type { LogLine } from '../../api/pod-logs.ts';
import { mostLines } from './run.ts';

/** A file as it was last read. */
interface File {
  lines: LogLine[];
  /** When that was, Unix time in ms. */
  read: number;
}

/** So late may a line come to be known, ms: of some things only the second is told. */
const late = 3000;
/** So many files are remembered: more are hardly read in one session, and each may be long. */
const most = 64;

/** What a line is known by: below a millisecond lines of one moment are only put in order. */
const keyOf = ({ at, text }: LogLine): string => `${at} ${text.replace(/(\.\d{3})\d{3}/, '$1')}`;

/** The files of a cluster that were read. */
export class LogFiles {
  readonly #files = new Map<string, File>();

  /**
   * The lines of a run, the oldest first: those that were read before, and behind them what is new of `told`. `key`: what
   * the run is known by; `told`: its lines as they are told now, of `from` on whole (Unix time in ms); `now`: until when.
   */
  read(key: string, told: readonly LogLine[], from: number, now: number): LogLine[] {
    const known = this.#files.get(key);
    const begins = told.length > mostLines ? told[told.length - mostLines]!.at : from;
    // Of what lies between nobody knows any more: it was turned over since.
    const isGone = known === undefined || begins > known.read;
    const lines = isGone ? told.slice(-mostLines) : grown(known, told);
    if (lines.length > mostLines) lines.splice(0, mostLines / 2);
    // The one that was read last is the last to be forgotten.
    this.#files.delete(key);
    this.#files.set(key, { lines, read: isGone ? now : Math.max(known.read, now) });
    if (this.#files.size > most) this.#files.delete(this.#files.keys().next().value!);
    return [...lines];
  }
}

/** Nothing is written before what was already read: whoever tells it anew then tells of another present. */
function grown({ lines, read }: File, told: readonly LogLine[]): LogLine[] {
  const after = Math.max(read - late, lines.at(-1)?.at ?? 0);
  const recent = new Set(lines.filter(({ at }) => at >= after).map(keyOf));
  return [...lines, ...told.filter((line) => line.at >= after && !recent.has(keyOf(line)))];
}
