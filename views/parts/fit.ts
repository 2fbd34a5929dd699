/** Text cut and padded to an exact number of terminal cells. */
import stringWidth from 'string-width';

const ASCII = /^[\x20-\x7e]*$/;

/** Width in terminal cells. */
export function width(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

function takeStart(text: string, cells: number): string {
  let used = 0;
  let taken = '';
  for (const character of text) {
    const wide = width(character);
    if (used + wide > cells) break;
    used += wide;
    taken += character;
  }
  return taken;
}

function takeEnd(text: string, cells: number): string {
  let used = 0;
  let taken = '';
  for (const character of [...text].reverse()) {
    const wide = width(character);
    if (used + wide > cells) break;
    used += wide;
    taken = character + taken;
  }
  return taken;
}

/** Which part of a text is given up; `after`: so many characters at its start, and what has no room behind them. */
export type Cut = 'start' | 'middle' | 'end' | { after: number };

/** Cuts `text` to at most `cells`, marking the cut. `from` says which part is given up. */
export function cut(text: string, cells: number, from: Cut = 'end', utf8 = true): string {
  if (cells <= 0) return '';
  if (width(text) <= cells) return text;
  const dots = utf8 ? '…' : '~';
  if (cells === 1) return dots;
  const room = cells - 1;
  if (from === 'start') return dots + takeEnd(text, room);
  if (from === 'end') return takeStart(text, room) + dots;
  if (typeof from === 'object') return cut(dots + text.slice(from.after), cells, 'end', utf8);
  const tail = Math.ceil(room * 0.6);
  return takeStart(text, room - tail) + dots + takeEnd(text, tail);
}

/** Exactly `cells` wide. */
export function fitText(text: string, cells: number, how: { align?: 'right'; cut?: Cut; utf8?: boolean } = {}): string {
  const short = cut(text, cells, how.cut, how.utf8);
  const pad = ' '.repeat(Math.max(0, cells - width(short)));
  return how.align === 'right' ? pad + short : short + pad;
}

/** Breaks text into lines of at most `cells`, at its own line ends and at spaces where there are any; at least one. */
export function wrap(text: string, cells: number): string[] {
  if (text.includes('\n')) return text.split('\n').flatMap((line) => wrap(line, cells));
  if (width(text) <= cells || cells < 2) return [text];
  const lines: string[] = [];
  let rest = text;
  while (width(rest) > cells) {
    const most = takeStart(rest, cells);
    // A space right after the cut is as good a place as any.
    const space = rest[most.length] === ' ' ? most.length : most.lastIndexOf(' ');
    // One early in the line leaves it half empty: only for a word that is whole on the next, a name mostly.
    const end = rest.indexOf(' ', space + 1);
    const word = rest.slice(space + 1, end < 0 ? undefined : end);
    const at = space > most.length / 2 || (space > 0 && width(word) <= cells) ? space : most.length;
    lines.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest !== '') lines.push(rest);
  return lines;
}
