/** Takes the fields of an operation out of a command line: flags that only the operation knows. */

export interface Split {
  /** What is left for metaldeck's own flags. */
  own: string[];
  /** By flag, without dashes. What comes twice is several lines. */
  fields: Record<string, string>;
  /** The first field without a value. */
  lacking?: string;
}

/**
 * Splits the arguments of `command`; those of any other command come back whole. `takesValue`: for each of metaldeck's
 * own flags, `--long` and `-s`, whether a value follows it. A value that begins with a dash and is no number is given
 * as `--flag=value`.
 */
export function splitFields(argv: readonly string[], command: string, takesValue: ReadonlyMap<string, boolean>): Split {
  const own: string[] = [];
  const fields = new Map<string, string>();
  const rest = [...argv];
  let first: string | undefined;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, flag = word, inline] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const known = takesValue.get(flag);
    if (known !== undefined || !/^--[^-]/.test(flag) || /^--(help|version|no-.+)$/.test(flag)) {
      own.push(word);
      if (!word.startsWith('-')) first ??= word;
      const value = known === true && inline === undefined ? rest.shift() : undefined;
      if (value !== undefined) own.push(value);
      continue;
    }
    const follows = rest[0] !== undefined && !/^-\D/.test(rest[0]);
    const value = inline ?? (follows ? rest.shift() : undefined);
    const name = flag.slice(2);
    if (value === undefined) {
      if (first === command) return { own, fields: {}, lacking: name };
      return { own: [...argv], fields: {} };
    }
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  return first === command ? { own, fields: Object.fromEntries(fields) } : { own: [...argv], fields: {} };
}
