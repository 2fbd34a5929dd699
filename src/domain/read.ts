/**
 * Readers over values of unknown shape. A server, a proxy or a webhook may leave out or mistype anything: a reader
 * gives `undefined` (or an empty collection) for what is not what it should be, and never throws. Every string that
 * comes out is clean (`text.ts`). Absent and zero stay different things.
 */
import { redactText } from './redact-text.ts';
import { cleanLine, cleanText, intern, internName, LINE_CAP } from './text.ts';

export type Raw = Readonly<Record<string, unknown>>;

const NOTHING: Raw = Object.freeze(Object.setPrototypeOf({}, null));
const EMPTY: readonly never[] = Object.freeze([]);

/** Longest list read from an object: far above what any field legitimately holds. */
const LIST_CAP = 20_000;
/** So much more of a message is looked at than is kept. */
const SECRET_MARGIN = 4_096;
/** Most entries of a string map; Kubernetes itself allows 256 KiB of annotations. */
const RECORD_CAP = 1_000;

/** The value as a JSON object, or an empty one. */
export function rec(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : NOTHING;
}

/** The value's own property; nothing inherited is ever read. */
export function get(value: unknown, key: string): unknown {
  const object = rec(value);
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The value at a path of own properties. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here: unknown = value;
  for (const key of path) {
    here = get(here, key);
    if (here === undefined) return undefined;
  }
  return here;
}

/** One clean line; `undefined` for an empty one, for an empty string says no more than an absent one. */
export function str(value: unknown, cap = LINE_CAP): string | undefined {
  if (typeof value !== 'string') return undefined;
  return cleanLine(value, cap) || undefined;
}

/** As `str`, held once however often it comes: for words that repeat from object to object. */
export function word(value: unknown): string | undefined {
  const text = str(value);
  return text === undefined ? undefined : intern(text);
}

/** Longest name the API allows. */
const NAME_CAP = 253;

/** As `str`, for names and uids, by which objects refer to one another. */
export function name(value: unknown): string | undefined {
  const text = str(value, NAME_CAP);
  return text === undefined ? undefined : internName(text);
}

/** Clean text of several lines. */
export function text(value: unknown, cap?: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  return cleanText(value, cap) || undefined;
}

/** What a secret in a sentence has in it: looking for one costs more, and few sentences hold any. */
const MAY_HOLD_SECRET =
  /[a-z0-9]{6}\.[a-z0-9]{16}|-----(?:BEGIN|END)|eyJ[\w-]{8}|H4sI|LS0tLS1|token|passw|secret|credential|authorization|bearer|key|:\/\/[^\s/:@]+:|[A-Za-z0-9+/]{200}|#cloud-config|\/elemental\//i;

/**
 * As `text`, for what controllers and agents say: they quote commands, URLs and files, so secrets in it are replaced by
 * their size.
 */
export function sentence(value: unknown, cap?: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (!MAY_HOLD_SECRET.test(cap === undefined ? value : value.slice(0, cap + SECRET_MARGIN))) return text(value, cap);
  // Before the cut, so that half a secret is known as one.
  return text(redactText(cleanText(value, cap === undefined ? undefined : cap + SECRET_MARGIN)), cap);
}

/** A number, if finite. */
export function num(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A whole number in a string, as Secret data and annotations hold them. */
export function decimal(value: unknown): number | undefined {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : undefined;
}

export function bool(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Kubernetes' int-or-string (`maxSurge: 1`, `maxSurge: "25%"`) as text. */
export function intOrString(value: unknown): string | undefined {
  return typeof value === 'number' ? (Number.isFinite(value) ? intern(String(value)) : undefined) : word(value);
}

/** The value as a list, or an empty one. */
export function list(value: unknown, cap = LIST_CAP): readonly unknown[] {
  if (!Array.isArray(value)) return EMPTY;
  return value.length > cap ? value.slice(0, cap) : value;
}

/** The clean strings of a list; what is not a string is passed over. */
export function strings(value: unknown): readonly string[] {
  const found: string[] = [];
  for (const item of list(value)) {
    const line = word(item);
    if (line !== undefined) found.push(line);
  }
  return found.length === 0 ? EMPTY : found.slice();
}

/**
 * An empty string map without a prototype: a key `__proto__` is a key like any other. Made by `setPrototypeOf` because
 * `Object.create(null)` gives a hash table three times the size.
 */
export function emptyRecord(): Record<string, string> {
  return Object.setPrototypeOf({}, null);
}

/** A map of clean strings; values that are not strings are passed over. `keep` chooses keys before anything is read. */
export function record(value: unknown, keep?: (key: string) => boolean): Record<string, string> {
  const found = emptyRecord();
  let count = 0;
  for (const key of Object.keys(rec(value))) {
    if (keep && !keep(key)) continue;
    const item = get(value, key);
    if (typeof item !== 'string') continue;
    if (++count > RECORD_CAP) break;
    found[intern(cleanLine(key))] = cleanLine(item);
  }
  return found;
}

const TIMES_CAP = 4_096;
let times = new Map<string, number | undefined>();

/** RFC 3339 time to epoch ms. The conditions of one object share a few times: each is parsed, and held, once. */
export function time(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined;
  if (times.has(value)) return times.get(value);
  const parsed = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  const at = Number.isNaN(parsed) ? undefined : parsed;
  if (times.size >= TIMES_CAP) times = new Map();
  times.set(value, at);
  return at;
}
