/**
 * Text from a server, made safe to draw. Whatever a controller, a node or an attacker wrote into an object ends up on
 * an operator's terminal, where an escape sequence is a command and an invisible character a lie.
 */

/** Printable ASCII: nearly everything the API sends, and nothing to do for it. */
const PLAIN = /^[\x20-\x7e]*$/;

/** OSC, DCS, SOS, PM and APC strings with their terminator; all that lies between is not text. */
const STRING_SEQUENCES = /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)/g;
const CONTROL_SEQUENCES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g;
const OTHER_ESCAPES = /\x1b[ -/]*[0-~]/g;

/** Controls, format characters (bidi overrides among them), variation selectors, blank fillers, lone surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const INVISIBLE_BUT_LINE_ENDS = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
/** More combining marks than any script stacks; they would climb out of their cell. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;

/** Longest single line kept, in UTF-16 units. */
export const LINE_CAP = 512;
/** Longest multi-line text kept, in UTF-16 units. */
export const TEXT_CAP = 4096;
/** Longest cause of a row: whole for scripts and wide screens, a table cuts it to the room it has. */
export const CAUSE_CAP = 400;

function withoutEscapes(text: string): string {
  return text.replace(STRING_SEQUENCES, '').replace(CONTROL_SEQUENCES, '').replace(OTHER_ESCAPES, '');
}

/**
 * Cuts at a whole character and says so with `…`. The copy is on purpose: a slice would keep the whole original alive.
 */
function capped(text: string, cap: number): string {
  if (text.length <= cap) return text;
  let end = Math.max(0, cap - 1);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return `${Buffer.from(text.slice(0, end), 'utf8').toString('utf8')}…`;
}

/** What is looked at before the cap: enough for any escapes in front, and a bound on the work of a hostile string. */
const LOOK = 4;

/**
 * One line of safe text: escapes and invisible characters gone, line ends and tabs turned into one space, trimmed, at
 * most `cap` UTF-16 units. Takes any string; never throws.
 */
export function cleanLine(text: string, cap = LINE_CAP): string {
  if (text.length <= cap && PLAIN.test(text)) return text.trim();
  const near = text.length > cap * LOOK ? text.slice(0, cap * LOOK) : text;
  const line = withoutEscapes(near)
    .replace(/\s*[\n\r\t\v\f\x85\u2028\u2029]+\s*/g, ' ')
    .replace(INVISIBLE, '')
    .replace(STACKED_MARKS, '$1')
    .trim();
  return capped(line, cap);
}

/** Safe text of several lines: as `cleanLine`, but `\n` stays and tabs become two spaces. */
export function cleanText(text: string, cap = TEXT_CAP): string {
  if (text.length <= cap && PLAIN.test(text)) return text.trim();
  const near = text.length > cap * LOOK ? text.slice(0, cap * LOOK) : text;
  const lines = withoutEscapes(near)
    .replace(/\r\n?|[\v\f\x85\u2028\u2029]/g, '\n')
    .replace(/\t/g, '  ')
    .replace(INVISIBLE_BUT_LINE_ENDS, '')
    .replace(STACKED_MARKS, '$1')
    .trim();
  return capped(lines, cap);
}

/** Whether a string holds anything that must not reach a terminal; `\n` is allowed where `lines` is true. */
export function isClean(text: string, lines = false): boolean {
  return PLAIN.test(text) || (lines ? INVISIBLE_BUT_LINE_ENDS : INVISIBLE).exec(text) === null;
}

/** A long text as a short phrase: its first `cap` characters on one line, cut at a word where one ends nearby. */
export function shorten(text: string, cap: number): string {
  const line = cleanLine(text, Math.max(cap * 2, LINE_CAP));
  if (line.length <= cap) return line;
  const cut = line.slice(0, Math.max(1, cap - 1));
  const space = cut.lastIndexOf(' ');
  return `${(space > cap * 0.6 ? cut.slice(0, space) : cut).replace(/[\s,;:.-]+$/, '')}…`;
}

/**
 * Repeated strings held once. Bounded: when full it forgets all, which costs memory for a while and never truth.
 * Words (types, reasons, label keys) and names have a memory each, or ten thousand names would drive out the words.
 */
class Memory {
  readonly #cap: number;
  #known = new Map<string, string>();

  constructor(cap: number) {
    this.#cap = cap;
  }

  one(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#cap) this.#known = new Map();
    this.#known.set(text, text);
    return text;
  }
}

const LONGEST = 256;
const words = new Memory(16_384);
const names = new Memory(131_072);

/** The same text as one string: for words that come by the thousand. */
export function intern(text: string): string {
  return text.length > LONGEST ? text : words.one(text);
}

/** The same name as one string: a host's name stands in seven objects. */
export function internName(text: string): string {
  return text.length > LONGEST ? text : names.one(text);
}
