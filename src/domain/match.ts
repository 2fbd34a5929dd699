/**
 * The filter language of lists. Words are separated by spaces and all must hold:
 *
 *     rack3            the row's text contains it, whatever the case
 *     !rack3           it does not
 *     pool:prod        the column `pool` contains it; where the row has no such column, the text contains all of it
 *     !pool:prod       it does not
 *     -l key=value,key2!=v,key3,!key4    labels, as kubectl selects them
 *     "two words"      quoted text is one word
 */
import { cleanLine } from './text.ts';

/** What a row shows of itself to a filter. */
export interface Searchable {
  text: string;
  labels: Readonly<Record<string, string>>;
  /** By column key. */
  columns: Readonly<Record<string, string>>;
}

export interface Filter {
  /** The text could be understood. */
  ok: boolean;
  /** What is wrong, as a sentence; then nothing matches, so that a mistake never looks like an answer. */
  error?: string;
  /** What it asks for, in words; empty for a filter that lets all through. */
  description: string;
  /** The columns it names, in lower case. */
  columns: readonly string[];
  match(fields: Searchable): boolean;
}

interface Test {
  description: string;
  column?: string;
  match(fields: Searchable): boolean;
}

class BadFilter extends Error {}

interface Token {
  text: string;
  /** Quoted as a whole: plain text, with no operators in it. */
  quoted: boolean;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(/(!?)"([^"]*)"?|(\S+)/g)) {
    const [, not = '', quoted, plain] = match;
    if (quoted === undefined) found.push({ text: plain ?? '', quoted: false });
    else {
      if (not) found.push({ text: '!', quoted: false });
      if (quoted !== '') found.push({ text: quoted, quoted: true });
    }
  }
  return found;
}

function contains(word: string): Test {
  const wanted = word.toLowerCase();
  return {
    description: `contains "${word}"`,
    match: (fields) => fields.text.toLowerCase().includes(wanted),
  };
}

function column(columns: Readonly<Record<string, string>>, key: string): string | undefined {
  if (Object.hasOwn(columns, key)) return columns[key];
  const found = Object.keys(columns).find((each) => each.toLowerCase() === key);
  return found === undefined ? undefined : columns[found];
}

function inColumn(key: string, value: string, whole: string): Test {
  const wanted = value.toLowerCase();
  const text = contains(whole);
  return {
    description: `${key} contains "${value}"`,
    column: key.toLowerCase(),
    match(fields) {
      const cell = column(fields.columns, key.toLowerCase());
      return cell === undefined ? text.match(fields) : cell.toLowerCase().includes(wanted);
    },
  };
}

const LABEL_KEY = /^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$/;

function label(term: string): Test {
  const parts = /^(!?)([^=!]*)(?:(==|=|!=)(.*))?$/.exec(term);
  const [, not = '', key = '', operator, value = ''] = parts ?? [];
  if (!parts || !LABEL_KEY.test(key) || !LABEL_VALUE.test(value) || (not && operator)) {
    throw new BadFilter(`"${term}" is not a label selector (key=value, key!=value, key, !key); nothing matches`);
  }
  const of = (fields: Searchable) => (Object.hasOwn(fields.labels, key) ? fields.labels[key] : undefined);
  if (operator === undefined) {
    const wanted = not === '';
    return {
      description: wanted ? `has label ${key}` : `has no label ${key}`,
      match: (fields) => (of(fields) !== undefined) === wanted,
    };
  }
  // As kubectl: `!=` holds for an object without the label too.
  const equal = operator !== '!=';
  return {
    description: `label ${key}${equal ? '=' : '!='}${value}`,
    match: (fields) => (of(fields) === value) === equal,
  };
}

function selector(text: string): Test {
  const terms = text
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '');
  if (terms.length === 0) throw new BadFilter('-l wants a label selector, such as -l key=value; nothing matches');
  const tests = terms.map(label);
  return {
    description: tests.map((test) => test.description).join(', '),
    match: (fields) => tests.every((test) => test.match(fields)),
  };
}

function negate(test: Test): Test {
  return { description: `not (${test.description})`, column: test.column, match: (fields) => !test.match(fields) };
}

function testOf({ text, quoted }: Token): Test {
  if (quoted) return contains(text);
  const field = /^([A-Za-z][\w-]*):(.+)$/.exec(text);
  return field?.[1] && field[2] ? inColumn(field[1], field[2], text) : contains(text);
}

function parse(text: string): Test[] {
  const tests: Test[] = [];
  const list = tokens(text);
  let inverse = false;
  const add = (test: Test) => {
    tests.push(inverse ? negate(test) : test);
    inverse = false;
  };
  for (let index = 0; index < list.length; index += 1) {
    let token = list[index]!;
    while (!token.quoted && token.text.startsWith('!')) {
      inverse = !inverse;
      token = { text: token.text.slice(1), quoted: false };
    }
    if (token.text === '') continue;
    if (!token.quoted && token.text.startsWith('-l') && (token.text === '-l' || token.text.includes('='))) {
      const attached = token.text.slice(2);
      if (attached === '') index += 1;
      add(selector(attached === '' ? (list[index]?.text ?? '') : attached));
    } else add(testOf(token));
  }
  return tests;
}

/** Reads a filter as typed. Never throws; see the head of this file for the language. */
export function parseFilter(text: string): Filter {
  try {
    const tests = parse(cleanLine(text));
    return {
      ok: true,
      description: tests.map((test) => test.description).join(' and '),
      columns: tests.flatMap((test) => test.column ?? []),
      match: (fields) => tests.every((test) => test.match(fields)),
    };
  } catch (error) {
    if (!(error instanceof BadFilter)) throw error;
    return { ok: false, error: error.message, description: '', columns: [], match: () => false };
  }
}
