/** A structural difference as lines of YAML, with what is the same on both sides folded away. */
import { stringify } from 'yaml';
import { cleanLine } from '../text.ts';
import type { DiffNode } from './structure.ts';

export interface DiffLine {
  /** Stable while the line means the same. */
  id: string;
  sign: ' ' | '-' | '+';
  text: string;
  /** Id of the fold it opens or closes. */
  fold?: string;
}

/** The longest value shown whole, in lines: the rest is counted. */
const VALUE_CAP = 400;
const NAMES = 5;

function yamlOf(key: string, value: unknown): string[] {
  const item = key.startsWith('[');
  const inner = stringify(item ? [value] : { [key]: value }, { lineWidth: 0, aliasDuplicateObjects: false });
  const lines = inner.replace(/\n$/, '').split('\n');
  const shown = lines.slice(0, VALUE_CAP).map((line) => /^ */.exec(line)![0] + cleanLine(line));
  return lines.length > VALUE_CAP ? [...shown, `... ${lines.length - VALUE_CAP} more lines`] : shown;
}

/** As many names as a line has room for: the rest is in the count. */
function namesOf(nodes: readonly DiffNode[]): string {
  const names = nodes.slice(0, NAMES).map(({ key }) => cleanLine(key));
  return [...names, ...(nodes.length > NAMES ? ['...'] : [])].join(', ');
}

/** `unfolded` holds the ids of folds that were opened. */
export function diffLines(nodes: readonly DiffNode[], unfolded: (id: string) => boolean): DiffLine[] {
  const lines: DiffLine[] = [];
  const put = (path: string, depth: number, sign: DiffLine['sign'], texts: readonly string[]) => {
    for (const [at, text] of texts.entries()) {
      lines.push({ id: `${path}${sign}${at}`, sign, text: `${'  '.repeat(depth)}${text}` });
    }
  };
  const walk = (each: readonly DiffNode[], parent: string, depth: number): void => {
    const same = each.filter(({ change }) => change === 'same');
    for (const { key, change, before, after, children } of each) {
      const path = `${parent}/${key}`;
      if (change === 'same') continue;
      if (change === 'both') {
        put(path, depth, ' ', [key.startsWith('[') ? `- ${cleanLine(key)}` : `${cleanLine(key)}:`]);
        walk(children, path, depth + 1);
        continue;
      }
      if (change !== 'added') put(path, depth, '-', yamlOf(key, before));
      if (change !== 'removed') put(path, depth, '+', yamlOf(key, after));
    }
    if (same.length === 0) return;
    const fold = `diff${parent}/`;
    const open = unfolded(fold);
    const what = `${open ? '-' : '+'} ${same.length} the same`;
    const names = open ? '' : `: ${namesOf(same)}`;
    lines.push({ id: fold, sign: ' ', text: `${'  '.repeat(depth)}${what}${names}`, fold });
    if (open) for (const { key, after } of same) put(`${parent}/${key}`, depth + 1, ' ', yamlOf(key, after));
  };
  walk(nodes, '', 0);
  return lines;
}
