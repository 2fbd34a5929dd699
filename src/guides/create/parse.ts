/** From the text of an answers file to answers: every key known, every value of its type, what is missing filled in. */
import { parseDocument } from 'yaml';
import { cleanLine } from '../../domain/text.ts';
import type { Answers, Draft, HostAnswer } from './answers.ts';
import { isAsked, QUESTIONS, type Question, questionOf } from './questions/index.ts';
import type { Finding, Given } from './rules/index.ts';
import { hostOfText, valueAt, withValue } from './values.ts';

/** Names the shape of the file; another one is of another metaldeck. */
export const SCHEMA = 'metaldeck.create/v1';

/** Far more than any file of answers holds. */
/** Brackets open at once. */
const DEPTH_MAX = 100;
const SIZE_MAX = 1_000_000;

export interface Read {
  /** As far as it goes, with the initial values of what was not said. */
  given: Given;
  /** What cannot be used at all: not YAML, unknown keys, wrong types. */
  problems: readonly Finding[];
}

/** Reads the text of an answers file. Never throws. */
export function parseAnswers(text: string): Read {
  const wrong = (path: string, what: string): Read => ({
    given: {},
    problems: [{ path, severity: 'error', text: what }],
  });
  if (text.length > SIZE_MAX) return wrong('', 'the file is larger than 1 MB: no answers are');
  // Deeper than anything that is meant: the parser would be at it for seconds, and give up in the end.
  if (isDeep(text)) return wrong('', 'it is nested deeper than answers are');
  const document = parseDocument(text, { logLevel: 'silent' });
  const [fault] = document.errors;
  if (fault) return wrong('', cleanLine(fault.message.split('\n')[0] ?? 'it is not YAML', 160).replace(/:$/, ''));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch {
    return wrong('', 'it is not YAML that can be read: too many aliases');
  }
  if (value === null) return wrong('', 'the file is empty');
  if (typeof value !== 'object' || Array.isArray(value)) return wrong('', 'it must be a mapping of answers');
  const { schema, ...draft } = value as Record<string, unknown>;
  if (schema !== SCHEMA) return wrong('schema', `it must say "schema: ${SCHEMA}"`);
  return readDraft(draft);
}

/** By its brackets and dashes alone, wherever they stand: no answer has a tenth of them open at once. */
function isDeep(text: string): boolean {
  let open = 0;
  for (const sign of text) {
    if (sign === '[' || sign === '{') open += 1;
    else if (sign === ']' || sign === '}') open = Math.max(0, open - 1);
    if (open > DEPTH_MAX) return true;
  }
  return new RegExp(`(?:[-?:][ \\t]+){${DEPTH_MAX},}`).test(text);
}

/** The same from values that are held already: those of a form. */
export function readDraft(draft: Draft): Read {
  const problems: Finding[] = [];
  let given: Draft = {};
  for (const path of pathsOf(draft)) {
    if (questionOf(path)) continue;
    const known = QUESTIONS.filter((question) => question.path.startsWith(`${path}.`));
    const text =
      known.length > 0 ? `must hold ${known.map((one) => one.path.slice(path.length + 1)).join(', ')}` : 'is not known';
    problems.push({ path: cleanLine(path, 80), severity: 'error', text: `"${cleanLine(path, 80)}" ${text}` });
  }
  for (const question of QUESTIONS) {
    const { path, initial } = question;
    const value = valueAt(draft, path);
    if (value === undefined || value === null) {
      // What is not asked has no say; what is gets what it would get in a new file.
      if (initial !== undefined && !question.optional) given = withValue(given, path, initial);
      continue;
    }
    const read = checked(question, value);
    if ('problem' in read) problems.push({ path, severity: 'error', text: read.problem });
    else given = withValue(given, path, read.value);
  }
  return { given: given as Given, problems };
}

/** Paths of values that no question holds together, as deep as questions go. */
function pathsOf(draft: Draft, before = ''): string[] {
  return Object.entries(draft).flatMap(([key, value]) => {
    const path = before + key;
    const below = QUESTIONS.some((question) => question.path.startsWith(`${path}.`));
    if (below && value === null) return [];
    const isBag = typeof value === 'object' && value !== null && !Array.isArray(value);
    return below && isBag && !questionOf(path) ? pathsOf(value as Draft, `${path}.`) : [path];
  });
}

