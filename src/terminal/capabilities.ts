/** What the terminal can do, as far as the environment tells. */
export interface Capabilities {
  /** Both input and output are a terminal. */
  readonly isTTY: boolean;
  /** The locale is a UTF-8 one; else only ASCII is safe. */
  readonly utf8: boolean;
  readonly color: boolean;
  /** 0 none, 1 the 16 of ANSI, 2 the 256 of xterm, 3 true colour: the levels of FORCE_COLOR. */
  readonly colorLevel: 0 | 1 | 2 | 3;
  /** What stands between us and the real terminal, and has to be asked to pass a clipboard sequence on. */
  readonly multiplexer: 'tmux' | 'screen' | undefined;
  readonly alternateScreen: boolean;
  /** DEC private mode 2026. Terminals that do not know it ignore it. */
  readonly synchronizedOutput: boolean;
  /** Insert line and delete line. */
  readonly scroll: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** POSIX: the first of the three that is set to something counts (XBD 8.2). */
function locale(env: Environment): string {
  return env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
}

function forcedColorLevel(value: string): 0 | 1 | 2 | 3 {
  if (value === '0' || value === 'false') return 0;
  if (value === '2') return 2;
  return value === '3' ? 3 : 1;
}

/** no-color.org: set and not empty means none, and a person's wish goes before a tool's FORCE_COLOR. */
function colorLevel(env: Environment, term: string, isTTY: boolean): 0 | 1 | 2 | 3 {
  if (env['NO_COLOR']) return 0;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forcedColorLevel(forced);
  if (!isTTY || term === 'dumb') return 0;
  if (/^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '') || /-direct$/.test(term)) return 3;
  return /-256(color)?$|^xterm-(kitty|ghostty)$|^alacritty|^foot|^wezterm/.test(term) ? 2 : 1;
}

function multiplexer(env: Environment, term: string): 'tmux' | 'screen' | undefined {
  if (env['TMUX'] || term.startsWith('tmux')) return 'tmux';
  return env['STY'] || term.startsWith('screen') ? 'screen' : undefined;
}

/** Terminals whose TERM is one of these either know mode 2026 or ignore it; others are not asked. */
const SYNCHRONIZES = /^(xterm|alacritty|foot|kitty|ghostty|wezterm|contour|rio|tmux)/;

/**
 * What the terminal can do.
 * @param env the process environment.
 * @param isTTY whether standard input and output are terminals.
 */
export function capabilities(env: Environment, isTTY: boolean): Capabilities {
  const term = env['TERM'] ?? '';
  const level = colorLevel(env, term, isTTY);
  const dumb = term === 'dumb' || term === '';
  return {
    isTTY,
    utf8: /utf-?8/i.test(locale(env)),
    color: level > 0,
    colorLevel: level,
    multiplexer: multiplexer(env, term),
    alternateScreen: isTTY && !dumb,
    synchronizedOutput: isTTY && SYNCHRONIZES.test(term) && env['TERM_PROGRAM'] !== 'Apple_Terminal',
    // A VT100 proper has margins but no insert line; terminfo says so too.
    scroll: isTTY && !dumb && !/^(vt100|vt52|ansi-mini|unknown)$/.test(term),
  };
}
