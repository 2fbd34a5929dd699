/** Reading and writing values of a draft by path; plain objects, nothing inherited. */
import { get } from '../../domain/read.ts';
import type { Draft, HostAnswer } from './answers.ts';

/** What an answer is; `list` and `hosts` have a line each. */
export type AnswerKind = 'text' | 'integer' | 'boolean' | 'choice' | 'list' | 'hosts';

/** The value at a path. */
export function at(draft: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => get(value, key), draft);
}

/** The value at a path written with dots. */
export function valueAt(draft: Draft, path: string): unknown {
  return at(draft, ...path.split('.'));
}

/** A copy with a value at a path; undefined takes it out. */
export function withValue(draft: Draft, path: string, value: unknown): Draft {
  const [key = '', ...rest] = path.split('.');
  const copy: Record<string, unknown> = { ...draft };
  if (rest.length > 0) {
    const below = get(draft, key);
    const bag = typeof below === 'object' && below !== null && !Array.isArray(below) ? (below as Draft) : {};
    copy[key] = withValue(bag, rest.join('.'), value);
  } else if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}

/** What was typed for a question, as its value. Empty: nothing was said. Wrong types stay text, for the rules to name. */
export function valueOfText({ kind }: { kind: AnswerKind }, text: string): unknown {
  const trimmed = text.trim();
  switch (kind) {
    case 'list':
      return linesOf(text);
    case 'hosts':
      return linesOf(text).map(hostOfText);
    case 'integer':
      return /^-?\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed || undefined;
    case 'boolean':
      if (/^(true|yes|y)$/i.test(trimmed)) return true;
      return /^(false|no|n)$/i.test(trimmed) ? false : trimmed || undefined;
    case 'text':
    case 'choice':
      return trimmed || undefined;
  }
}

/** A value as it stands in a field of the form: the opposite of `valueOfText`. */
export function textOfValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(textOfItem).join('\n');
  return String(value);
}

function textOfItem(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const { inventory, ...more } = item as HostAnswer;
  const rest = (['serial', 'uuid', 'mac', 'address', 'hostname'] as const).flatMap((key) =>
    more[key] === undefined ? [] : [key === 'hostname' ? `${more[key]}` : `${key}=${more[key]}`],
  );
  return [...(inventory === undefined ? [] : [inventory]), ...rest].join(' ');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `INVENTORY HOSTNAME`, or with `serial=`, `uuid=`, `mac=` and `address=` before the hostname. */
export function hostOfText(line: string): HostAnswer {
  const host: Record<string, string> = {};
  const bare: string[] = [];
  for (const word of line.split(/\s+/)) {
    const [, key, value] = /^(inventory|serial|uuid|mac|address|hostname)=(.+)$/.exec(word) ?? [];
    if (key && value) host[key] = value;
    else bare.push(word);
  }
  const known = host['inventory'] ?? host['serial'] ?? host['uuid'] ?? host['mac'];
  if (known === undefined && bare.length > 0) host['inventory'] = bare.shift()!;
  if (bare.length > 0 && host['hostname'] === undefined) host['hostname'] = bare.shift()!;
  // What is left over belongs nowhere: kept, so that a rule can name it.
  if (bare.length > 0) host['hostname'] = `${host['hostname']} ${bare.join(' ')}`;
  return host;
}
