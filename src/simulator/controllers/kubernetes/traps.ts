/** Whether a shell, as the first process of a container, ends when it is told to, by the traps that it sets. After POSIX, and kernel/signal.c. */

/** A trap with its action, in quotes or one word, and its signals. */
const TRAP = /\btrap\s+('[^']*'|"[^"]*"|[^\s;&|]+)\s+([\w \t]+)/g;
const TERM = /\b(SIG)?TERM\b|\b15\b/;
/** What is done at the end, however that comes about. */
const EXIT = /\bEXIT\b|\b0\b/;
/** What goes on after it. */
const HARMLESS = /^(:|true|(echo|printf)\b.*)?$/;
const LOOP = /\b(while|until|for)\b/;
/** Longer than anybody waits, s. */
const forever = 1e9;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The line of a shell without its traps: to set one prints nothing, and takes no time. */
export const withoutTraps = (line: string): string => line.replace(TRAP, '');

/**
 * How long after the signal, ms, a shell with such a line hears it and ends; undefined where it does not. The first process is not ended
 * by what it does not handle, and a shell handles a signal once the command that it waits for is through; `chance`, from 0 to 1, of a
 * loop how much of that is left.
 */
export function heardAfter(line: string, chance: number): number | undefined {
  if (!/\btrap\b/.test(line)) return /\bexec\s+(?!.*\b(sleep|tail)\b)/.test(line) ? 0 : undefined;
  const traps = [...line.matchAll(TRAP)].map(([, action = '', signals = '']) => {
    return { action: action.replace(/^(["'])(.*)\1$/s, '$2'), signals };
  });
  // What is not to be understood is believed to do what it should.
  if (traps.length === 0) return 0;
  const trap = traps.findLast(({ signals }) => TERM.test(signals)) ?? traps.find(({ signals }) => EXIT.test(signals));
  if (trap === undefined || trap.action === '' || trap.action === '-') return undefined;
  const rest = withoutTraps(line);
  // It begins another program, which has its own way.
  if (/\bexec\s/.test(rest)) return /\bexec\s+.*\b(sleep|tail)\b/.test(rest) ? undefined : 0;
  const goesRound = LOOP.test(rest);
  if (goesRound && trap.action.split(/;|&&|\n/).every((part) => HARMLESS.test(part.trim()))) return undefined;
  const sleeps = [...rest.matchAll(/\bsleep\s+(\d+|infinity)([smhd]?)(?!\w|\s*&(?!&))/g)];
  const longest = Math.max(0, ...sleeps.map(([, count, unit]) => secondsOf(count, unit)));
  return longest * 1000 * (goesRound ? chance : 1);
}

const secondsOf = (count = '', unit = ''): number =>
  count === 'infinity' ? forever : Number(count) * (UNITS[unit || 's'] ?? 1);
