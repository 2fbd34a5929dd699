/**
 * Conditions, kept small. They are most of what a fleet weighs: a Machine of Cluster API v1.10 has a score of them, all
 * but their times the same as its neighbour's. So an object keeps the list of what they say, which healthy neighbours
 * share, and the times beside it; `conditions` puts the two together whenever it is read.
 */
import type { Condition } from '../objects.ts';
import { at, get, list, sentence, time, word } from '../read.ts';
import { intern } from '../text.ts';

const CONDITION_CAP = 64;
/** A drain's message lists pods; more than this is for the YAML view. */
const MESSAGE_CAP = 600;
const SHARED_CAP = 8_192;
const NONE: readonly Condition[] = Object.freeze([]);

/** All of a condition but its time. */
type Saying = Omit<Condition, 'since'>;

/** What an object holds. Times that were not sent are NaN. */
export interface PackedConditions {
  sayings: readonly Saying[];
  since: readonly number[];
}

let sayings = new Map<string, Saying>();
let lists = new Map<string, readonly Saying[]>();

function remember<K, V>(known: Map<K, V>, key: K, value: V): Map<K, V> {
  const map = known.size >= SHARED_CAP ? new Map<K, V>() : known;
  map.set(key, value);
  return map;
}

const keyOf = ({ type, status, reason, message, severity, generation }: Saying) =>
  `${generation}\u0000${type}\u0000${status}\u0000${reason ?? ''}\u0000${severity ?? ''}\u0000${message ?? ''}`;

/** The list as one with all lists that say the same. */
function share(found: Saying[], keys: string[]): readonly Saying[] {
  const key = keys.join('\u0001');
  const known = lists.get(key);
  if (known) return known;
  // Only lists of short messages come again.
  if (key.length < 4_096) lists = remember(lists, key, found);
  return found;
}

function readSaying(item: unknown, type: string, generation: Condition['generation']): { saying: Saying; key: string } {
  const message = sentence(get(item, 'message'), MESSAGE_CAP);
  const saying: Saying = {
    type,
    status: word(get(item, 'status')) ?? 'Unknown',
    reason: word(get(item, 'reason')),
    message: message && intern(message),
    severity: word(get(item, 'severity')),
    generation,
  };
  const key = keyOf(saying);
  const known = sayings.get(key);
  if (known) return { saying: known, key };
  if (key.length < 1_024) sayings = remember(sayings, key, saying);
  return { saying, key };
}

function pack(sources: readonly (readonly [value: unknown, generation: Condition['generation']])[]): PackedConditions {
  const found: Saying[] = [];
  const keys: string[] = [];
  const since: number[] = [];
  for (const [value, generation] of sources) {
    for (const item of list(value, CONDITION_CAP)) {
      const type = word(get(item, 'type'));
      if (type === undefined) continue;
      const { saying, key } = readSaying(item, type, generation);
      found.push(saying);
      keys.push(key);
      since.push(time(get(item, 'lastTransitionTime')) ?? Number.NaN);
    }
  }
  return { sayings: share(found, keys), since: since.slice() };
}

const SAYINGS = Symbol('sayings');
const SINCE = Symbol('since');

interface Holder {
  [SAYINGS]: readonly Saying[];
  [SINCE]: readonly number[];
}

/** The last lists put together: a row's rules read the same two or three objects a dozen times over. */
const RECENT = 4;
const recent: { sayings: readonly Saying[]; since: readonly number[]; conditions: readonly Condition[] }[] = [];
let oldest = 0;

function unpack(this: Holder): readonly Condition[] {
  const since = this[SINCE];
  for (const each of recent) if (each.since === since && each.sayings === this[SAYINGS]) return each.conditions;
  const conditions = this[SAYINGS].map((saying, index): Condition => {
    const began = since[index];
    return began === undefined || Number.isNaN(began) ? { ...saying } : { ...saying, since: began };
  });
  recent[oldest] = { sayings: this[SAYINGS], since, conditions };
  oldest = (oldest + 1) % RECENT;
  return conditions;
}

/**
 * Gives an object its `conditions`: an own, enumerable property like any other to readers, copies and comparisons. The
 * list is made anew at times, so compare what it holds and not the list.
 */
export function withConditions<T extends object>(
  object: T,
  packed: PackedConditions,
): T & { conditions: readonly Condition[] } {
  if (packed.since.length === 0) return Object.assign(object, { conditions: NONE });
  Object.defineProperty(object, SAYINGS, { value: packed.sayings });
  Object.defineProperty(object, SINCE, { value: packed.since });
  Object.defineProperty(object, 'conditions', { get: unpack, enumerable: true, configurable: true });
  return object as T & { conditions: readonly Condition[] };
}

/** The conditions of an object outside Cluster API. */
export function readConditions(value: unknown): PackedConditions {
  return pack([[value, 'plain']]);
}

/** Which shape a Cluster API object was served in. */
export type CapiVersion = 'v1beta1' | 'v1beta2';

/** By `apiVersion`; where a list left that out of its items, by what only v1beta2 has. */
export function capiVersionOf(raw: unknown): CapiVersion {
  const apiVersion = get(raw, 'apiVersion');
  if (typeof apiVersion === 'string') return apiVersion.endsWith('/v1beta2') ? 'v1beta2' : 'v1beta1';
  const status = get(raw, 'status');
  return get(status, 'initialization') !== undefined || get(status, 'deprecated') !== undefined ? 'v1beta2' : 'v1beta1';
}

/**
 * Both generations of a Cluster API object's conditions, each marked with its own. The served version's own come
 * first, so that the first of a type is the one its controllers act by: v1.10 computes its v1beta2 conditions from
 * other evidence, and the two disagree for hours at a time.
 */
export function readCapiConditions(raw: unknown): PackedConditions {
  const status = get(raw, 'status');
  return capiVersionOf(raw) === 'v1beta2'
    ? pack([
        [get(status, 'conditions'), 'v1beta2'],
        [at(status, 'deprecated', 'v1beta1', 'conditions'), 'v1beta1'],
      ])
    : pack([
        [get(status, 'conditions'), 'v1beta1'],
        [at(status, 'v1beta2', 'conditions'), 'v1beta2'],
      ]);
}
