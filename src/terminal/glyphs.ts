import stringWidth from 'string-width';

/** The signs the views draw with. Each is one cell wide. */
export interface Glyphs {
  readonly horizontal: string;
  readonly vertical: string;
  readonly topLeft: string;
  readonly topRight: string;
  readonly bottomLeft: string;
  readonly bottomRight: string;
  readonly teeLeft: string;
  readonly teeRight: string;
  readonly teeTop: string;
  readonly teeBottom: string;
  readonly crossing: string;
  readonly arrowUp: string;
  readonly arrowDown: string;
  readonly arrowLeft: string;
  readonly arrowRight: string;
  readonly bullet: string;
  readonly dot: string;
  readonly check: string;
  readonly cross: string;
  readonly ellipsis: string;
  /** A bar's done and open part. */
  readonly full: string;
  readonly empty: string;
  /** Eight heights, lowest first. */
  readonly spark: readonly string[];
}

const UNICODE: Glyphs = {
  horizontal: '─',
  vertical: '│',
  topLeft: '┌',
  topRight: '┐',
  bottomLeft: '└',
  bottomRight: '┘',
  teeLeft: '├',
  teeRight: '┤',
  teeTop: '┬',
  teeBottom: '┴',
  crossing: '┼',
  arrowUp: '↑',
  arrowDown: '↓',
  arrowLeft: '←',
  arrowRight: '→',
  bullet: '•',
  dot: '·',
  check: '✓',
  cross: '✗',
  ellipsis: '…',
  full: '█',
  empty: '░',
  spark: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};

const ASCII: Glyphs = {
  horizontal: '-',
  vertical: '|',
  topLeft: '+',
  topRight: '+',
  bottomLeft: '+',
  bottomRight: '+',
  teeLeft: '+',
  teeRight: '+',
  teeTop: '+',
  teeBottom: '+',
  crossing: '+',
  arrowUp: '^',
  arrowDown: 'v',
  arrowLeft: '<',
  arrowRight: '>',
  bullet: '*',
  dot: '.',
  check: '+',
  cross: 'x',
  ellipsis: '~',
  full: '#',
  empty: '.',
  spark: ['_', '.', ':', '-', '=', '+', '*', '#'],
};

/** The signs for a terminal that shows UTF-8, or their ASCII likenesses. */
export function glyphs(utf8: boolean): Glyphs {
  return utf8 ? UNICODE : ASCII;
}

const NEAR: ReadonlyMap<string, string> = new Map([
  ...Object.keys(UNICODE).flatMap((name): [string, string][] => {
    const key = name as keyof Glyphs;
    return key === 'spark'
      ? UNICODE.spark.map((sign, height): [string, string] => [sign, ASCII.spark[height]!])
      : [[UNICODE[key], ASCII[key]]];
  }),
  ...pairs('–—―‐‑‒−', '-'),
  ...pairs('‘’‚′', "'"),
  ...pairs('“”„″«»', '"'),
  ...pairs('‹◀◂', '<'),
  ...pairs('›▶▸❯', '>'),
  ...pairs('▲△', '^'),
  ...pairs('▼▽', 'v'),
  ...pairs('●◆■▪◉', '*'),
  ...pairs('○◇□▫', 'o'),
  ...pairs('×✕✘', 'x'),
  ...pairs('✔', '+'),
  ...pairs('▒▓▌▐▀', '#'),
  ...pairs('═━┄┅┈┉╌╍', '-'),
  ...pairs('║┃┆┇┊┋╎╏', '|'),
  ['…', '.'],
  ['ß', 's'],
  ['ø', 'o'],
  ['Ø', 'O'],
  ['æ', 'e'],
  ['ł', 'l'],
  ['Ł', 'L'],
  ['đ', 'd'],
  ['µ', 'u'],
]);

function pairs(signs: string, near: string): [string, string][] {
  return [...signs].map((sign) => [sign, near]);
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function nearest(cluster: string): string {
  // A C1 control is another spelling of ESC and a letter (ECMA-48 5.3); whoever drops that one drops it too.
  const code = cluster.charCodeAt(0);
  if (code >= 0x80 && code <= 0x9f) return `\x1b${String.fromCharCode(code - 0x40)}`;
  const near = NEAR.get(cluster);
  if (near !== undefined) return near;
  if (/^[\u2500-\u257f]$/.test(cluster)) return '+';
  const width = stringWidth(cluster);
  const bare = cluster.normalize('NFD').replace(/\p{Mark}/gu, '');
  return width === 1 && /^[ -~]$/.test(bare) ? bare : '?'.repeat(width);
}

/**
 * The frame in ASCII, each character replaced by its likeness or by `?`, one for every cell it took.
 * Escape sequences are ASCII and stay as they are.
 */
export function toAscii(frame: string): string {
  if (/^[\x00-\x7f]*$/.test(frame)) return frame;
  return frame.replace(/[ -~]?[^\x00-\x7f]+/g, (run) =>
    Array.from(segmenter.segment(run), ({ segment }) => (/^[ -~]$/.test(segment) ? segment : nearest(segment))).join(
      '',
    ),
  );
}
