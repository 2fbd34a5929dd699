/** Answers as a file: YAML with every question as a comment, to be read, edited and kept under version control. */
import { isMap, parseDocument, stringify } from 'yaml';
import type { Draft } from './answers.ts';
import { type Known, NOTHING } from './known.ts';
import { SCHEMA } from './parse.ts';
import { isAsked, type Offer, QUESTIONS, type Question } from './questions/index.ts';
import { valueAt } from './values.ts';

const WIDTH = 100;

const HEAD = `# Answers of "metaldeck create": what a cluster on bare metal is made from. Edit, then
#   metaldeck create validate --from THIS      metaldeck create render --from THIS --out DIR
#   metaldeck create apply --from THIS         metaldeck create status --from THIS
# "metaldeck create schema" prints a JSON schema: with it beside this file, editors complete.
# yaml-language-server: $schema=./metaldeck-create.schema.json
`;

const HOSTS = `One host a line, in the order they serve; known by inventory, serial, uuid or mac:
- { serial: ABC1234, hostname: NAME }
- { inventory: NAME-4c4c4544-..., hostname: NAME, address: 10.0.0.11 }`;

/**
 * The text of the file. What is not answered stands there as a comment, to be filled in: with what the cluster offers,
 * where it was asked, else with an example.
 */
export function answersText(draft: Draft, known: Known = NOTHING): string {
  const lines = [HEAD, `schema: ${SCHEMA}`];
  let section = '';
  for (const question of QUESTIONS) {
    const asked = isAsked(question, draft);
    const value = valueAt(draft, question.path);
    if (!asked && value === undefined) continue;
    const [bag = '', key] = question.path.split('.');
    // Also where nothing below it is answered yet: whoever fills in a line does not look for its heading.
    if (key !== undefined && bag !== section) lines.push('', `${bag}:`);
    else if (key === undefined) lines.push('');
    section = key === undefined ? '' : bag;
    const offers = value === undefined ? (question.offers?.(known, draft) ?? []) : [];
    lines.push(...entry(question, key ?? bag, value, offers, key === undefined ? '' : '  '));
  }
  return `${lines.join('\n')}\n`;
}

function entry(question: Question, key: string, value: unknown, offers: readonly Offer[], indent: string): string[] {
  const { about, title, placeholder, kind, example } = question;
  const [best] = kind === 'hosts' ? [] : offers.filter(({ disabled }) => disabled === undefined);
  const said = [
    `${title}${placeholder ? ` (${placeholder})` : ''}. ${about}`,
    ...(best ? [`Here: ${best.title}.`] : []),
    ...(isEmpty(value) && example !== undefined ? [`Such as [ ${example} ].`] : []),
  ];
  const head = said.flatMap((line) => wrap(line, WIDTH - indent.length - 2));
  const notes = kind === 'hosts' ? [...head, ...HOSTS.split('\n')] : head;
  const open = value === undefined ? openLines(kind, key, best?.value ?? example) : [];
  const comments = [...notes, ...open].map((line) => `${indent}# ${line}`);
  if (value === undefined) return comments;
  const text = stringify({ [key]: value }, { lineWidth: 0, flowCollectionPadding: true }).trimEnd();
  return [...comments, ...text.split('\n').map((line) => indent + line)];
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;

/** An answer that nobody has given, as it would look. */
function openLines(kind: Question['kind'], key: string, example: string | undefined): string[] {
  if (example === undefined) return [`${key}:`];
  return kind === 'list' ? [`${key}:`, `  - ${example}`] : [`${key}: ${example}`];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * The text of a file with one answer otherwise, or with none where the value is undefined; comments and order stay. Text
 * that is no YAML, or no mapping, stays as it is.
 */
export function withAnswer(text: string, path: string, value: unknown): string {
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0 || !isMap(document.contents)) return text;
  const [bag = '', key] = path.split('.');
  if (key === undefined) {
    if (value === undefined) document.delete(bag);
    else document.set(bag, document.createNode(value));
    return document.toString({ lineWidth: 0 });
  }
  const inside = document.get(bag, true);
  if (isMap(inside)) {
    if (value === undefined) inside.delete(key);
    else inside.set(key, document.createNode(value));
  } else if (value !== undefined) {
    // A heading without an answer below it, or with something else than answers: what it says in comments stays.
    const { comment, commentBefore } = (inside ?? {}) as { comment?: string; commentBefore?: string };
    const made = document.createNode({ [key]: value });
    Object.assign(made, comment || commentBefore ? { comment: comment ?? commentBefore } : {});
    document.set(bag, made);
  }
  return document.toString({ lineWidth: 0 });
}
