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
