/** How meaning looks. Only the sixteen basic colours, so that every palette and background stays readable. */
import type { Tone } from '../../hooks/screen.ts';

const ESC = '\u001b[';
const CODES: Readonly<Record<Tone, readonly [string, string]>> = {
  plain: ['', ''],
  dim: ['2', '22'],
  title: ['1', '22'],
  ok: ['32', '39'],
  busy: ['36', '39'],
  warn: ['33', '39'],
  bad: ['1;31', '22;39'],
  stale: ['2;33', '22;39'],
};

/** Wraps `text` in the escapes of a tone. The text must be clean: it is not sanitised here. */
export function paint(text: string, tone: Tone | undefined): string {
  if (!tone || tone === 'plain' || text === '') return text;
  const [open, close] = CODES[tone];
  return `${ESC}${open}m${text}${ESC}${close}m`;
}

/** The bar under the cursor; it keeps the tones of what it covers. */
export function inverse(text: string): string {
  return `${ESC}7m${text}${ESC}27m`;
}
