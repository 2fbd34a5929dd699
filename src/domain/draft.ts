/**
 * What somebody typed into a document, apart from the document: lines, and where they stand. The document may hold secrets
 * that nobody typed, and what is kept of it must not.
 */

/** Lines in the place of others. */
export interface Hunk {
  /** The first line of the document it takes the place of, from 0. */
  at: number;
  /** How many it takes the place of. */
  gone: number;
  typed: readonly string[];
}

/** What is kept of an edited document. */
export interface Draft {
  /** What it is a draft of. */
  of: string;
  /** When it was edited, epoch ms. */
  at: number;
  /** Digest of the document it began with. */
  base: string;
  hunks: readonly Hunk[];
}

/** A document beyond this is not compared line by line. */
const MOST_LINES = 2_000;

/**
 * The lines of `edited` that are not in `base`, and where; undefined where there are too many to tell which were typed. By
 * hand: what we have compares objects, and not lines.
 */
export function typedIn(base: string, edited: string): Hunk[] | undefined {
  const [before, after] = [base.split('\n'), edited.split('\n')];
  if (before.length > MOST_LINES || after.length > MOST_LINES) return undefined;
  const left = lengths(before, after);
  const hunks: Hunk[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [at, first] = [i, j];
    while ((i < before.length || j < after.length) && !(i < before.length && before[i] === after[j])) {
      if (j >= after.length || (i < before.length && left[i + 1]![j]! >= left[i]![j + 1]!)) i += 1;
      else j += 1;
    }
    if (i > at || j > first) hunks.push({ at, gone: i - at, typed: after.slice(first, j) });
    while (i < before.length && j < after.length && before[i] === after[j]) [i, j] = [i + 1, j + 1];
  }
  return hunks;
}

/** The length of the longest common subsequence of what is left from each pair of lines on. */
function lengths(before: readonly string[], after: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const [row, next] = [rows[i]!, rows[i + 1]!];
      row[j] = before[i] === after[j] ? next[j + 1]! + 1 : Math.max(next[j]!, row[j + 1]!);
    }
  }
  return rows;
}

/** The document with what was typed in its place again. */
export function withTyped(base: string, hunks: readonly Hunk[]): string {
  const lines = base.split('\n');
  for (const { at, gone, typed } of [...hunks].reverse()) lines.splice(at, gone, ...typed);
  return lines.join('\n');
}

/** A draft as it was written to the disk; undefined for anything else. */
export function readDraft(text: string): Draft | undefined {
  try {
    const { of, at, base, hunks } = JSON.parse(text) as Partial<Draft>;
    const whole = Array.isArray(hunks) && hunks.every(isHunk);
    if (typeof of !== 'string' || typeof at !== 'number' || typeof base !== 'string' || !whole) return undefined;
    return { of, at, base, hunks };
  } catch {
    return undefined;
  }
}

function isHunk(item: unknown): item is Hunk {
  if (typeof item !== 'object' || item === null) return false;
  const { at, gone, typed } = item as Partial<Hunk>;
  const counts = [at, gone].every((count) => Number.isInteger(count) && Number(count) >= 0);
  return counts && Array.isArray(typed) && typed.every((line) => typeof line === 'string');
}
