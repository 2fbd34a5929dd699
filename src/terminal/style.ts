/** How one cell looks: the state that a terminal's SGR sequences (`ESC [ ... m`) build up. */
export interface Style {
  /** Equal keys mean equal looks. */
  readonly key: string;
  readonly flags: number;
  /** SGR parameters of the colour, such as `31` or `38;5;208`; empty for the terminal's own. */
  readonly foreground: string;
  readonly background: string;
}

const BOLD = 1;
const DIM = 2;
const ITALIC = 4;
const UNDERLINE = 8;
const BLINK = 16;
const INVERSE = 32;
const HIDDEN = 64;
const STRIKE = 128;

/** What shows on a blank cell too. */
const SEEN_ON_BLANKS = UNDERLINE | INVERSE | STRIKE;

/** SGR code that turns each flag on, and the one that turns it off (ECMA-48 8.3.117; 22 ends both bold and dim). */
const FLAGS: readonly (readonly [flag: number, on: number, off: number])[] = [
  [BOLD, 1, 22],
  [DIM, 2, 22],
  [ITALIC, 3, 23],
  [UNDERLINE, 4, 24],
  [BLINK, 5, 25],
  [INVERSE, 7, 27],
  [HIDDEN, 8, 28],
  [STRIKE, 9, 29],
];

export const PLAIN: Style = { key: '0//', flags: 0, foreground: '', background: '' };

/** Hostile output can hold any number of colours: the tables start afresh at this size. */
const MOST_ENTRIES = 4096;
const styles = new Map<string, Style>([[PLAIN.key, PLAIN]]);
const transitions = new Map<string, string>();

function remember<T>(table: Map<string, T>, key: string, value: T): T {
  if (table.size >= MOST_ENTRIES) table.clear();
  table.set(key, value);
  return value;
}

function intern(flags: number, foreground: string, background: string): Style {
  const key = `${flags}/${foreground}/${background}`;
  if (key === PLAIN.key) return PLAIN;
  return styles.get(key) ?? remember(styles, key, { key, flags, foreground, background });
}

export function sameStyle(a: Style, b: Style): boolean {
  return a === b || a.key === b.key;
}

/** Whether a blank cell in this style looks the same as a plain blank cell. */
export function neutralOnBlanks(style: Style): boolean {
  return style.background === '' && (style.flags & SEEN_ON_BLANKS) === 0;
}

function component(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,3}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 255 ? value : undefined;
}

/** The colour that starts at `parts[at]` (`5;n` or `2;r;g;b`), and how many parts it takes; undefined if malformed. */
function extendedColour(parts: readonly string[], at: number): { colour: string; length: number } | undefined {
  if (parts[at] === '5') {
    const index = component(parts[at + 1]);
    return index === undefined ? undefined : { colour: `5;${index}`, length: 2 };
  }
  if (parts[at] !== '2') return undefined;
  const [red, green, blue] = [component(parts[at + 1]), component(parts[at + 2]), component(parts[at + 3])];
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return { colour: `2;${red};${green};${blue}`, length: 4 };
}

/** The colon form (ITU T.416): `38:5:n`, `38:2:r:g:b` or `38:2:space:r:g:b`, and `4:n` for kinds of underline. */
function colonForm(parts: string[]): string[] {
  if (parts[0] === '4') return [parts[1] === '0' ? '24' : '4'];
  if (parts[1] === '2' && parts.length === 6) parts.splice(2, 1);
  return parts;
}

/**
 * The style after an SGR sequence.
 * @param parameters what stands between `ESC [` and `m`. Codes that are unknown or malformed change nothing.
 * @param colour false leaves every colour out, and keeps bold, underline, inverse and the like.
 */
export function applySgr(style: Style, parameters: string, colour: boolean): Style {
  let { flags, foreground, background } = style;
  const parts = parameters.split(';');
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    const form = part.includes(':') ? colonForm(part.split(':')) : undefined;
    const code = Number(form ? form[0] : part);
    if (code === 0) {
      flags = 0;
      foreground = '';
      background = '';
    } else if (code === 38 || code === 48 || code === 58) {
      const found = extendedColour(form ?? parts, form ? 1 : at + 1);
      if (!form) {
        if (!found) break;
        at += found.length;
      }
      if (found && code === 38) foreground = `38;${found.colour}`;
      if (found && code === 48) background = `48;${found.colour}`;
    } else if (code === 39) foreground = '';
    else if (code === 49) background = '';
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) foreground = String(code);
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) background = String(code);
    else if (code === 6) flags |= BLINK;
    else if (code === 21) flags |= UNDERLINE;
    else for (const [flag, on, off] of FLAGS) flags = code === on ? flags | flag : code === off ? flags & ~flag : flags;
  }
  return intern(flags, colour ? foreground : '', colour ? background : '');
}

function codesOf(style: Style): string[] {
  const codes: string[] = FLAGS.filter(([flag]) => style.flags & flag).map(([, on]) => String(on));
  if (style.foreground) codes.push(style.foreground);
  if (style.background) codes.push(style.background);
  return codes;
}

function changes(from: Style, to: Style): string {
  const ended = new Set(FLAGS.filter(([flag]) => from.flags & ~to.flags & flag).map(([, , off]) => off));
  const codes = [...ended].map(String);
  for (const [flag, on, off] of FLAGS) {
    const lost = ended.has(off) || !(from.flags & flag);
    if (to.flags & flag && lost) codes.push(String(on));
  }
  if (from.foreground !== to.foreground) codes.push(to.foreground || '39');
  if (from.background !== to.background) codes.push(to.background || '49');
  return codes.join(';');
}

/** The shortest bytes that turn the terminal's pen from one style into another; none if they are the same. */
export function transition(from: Style, to: Style): string {
  if (sameStyle(from, to)) return '';
  if (to === PLAIN) return '\x1b[m';
  const key = `${from.key}>${to.key}`;
  const known = transitions.get(key);
  if (known !== undefined) return known;
  const change = changes(from, to);
  const afresh = ['0', ...codesOf(to)].join(';');
  return remember(transitions, key, `\x1b[${change.length <= afresh.length ? change : afresh}m`);
}
