/** What an instruction printed, made fit to be shown: no escapes, no secrets, and never more than a screenful of pages. */
import { redactText, redactUserData } from '../redact-text.ts';
import { cleanText } from '../text.ts';
import { formatBytes } from './size.ts';
import { looksLike } from './unpack.ts';

/** Lines kept of the beginning and of the end: what failed says so last. */
const HEAD_LINES = 1_000;
const TAIL_LINES = 4_000;
/** Longest line kept, in UTF-16 units. */
const LINE_LENGTH = 2_000;

/** Values that must not be seen wherever they stand: those of the plan they came from. */
export interface Hidden {
  /** Whole lines of the plan's files. */
  lines: ReadonlySet<string>;
  /** Values of secret variables. */
  values: readonly string[];
}

export interface Printed {
  lines: readonly string[];
  /** Size as printed. */
  bytes: number;
  /** What was left out or could not be read. */
  note?: string;
}

/** Tools draw progress by returning to the start of the line: what stood last is what was to be seen. */
function withoutOverwritten(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n/g, '\n').replace(/[^\n\r]*\r(?=[^\n])/g, '') : text;
}

/** The output of one instruction from its base64. `cut`: more of it was there. Never throws. */
export function printedOf(encoded: string, cut: boolean, hidden: Hidden): Printed {
  const clean = encoded.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) {
    return { lines: [], bytes: encoded.length, note: `${formatBytes(encoded.length)} that are not base64: not shown` };
  }
  const bytes = Buffer.from(clean, 'base64');
  const size = bytes.length;
  if (size > 0 && looksLike(bytes) === 'binary data') {
    return { lines: [], bytes: size, note: `${formatBytes(size)} of binary data: not shown` };
  }
  const text = cleanText(withoutOverwritten(bytes.toString('utf8')), Math.max(1, size * 2));
  const masked = maskPlan(redactText(redactUserData(text)), hidden);
  const all = masked === '' ? [] : masked.split('\n');
  const note = cut ? 'the end is missing: too much to unpack' : undefined;
  if (all.length <= HEAD_LINES + TAIL_LINES) return { lines: all.map(shortLine), bytes: size, note };
  const left = all.length - HEAD_LINES - TAIL_LINES;
  const lines = [
    ...all.slice(0, HEAD_LINES).map(shortLine),
    `<${left} lines left out>`,
    ...all.slice(-TAIL_LINES).map(shortLine),
  ];
  return { lines, bytes: size, note: [`${left} lines in the middle are left out`, note].filter(Boolean).join('; ') };
}

function shortLine(line: string): string {
  return line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)} <${line.length - LINE_LENGTH} more>` : line;
}

function maskPlan(text: string, { lines, values }: Hidden): string {
  let masked = text;
  for (const value of values) masked = masked.replaceAll(value, '<redacted>');
  if (lines.size === 0) return masked;
  return masked
    .split('\n')
    .map((line) => (lines.has(line.trim()) ? '<redacted: a line of the plan>' : line))
    .join('\n');
}