type Checked = { value: unknown } | { problem: string };

function checked({ kind, choices, title }: Question, value: unknown): Checked {
  switch (kind) {
    case 'text':
      // `1.33` is a number to YAML, and a version to people.
      if (typeof value !== 'string') return { problem: `${title} must be a text: put it in quotes` };
      return { value: clean(value) };
    case 'choice':
      return choices?.includes(String(value)) ? { value } : { problem: `one of ${choices?.join(', ')} is wanted` };
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value)
        ? { value }
        : { problem: `${title} must be a whole number` };
    case 'boolean':
      return typeof value === 'boolean' ? { value } : { problem: 'true or false is wanted' };
    case 'list': {
      if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
        return { problem: 'a list of texts is wanted' };
      const odd = choices && value.find((item) => !choices.includes(item as string));
      return odd
        ? { problem: `"${cleanLine(String(odd), 40)}" is not one of ${choices.join(', ')}` }
        : { value: value.map(clean) };
    }
    case 'hosts':
      return Array.isArray(value) ? hostsOf(value) : { problem: 'a list of hosts is wanted' };
  }
}

/** Leading and trailing blanks are nobody's intention; control characters reach neither screen nor cluster. */
function clean(text: unknown): string {
  return cleanLine(String(text), 16_384).trim();
}

const HOST_KEYS = ['inventory', 'serial', 'uuid', 'mac', 'address', 'hostname'] as const;

function hostsOf(items: readonly unknown[]): Checked {
  const hosts: HostAnswer[] = [];
  for (const [at, item] of items.entries()) {
    if (typeof item === 'string') {
      hosts.push(hostOfText(clean(item)));
      continue;
    }
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      return { problem: `host ${at + 1} must be a mapping` };
    const odd = Object.keys(item).find((key) => !(HOST_KEYS as readonly string[]).includes(key));
    if (odd !== undefined)
      return { problem: `host ${at + 1}: "${cleanLine(odd, 40)}" is not one of ${HOST_KEYS.join(', ')}` };
    const host: Record<string, string> = {};
    for (const key of HOST_KEYS) {
      const value: unknown = (item as Record<string, unknown>)[key];
      if (value === undefined || value === null) continue;
      if (typeof value !== 'string') return { problem: `host ${at + 1}: ${key} must be a text: put it in quotes` };
      host[key] = clean(value);
    }
    hosts.push(host);
  }
  return { value: hosts };
}

/**
 * Answers that can be rendered: what was validated without an error. Parts that are not wanted hold what a new file
 * would, or nothing.
 */
export function complete(given: Given): Answers {
  let whole = given as Draft;
  for (const { path, kind } of QUESTIONS) {
    if ((kind === 'list' || kind === 'hosts') && valueAt(whole, path) === undefined) whole = withValue(whole, path, []);
  }
  for (const bag of [
    'registry',
    'registration',
    'dns',
    'iso',
    'endpoint',
    'networks',
    'images',
    'ssh',
    'controlPlane',
    'workers',
  ]) {
    if (valueAt(whole, bag) === undefined) whole = withValue(whole, bag, {});
  }
  return whole as unknown as Answers;
}

/** A new set of answers: initial values, and the best that the cluster offers where there is a best. */
export function begin(known: Parameters<NonNullable<Question['offers']>>[0], said: Draft = {}): Draft {
  let draft: Draft = said;
  for (const question of QUESTIONS) {
    const { path, initial, kind } = question;
    if (valueAt(draft, path) !== undefined || !isAsked(question, draft)) continue;
    if (initial !== undefined) draft = withValue(draft, path, initial);
    else if (!question.chosen && (kind === 'text' || kind === 'integer')) {
      const best = question.offers?.(known, draft).find(({ disabled }) => disabled === undefined);
      if (best) draft = withValue(draft, path, kind === 'integer' ? Number(best.value) : best.value);
    }
  }
  return draft;
}
