/** YAML as Go's server reads and writes it: sigs.k8s.io/yaml, which goes by way of JSON, and libyaml's words of what is wrong. */

import { LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { isRecord } from '../../types.ts';
import { cannotUnmarshal } from './json.ts';

const NO_TOKEN = 'found character that cannot start any token';

/** libyaml's words by the code of an error. */
const WORDS: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  MULTILINE_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BAD_SCALAR_START: NO_TOKEN,
  BAD_DQ_ESCAPE: 'found unknown escape character',
  BAD_ALIAS: 'did not find expected alphabetic or numeric character',
};

/** libyaml's words of an error in a text. */
function wordsOf({ code, message, pos }: YAMLParseError, text: string): string {
  if (/closing .*quote/.test(message)) return 'found unexpected end of stream';
  if (/directives-end/.test(message)) return 'could not find expected directive name';
  if (code === 'TAB_AS_INDENT') return pos[0] === 0 ? NO_TOKEN : 'found a tab character that violates indentation';
  const open = /^Flow (map|sequence)/.exec(message)?.[1];
  if (open !== undefined && /^[\]}]/.test(text.slice(pos[0]))) return 'did not find expected node content';
  if (open !== undefined) return `did not find expected ',' or '${open === 'map' ? '}' : ']'}'`;
  if (/at node end/.test(message)) return "did not find expected '-' indicator";
  return WORDS[code] ?? 'did not find expected key';
}

/** Reads one document of YAML. Throws SyntaxError in Go's words. */
function parseYaml(text: string): unknown {
  const fail = (words: string, line = 0) => new SyntaxError(`yaml: ${line > 0 ? `line ${line}: ` : ''}${words}`);
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) throw fail('control characters are not allowed');
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.1', merge: true, lineCounter: lines, uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const words = wordsOf(error, text);
    const lineAt = (at: number) => lines.linePos(at).line;
    // What does not follow is told by lines counted from 0, and the end is a line of its own; a first line is not told.
    if (words.startsWith('did not find')) {
      throw fail(words, lineAt(error.pos[0]) - (error.pos[0] >= text.length ? 0 : 1));
    }
    // A key is too long where its colon is.
    const far = document.errors.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY');
    const line = lineAt(far?.pos[1] ?? error.pos[0]);
    throw fail(words, line > 1 ? line : 0);
  }
  try {
    return document.toJS();
  } catch (thrown) {
    const anchor = /: (\S+)$/.exec(String(thrown))?.[1];
    throw fail(anchor === undefined ? String(thrown) : `unknown anchor '${anchor}' referenced`);
  }
}

/** The JSON that says the same. Throws SyntaxError in Go's words. */
export const yamlAsJson = (text: string): string => JSON.stringify(parseYaml(text) ?? null);

/** Reads a document that is a map, or nothing. Throws SyntaxError in Go's words. */
export function parseYamlMap(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(yamlAsJson(text)) ?? {};
  } catch (error) {
    throw new SyntaxError(`error converting YAML to JSON: ${(error as Error).message}`);
  }
  if (isRecord(value)) return value;
  const why = cannotUnmarshal(value, 'map[string]interface {}');
  throw new SyntaxError(`error unmarshaling JSON: while decoding JSON: ${why}`);
}
