/** What Go's encoding/json says of a text that is no JSON, and of values of another type than it wants: scanner.go, decode.go. */

import { isRecord } from '../../types.ts';

const SPACE = /[ \t\r\n]/;
const DIGIT = /[0-9]/;
const HEX = /[0-9a-fA-F]/;

/** What Go prints for a byte, between quotes: strconv.Quote, but for the quotes themselves. */
function quoted(byte: string): string {
  const NAMED: Record<string, string> = {
    ...{ "'": "\\'", '\\': '\\\\', '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n' },
    ...{ '\r': '\\r', '\t': '\\t', '\v': '\\v' },
  };
  const code = byte.charCodeAt(0);
  const hidden = code < 0x20 || code === 0x7f ? '\\x' : (code >= 0x80 && code <= 0xa0) || code === 0xad ? '\\u00' : '';
  return `'${NAMED[byte] ?? (hidden ? `${hidden}${code.toString(16).padStart(2, '0')}` : byte)}'`;
}

/** Takes one byte: gives the next state, or what the byte is wrong in. */
type State = (byte: string) => State | string;
type Inside = 'key' | 'value' | 'element';

/** The scanner's states, over one stack of what is open. */
class Scanner {
  #state: State = (byte) => this.#value(byte);
  readonly #open: Inside[] = [];
  #ended = false;

  /** Takes one byte. Gives the words where it is wrong. */
  take(byte: string): string | undefined {
    const next = this.#state(byte);
    if (typeof next === 'string') return `invalid character ${quoted(byte)} ${next}`;
    this.#state = next;
    return undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  readonly #value: State = (byte) => {
    if (SPACE.test(byte)) return this.#value;
    switch (byte) {
      case '{':
        this.#open.push('key');
        return this.#firstKey;
      case '[':
        this.#open.push('element');
        return this.#firstElement;
      case '"':
        return this.#text;
      case '-':
        return (first) => (first === '0' ? this.#whole : DIGIT.test(first) ? this.#digits : 'in numeric literal');
      case '0':
        return this.#whole;
      case 't':
        return this.#literal('true', 1);
      case 'f':
        return this.#literal('false', 1);
      case 'n':
        return this.#literal('null', 1);
      default:
        return DIGIT.test(byte) ? this.#digits : 'looking for beginning of value';
    }
  };

  readonly #firstElement: State = (byte) => {
    if (SPACE.test(byte)) return this.#firstElement;
    return byte === ']' ? this.#close() : this.#value(byte);
  };

  readonly #firstKey: State = (byte) => {
    if (SPACE.test(byte)) return this.#firstKey;
    return byte === '}' ? this.#close() : this.#key(byte);
  };

  readonly #key: State = (byte) => {
    if (SPACE.test(byte)) return this.#key;
    return byte === '"' ? this.#text : 'looking for beginning of object key string';
  };

  #close(): State {
    this.#open.pop();
    if (this.#open.length > 0) return this.#after;
    this.#ended = true;
    return this.#top;
  }

  readonly #after: State = (byte) => {
    const inside = this.#open.at(-1);
    if (inside === undefined) {
      this.#ended = true;
      return this.#top(byte);
    }
    if (SPACE.test(byte)) return this.#after;
    const become = (next: Inside, state: State): State => {
      this.#open[this.#open.length - 1] = next;
      return state;
    };
    if (inside === 'key') return byte === ':' ? become('value', this.#value) : 'after object key';
    if (inside === 'value') {
      return byte === ',' ? become('key', this.#key) : byte === '}' ? this.#close() : 'after object key:value pair';
    }
    return byte === ',' ? this.#value : byte === ']' ? this.#close() : 'after array element';
  };

  readonly #top: State = (byte) => (SPACE.test(byte) ? this.#top : 'after top-level value');

  readonly #text: State = (byte) => {
    if (byte === '"') return this.#after;
    if (byte === '\\') return this.#escape;
    return byte < ' ' ? 'in string literal' : this.#text;
  };

  readonly #escape: State = (byte) => {
    if (byte === 'u') return this.#hexadecimal(4);
    return 'bfnrt\\/"'.includes(byte) ? this.#text : 'in string escape code';
  };

  #hexadecimal(left: number): State {
    if (left === 0) return this.#text;
    return (byte) => (HEX.test(byte) ? this.#hexadecimal(left - 1) : 'in \\u hexadecimal character escape');
  }

  readonly #digits: State = (byte) => (DIGIT.test(byte) ? this.#digits : this.#whole(byte));

  readonly #whole: State = (byte) => {
    if (byte === '.') {
      return (first) => (DIGIT.test(first) ? this.#fraction : 'after decimal point in numeric literal');
    }
    return /e/i.test(byte) ? this.#sign : this.#after(byte);
  };

  readonly #fraction: State = (byte) => {
    if (DIGIT.test(byte)) return this.#fraction;
    return /e/i.test(byte) ? this.#sign : this.#after(byte);
  };

  readonly #sign: State = (byte) => (/[+-]/.test(byte) ? this.#power : this.#power(byte));
  readonly #power: State = (byte) => (DIGIT.test(byte) ? this.#powers : 'in exponent of numeric literal');
  readonly #powers: State = (byte) => (DIGIT.test(byte) ? this.#powers : this.#after(byte));

  #literal(word: string, at: number): State {
    if (at === word.length) return this.#after;
    return (byte) => (byte === word[at] ? this.#literal(word, at + 1) : `in literal ${word} (expecting '${word[at]}')`);
  }
}

