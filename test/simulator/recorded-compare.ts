/** What two tellings of one story have in common and where they differ. */

import type { Entry, Recorded } from './recorded.ts';

/** The objects that exist when a chapter of the story ends, as text free of times and identities. */
export interface Chapter {
  story: string;
  /** `ADDED Machine/x` and the like, in order. */
  births: string[];
  /** By `Kind/name`: everything the object said in this chapter and in what it ended. */
  objects: Map<string, ObjectStory>;
}

/** What became of one object during a chapter. */
export interface ObjectStory {
  /** By path: what each number, flag and phase of its status and the size of its spec were, one after the other. */
  numbers: Map<string, string[]>;
  /** By condition: each status and reason in turn. */
  conditions: Map<string, string[]>;
  /** The whole object at the end, as paths to values; undefined where it is gone. */
  end: Map<string, string> | undefined;
}

type Json = Record<string, unknown>;

const unlike = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'lastTransitionTime']);
const chance = new Set(['lastUpdated', 'deletionTimestamp', 'token', 'caCertHashes', 'nodeDrainStartTime']);

/**
 * Every value of an object under its path; conditions go by their type. Of times, identities and secrets nothing is told,
 * or with `marked` that they are there.
 */
function flat(value: unknown, at = '', out = new Map<string, string>(), marked = false): Map<string, string> {
  if (Array.isArray(value)) {
    value.forEach((item: unknown, index) => {
      const { type } = item as { type?: string };
      flat(item, `${at}[${/conditions$/.test(at) ? type : index}]`, out, marked);
    });
    if (value.length === 0) out.set(at, '[]');
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      if (!unlike.has(key) && !chance.has(key)) flat(inner, `${at}.${key}`, out, marked);
      else if (marked) out.set(`${at}.${key}`, 'is there');
    }
    if (Object.keys(value).length === 0) out.set(at, '{}');
  } else out.set(at, plain(String(value)));
  return out;
}

/** A text without times and the number of a template's hash, which both name machines alike. */
function plain(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME').replace(/\b\d+-([a-z0-9]{5})\b/g, 'HASH-$1');
}

function push(list: string[], text: string): void {
  if (list.at(-1) !== text) list.push(text);
}

/** The chapters of a telling. The first one has no name: what there was before the story began. */
export function chapters(entries: readonly Entry[]): Chapter[] {
  const told: Chapter[] = [];
  const living = new Map<string, Recorded>();
  let chapter: Chapter = { story: '', births: [], objects: new Map() };
  const finish = () => {
    for (const [key, object] of living) {
      const story = chapter.objects.get(key) ?? blank();
      story.end = flat(object);
      chapter.objects.set(key, story);
    }
    told.push(chapter);
  };
  for (const { type, object, story } of entries) {
    if (story !== undefined) {
      finish();
      chapter = { story, births: [], objects: new Map() };
    }
    if (!object || object.kind === 'Event') continue;
    const key = `${object.kind}/${object.metadata.name}`;
    // It is the stand-in's; only who makes it, and when, is Cluster API's.
    if (object.kind === 'BaremetalMachine') {
      if (type === 'DELETED') chapter.births.push(`${type} ${key}`);
      if (type === 'ADDED') chapter.births.push(`${type} ${key}, ${birthmarks(object)}`);
      continue;
    }
    const own = chapter.objects.get(key) ?? blank();
    chapter.objects.set(key, own);
    if (type === 'DELETED') chapter.births.push(`${type} ${key}`);
    // How it was made: by whom, held by what.
    if (type === 'ADDED') chapter.births.push(`${type} ${key}, ${birthmarks(object)}`);
    if (type === 'DELETED') living.delete(key);
    else living.set(key, object);
    note(own, object as Recorded & { spec?: Json; status?: Json });
  }
  finish();
  return told;
}

function birthmarks({ metadata }: Recorded): string {
  const owners = (metadata.ownerReferences ?? []).map(({ kind, controller }) => `${kind}${controller ? '!' : ''}`);
  const keys = Object.keys({ ...metadata.labels, ...metadata.annotations }).sort();
  return [...owners, ...(metadata.finalizers ?? []), ...keys].join(' ');
}

/** Every number, flag and phase under a value, with its path; conditions apart. */
function numbers(value: unknown, at = ''): [path: string, value: string][] {
  if (value === undefined) return [];
  if (typeof value === 'number' || typeof value === 'boolean' || /\.phase$/.test(at)) return [[at, String(value)]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    /^(conditions|observedGeneration|nodeInfo)$/.test(key) ? [] : numbers(inner, `${at}.${key}`),
  );
}

const blank = (): ObjectStory => ({ numbers: new Map(), conditions: new Map(), end: undefined });

