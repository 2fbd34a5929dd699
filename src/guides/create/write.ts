/** Answers as a file: YAML with every question as a comment, to be read, edited and kept under version control. */
import { stringify } from 'yaml';
import type { Draft } from './answers.ts';
import { SCHEMA } from './parse.ts';
import { isAsked, QUESTIONS, type Question } from './questions.ts';
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

/** The text of the file. What is not answered stands there as a comment, to be filled in. */
export function answersText(draft: Draft): string {
  const lines = [HEAD, `schema: ${SCHEMA}`];
  let section = '';
  for (const question of QUESTIONS) {
    const asked = isAsked(question, draft);
    const value = valueAt(draft, question.path);
    if (!asked && value === undefined) continue;
    const [bag = '', key] = question.path.split('.');
    if (key !== undefined && bag !== section) lines.push('', `${bag}:`);
    else if (key === undefined) lines.push('');
    section = key === undefined ? '' : bag;
    lines.push(...entry(question, key ?? bag, value, key === undefined ? '' : '  '));
  }
  return `${withoutEmptyBags(lines).join('\n')}\n`;
}

function entry({ about, title, placeholder, kind }: Question, key: string, value: unknown, indent: string): string[] {
  const head = wrap(`${title}${placeholder ? ` (${placeholder})` : ''}. ${about}`, WIDTH - indent.length - 2);
  const notes = kind === 'hosts' ? [...head, ...HOSTS.split('\n')] : head;
  const comments = notes.map((line) => `${indent}# ${line}`);
  if (value === undefined) return [...comments, `${indent}# ${key}:`];
  const text = stringify({ [key]: value }, { lineWidth: 0, flowCollectionPadding: true }).trimEnd();
  return [...comments, ...text.split('\n').map((line) => indent + line)];
}

/** A heading with nothing but comments below it would be a null to YAML, which is fine, and odd to people. */
function withoutEmptyBags(lines: readonly string[]): string[] {
  return lines.map((line, at) => {
    if (!/^\w+:$/.test(line)) return line;
    const below = lines.slice(at + 1);
    const end = below.findIndex((one) => one === '' || /^\w/.test(one));
    const body = end < 0 ? below : below.slice(0, end);
    return body.some((one) => !/^\s*#/.test(one)) ? line : `# ${line}`;
  });
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