/** What Go says of a text, or of bytes, that are no JSON; undefined where they are. */
export function jsonError(text: string | Uint8Array): string | undefined {
  const scanner = new Scanner();
  // Go's scanner goes by bytes.
  for (const byte of Buffer.from(text).toString('latin1')) {
    const wrong = scanner.take(byte);
    if (wrong !== undefined) return wrong;
  }
  // A space ends whatever can end, and is told where it cannot be.
  return scanner.ended
    ? undefined
    : (scanner.take(' ') ?? (scanner.ended ? undefined : 'unexpected end of JSON input'));
}

/** Parses JSON. Throws SyntaxError in Go's words. */
export function parseInGo(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(jsonError(text) ?? String(error));
  }
}

/** What Go calls a JSON value. */
const typeOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : isRecord(value) ? 'object' : typeof value === 'boolean' ? 'bool' : typeof value;

/** What Go says of a value that is not of a type: `map[string]interface {}`. */
export const cannotUnmarshal = (value: unknown, type: string): string =>
  `json: cannot unmarshal ${typeOf(value)} into Go value of type ${type}`;

const VERSION_AND_KIND =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** Reads a JSON patch, or null as an empty one. Throws SyntaxError in the words of one that is read into operations. */
export function parseOperations(text: string): Record<string, unknown>[] {
  const value = parseInGo(text) ?? [];
  if (!Array.isArray(value)) throw new SyntaxError(cannotUnmarshal(value, '[]handlers.jsonPatchOp'));
  return value.map((operation: unknown) => {
    if (!isRecord(operation ?? {})) throw new SyntaxError(cannotUnmarshal(operation, 'handlers.jsonPatchOp'));
    const found = (operation ?? {}) as Record<string, unknown>;
    for (const field of ['op', 'path', 'from']) {
      const wrong = found[field] ?? '';
      if (typeof wrong === 'string') continue;
      const into = `Go struct field jsonPatchOp.${field} of type string`;
      throw new SyntaxError(`json: cannot unmarshal ${typeOf(wrong)} into ${into}`);
    }
    return found;
  });
}

/** Reads a JSON object, or null as an empty one. Throws SyntaxError in the words of one that is read into a map. */
export function parseMap(text: string): Record<string, unknown> {
  const value = parseInGo(text) ?? {};
  if (!isRecord(value)) throw new SyntaxError(cannotUnmarshal(value, 'map[string]interface {}'));
  return value;
}

/**
 * Reads what may be an object of the API, or null. Throws SyntaxError in the words of its kind being looked for
 * (k8s.io/apimachinery/pkg/runtime/serializer/json/meta.go).
 */
export function parseObject(text: string): Record<string, unknown> | null {
  const fail = (why: string) => new SyntaxError(`couldn't get version/kind; json parse error: ${why}`);
  let value: unknown;
  try {
    value = parseInGo(text);
  } catch (error) {
    throw fail((error as SyntaxError).message);
  }
  if (value === null) return null;
  if (!isRecord(value)) throw fail(cannotUnmarshal(value, VERSION_AND_KIND));
  for (const field of ['apiVersion', 'kind']) {
    const found = value[field] ?? '';
    if (typeof found !== 'string') {
      throw fail(`json: cannot unmarshal ${typeOf(found)} into Go struct field .${field} of type string`);
    }
  }
  return value;
}

const SHOWN = 30;

/** The beginning of a body as refusals show it: k8s.io/apiserver/pkg/endpoints/handlers/rest.go. */
export function summary(body: string): string {
  const bytes = Buffer.from(body, 'utf8');
  if (bytes.length === 0) return '<empty>';
  const more = bytes.length > SHOWN ? ' ...' : '';
  return bytes.subarray(0, SHOWN).toString(body.startsWith('{') ? 'utf8' : 'hex') + more;
}