function note(story: ObjectStory, object: Recorded & { spec?: Json; status?: Json }): void {
  const { spec, status, metadata } = object;
  // These two go together, which their ways apart would not show.
  const labeled = status?.['fullyLabeledReplicas'];
  const phase = labeled === undefined ? undefined : `${String(status?.['replicas'])} of which ${String(labeled)}`;
  for (const [path, value] of numbers({ spec: { replicas: spec?.['replicas'] }, status, labeled: { phase } })) {
    const said = story.numbers.get(path) ?? [];
    push(said, metadata.deletionTimestamp ? `deleting ${value}` : value);
    story.numbers.set(path, said);
  }
  const old = object.apiVersion.endsWith('v1beta2')
    ? (status as { deprecated?: { v1beta1?: { conditions?: unknown } } })?.deprecated?.v1beta1?.conditions
    : status?.conditions;
  const fresh = object.apiVersion.endsWith('v1beta2') ? status?.conditions : status?.v1beta2?.conditions;
  for (const [generation, list] of [
    ['old', old],
    ['new', fresh],
  ] as const) {
    for (const condition of (list ?? []) as { type: string; status: string; reason?: string; severity?: string }[]) {
      const key = `${generation} ${condition.type}`;
      const said = story.conditions.get(key) ?? [];
      push(said, [condition.status, condition.reason, condition.severity].filter(Boolean).join(' '));
      story.conditions.set(key, said);
    }
  }
}

/** Where two objects differ in fields and values, those included that are never the same: `path: first -> second`. */
export function shapeDifferences(a: unknown, b: unknown): string[] {
  return differences(flat(a, '', new Map(), true), flat(b, '', new Map(), true));
}

function differences(x: ReadonlyMap<string, string>, y: ReadonlyMap<string, string>): string[] {
  return [...new Set([...x.keys(), ...y.keys()])].flatMap((path) =>
    x.get(path) === y.get(path) ? [] : [`${path}: ${x.get(path)} -> ${y.get(path)}`],
  );
}

/** Where two tellings differ when a chapter ends: `story | Kind/name | path: first -> second`. */
export function endDifferences(a: Chapter, b: Chapter): string[] {
  const lines: string[] = [];
  for (const key of new Set([...a.objects.keys(), ...b.objects.keys()])) {
    const x = a.objects.get(key)?.end;
    const y = b.objects.get(key)?.end;
    if (!x || !y) {
      if (x || y) lines.push(`${key} | ${x ? 'is missing' : 'should be gone'}`);
      continue;
    }
    for (const line of differences(x, y)) lines.push(`${key} | ${line}`);
  }
  return lines;
}

/** Where objects went through other phases, sizes or counts than they should have, over the whole story. */
export function sequenceDifferences(a: readonly Chapter[], b: readonly Chapter[]): string[] {
  const x = sequences(a);
  const y = sequences(b);
  return [...new Set([...x.keys(), ...y.keys()])].flatMap((key) => {
    const [first, second] = [x.get(key)?.join(', '), y.get(key)?.join(', ')];
    return first === second ? [] : [`${key}: ${first} -> ${second}`];
  });
}

function sequences(all: readonly Chapter[]): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const { story, objects } of all) {
    for (const [key, { numbers }] of objects) {
      for (const [path, list] of numbers) {
        const known = out.get(`${key} ${path}`) ?? [];
        // Before the story only what it comes from counts.
        for (const item of story === '' ? list.slice(-1) : list) push(known, item);
        out.set(`${key} ${path}`, known);
      }
    }
  }
  return out;
}

/**
 * Where conditions went through other statuses, reasons and severities than they should have, over the whole story.
 * `smooth` takes out of a way, written `a > b > c`, what does not count. Of conditions that `loosely` names only what they
 * ever said is compared, without what is `passing`.
 */
export function conditionDifferences(
  a: readonly Chapter[],
  b: readonly Chapter[],
  { loosely, passing, smooth }: { loosely: RegExp; passing: RegExp; smooth: (way: string) => string },
): { compared: number; lines: string[] } {
  const x = conditionWays(a);
  const y = conditionWays(b);
  const keys = [...new Set([...x.keys(), ...y.keys()])];
  const summary = (key: string, way: readonly string[] = []): string =>
    loosely.test(key)
      ? [...new Set(way.filter((said) => !passing.test(said)))].sort().join(' | ')
      : smooth(way.join(' > '));
  const lines = keys.flatMap((key) => {
    const [first, second] = [summary(key, x.get(key)), summary(key, y.get(key))];
    return first === second ? [] : [`${key}: ${first} -> ${second}`];
  });
  return { compared: keys.length, lines };
}

function conditionWays(all: readonly Chapter[]): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const { story, objects } of all) {
    for (const [key, { conditions }] of objects) {
      for (const [condition, said] of conditions) {
        const known = out.get(`${key} ${condition}`) ?? [];
        // Before the story only what it comes from counts.
        for (const item of story === '' ? said.slice(-1) : said) push(known, item);
        out.set(`${key} ${condition}`, known);
      }
    }
  }
  return out;
}
