/**
 * Leaves `metadata.managedFields` out of an object's text before it is parsed. It says who wrote which field; it is up to
 * half of the text, and parsing its many keys costs more than all the rest.
 */

/** As the API server writes it. Inside a JSON string the quotes would be escaped, so this is a key and its `[`. */
const KEY = '"managedFields":[';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;

/**
 * The text of an object, or of what holds it, without its managed fields: the first it has; the text as it is where it
 * has none, or where their end cannot be found. Whether it is JSON is for the parser to judge.
 */
export function withoutManagedFields(text: string): string {
  const key = text.indexOf(KEY);
  // After a backslash it is the end of a longer key, with a quote in it.
  if (key < 0 || text.charCodeAt(key - 1) === BACKSLASH) return text;
  const end = endOfArray(text, key + KEY.length - 1);
  if (end < 0) return text;
  if (text.charCodeAt(end) === COMMA) return text.slice(0, key) + text.slice(end + 1);
  if (text.charCodeAt(key - 1) === COMMA) return text.slice(0, key - 1) + text.slice(end);
  return text.slice(0, key) + text.slice(end);
}

/** The place after the `]` that closes the array which begins at `from`, or -1. */
function endOfArray(text: string, from: number): number {
  let nesting = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at + 1);
    } else if (code === OPEN_BRACKET) {
      nesting += 1;
    } else if (code === CLOSE_BRACKET) {
      nesting -= 1;
      if (nesting === 0) return at + 1;
    }
  }
  return -1;
}

/** From inside a string: the place of its closing quote, or past the end. */
function endOfString(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    at += code === BACKSLASH ? 2 : 1;
  }
  return at;
}
