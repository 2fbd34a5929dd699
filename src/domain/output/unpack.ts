/**
 * Unpacks what the agent saved, never more than a bounded number of bytes: a Secret of 1 MiB can hold a gigabyte of
 * one repeated letter.
 */
import { constants, gunzipSync } from 'node:zlib';
import { formatBytes } from './size.ts';

/** Most bytes that come out of one key. */
export const UNPACKED_CAP = 4 * 1024 * 1024;
/** Most names read from one map. */
const NAMES_CAP = 256;
/** The longest name looked for. */
const NAME_LENGTH = 512;

/** What came out of a key. `note` says what could not be had, and how large it is. */
export interface Unpacked {
  text: string;
  /** Only the beginning came out. */
  cut: boolean;
  note?: string;
}

const GZIP = [0x1f, 0x8b];

/**
 * The text behind gzip, at most `cap` bytes of it. What is not gzip is told by its looks: plain JSON is taken as it is.
 * Never throws.
 */
export function unpack(bytes: Buffer, cap = UNPACKED_CAP): Unpacked {
  if (bytes.length === 0) return { text: '', cut: false };
  if (bytes[0] !== GZIP[0] || bytes[1] !== GZIP[1]) return unpackPlain(bytes, cap);
  try {
    return { text: gunzipSync(bytes, { maxOutputLength: cap }).toString('utf8'), cut: false };
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const text = beginning(bytes, cap);
    const packed = `${formatBytes(bytes.length)} of gzip`;
    if (tooLarge) {
      const note = `${packed} that unpack to more than ${formatBytes(cap)}: only the beginning was unpacked`;
      return { text, cut: true, note };
    }
    const what =
      text === '' ? 'nothing could be unpacked' : `${formatBytes(Buffer.byteLength(text))} could be unpacked`;
    return { text, cut: true, note: `${packed}, damaged or cut short (${(error as Error).message}): ${what}` };
  }
}

function unpackPlain(bytes: Buffer, cap: number): Unpacked {
  const text = bytes.subarray(0, cap).toString('utf8');
  const cut = bytes.length > cap;
  if (/^\s*\{/.test(text.slice(0, 64))) {
    return { text, cut, note: cut ? `${formatBytes(bytes.length)} of JSON: only the beginning is read` : undefined };
  }
  return { text: '', cut: true, note: `${formatBytes(bytes.length)} of ${looksLike(bytes)}, not gzip: not shown` };
}

/** What bytes are that nobody can read: a word for a sentence. */
export function looksLike(bytes: Buffer): 'text' | 'binary data' {
  const start = bytes.subarray(0, 4096);
  const text = start.toString('utf8');
  const odd = text.match(/[\u0000-\u0008\u000e-\u001a\ufffd]/g)?.length ?? 0;
  return odd > text.length / 10 ? 'binary data' : 'text';
}

/**
 * The first bytes of a gzip stream that is too large or torn. zlib has no way to stop in the middle of a synchronous
 * call, so less and less of the input is given until the output fits; deflate gives at most 1032 times its input.
 */
function beginning(bytes: Buffer, cap: number): string {
  for (let length = bytes.length; length > 18; length = Math.floor(length / 2)) {
    try {
      const part = gunzipSync(bytes.subarray(0, length), {
        maxOutputLength: cap,
        finishFlush: constants.Z_SYNC_FLUSH,
      });
      return part.toString('utf8');
    } catch {
      // Still too large, or the damage is in this part as well.
    }
  }
  return '';
}

/** One saved output: the bytes of base64 as they stand in the map. */
export interface Saved {
  name: string;
  encoded: string;
  /** The map ends in the middle of it. */
  cut: boolean;
}

/**
 * Reads `{name: base64}`. Where only the beginning of it is there, the values that are whole come out, and the last one
 * as far as it goes. `undefined`: it is no such map.
 */
export function readMap(text: string, cut: boolean): Saved[] | undefined {
  if (!cut) {
    const parsed = parseJson(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    return Object.entries(parsed)
      .slice(0, NAMES_CAP)
      .map(([name, value]) => ({ name, encoded: typeof value === 'string' ? value : '', cut: false }));
  }
  // Neither base64 nor what Go writes into a key of JSON holds a bare quotation mark.
  const pair = /"((?:[^"\\]|\\.){0,512})"\s*:\s*"([A-Za-z0-9+/=]*)("?)/y;
  const found: Saved[] = [];
  let at = text.indexOf('"');
  while (at >= 0 && found.length < NAMES_CAP) {
    pair.lastIndex = at;
    const match = pair.exec(text);
    if (!match) break;
    const [whole, key = '', encoded = '', end] = match;
    const name = parseJson(`"${key}"`);
    if (typeof name === 'string' && name.length <= NAME_LENGTH) found.push({ name, encoded, cut: end === '' });
    at = text.indexOf('"', at + whole.length);
  }
  return found.length > 0 ? found : undefined;
}

/** The JSON value, or `undefined`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
