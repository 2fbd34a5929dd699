/** `kubectl logs`: what a container has written, as a kubelet hands it on. */

import { taken } from '../workload/log-times.ts';
import type { Core } from './core.ts';
import { badRequest } from './errors.ts';
import { followRun, statusOf } from './log-following.ts';
import { busyTime } from './storage/busy.ts';
import type { Removed } from './storage/removed.ts';
import type { Store } from './store.ts';
import { type ApiAnswer, isRecord, type KubeObject } from './types.ts';

/** One line, written at `at`, Unix time in ms. */
export interface LogLine {
  at: number;
  text: string;
}

/** What there is to be known by whoever tells the lines of a container. */
export interface LogQuestion {
  pod: KubeObject;
  container: string;
  /** Whether the run before is meant, and not the last one. */
  previous?: boolean;
  /** Unix time in ms. */
  now: number;
  /** The revision of the store. */
  revision: number;
  /** About which revision the store had at a moment, Unix time in ms: for one moment always the same. */
  revisionAt(at: number): number;
  /** Events that are kept, and those that were kept last, in no order. */
  events(): Iterable<KubeObject>;
  /** The objects of a kind as they are stored, by its plural name; none where that is not served. */
  objects(plural: string): Iterable<KubeObject>;
  /** Pods, Nodes or Machines that were removed last, by the plural name. */
  removed?(plural: string): readonly Removed[];
}

/** Tells the lines of a container, the oldest first. The same question gives the same lines. */
export type LogSource = (question: LogQuestion) => LogLine[];

/** How often a log that is followed is looked at, in ms. */
const LOOK_MS = 1000;
/** How late a line may come to be known, in ms. */
const LATE_MS = 3000;

/** What a line is known by: below a millisecond lines of one moment are only put in order. */
const keyOfLine = ({ at, text }: LogLine): string => `${at} ${text.replace(/(\.\d{3})\d{3}/, '$1')}`;

/** Answers with the lines that the query asks for; with `follow`, for as long as the client stays and the container runs. */
export function podLog(
  core: Core,
  source: LogSource,
  pod: KubeObject,
  container: string,
  query: URLSearchParams,
): ApiAnswer {
  const previous = query.get('previous') === 'true';
  const waits = previous ? lacksPrevious(pod, container) : waitsFor(pod, container);
  if (waits !== undefined) throw badRequest(waits);
  const headers = { 'content-type': 'text/plain' };
  // `since` is counted from when it was asked for, however long it is followed.
  const begun = core.now();
  const linesOf = (of: KubeObject, before: boolean) =>
    asked(source({ ...questionOf(core), pod: of, container, previous: before }), query, begun, core.now());
  const whole = linesOf(pod, previous);
  const tail = numberIn(query, 'tailLines');
  const lines = tail === undefined ? whole : tail === 0 ? [] : whole.slice(-tail);
  const body = written(lines, query);
  if (query.get('follow') !== 'true') return { status: 200, headers, body: cut(body, query) };
  let open = true;
  const close = () => {
    open = false;
  };
  const run = followRun(core, pod, container);
  async function* follow(): AsyncGenerator<string> {
    let seen = new Set(whole.map(keyOfLine));
    let looked = core.now();
    if (body) yield body;
    let { ended } = run();
    while (open && !ended && !previous) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const at = run();
      ended = at.ended;
      if (at.silent) continue;
      const now = linesOf(at.pod, at.previous);
      // What is told of a whole second comes to be known within it: later than what was already handed on.
      const fresh = now.filter((line) => line.at > looked - LATE_MS && !seen.has(keyOfLine(line)));
      seen = new Set(now.map(keyOfLine));
      looked = core.now();
      if (open && fresh.length > 0) yield written(fresh, query);
    }
  }
  return { status: 200, headers, body: follow(), close };
}

function lacksPrevious(pod: KubeObject, container: string): string | undefined {
  const last = statusOf(pod, container)?.['lastState'];
  if (isRecord(last) && last['terminated']) return undefined;
  return `previous terminated container "${container}" in pod "${pod.metadata.name}" not found`;
}

/** What a container waits for that has never run: k8s.io/kubernetes/pkg/kubelet, validateContainerLogStatus. */
function waitsFor(pod: KubeObject, container: string): string | undefined {
  const known = statusOf(pod, container);
  const stateIn = (which: string, key: string) => {
    const state = known?.[which];
    return isRecord(state) && isRecord(state[key]) ? state[key] : undefined;
  };
  const waiting = stateIn('state', 'waiting');
  if (!waiting || stateIn('lastState', 'terminated')) return undefined;
  const reason = String(waiting['reason'] ?? '');
  const words = `container "${container}" in pod "${pod.metadata.name}"`;
  return `${words} is waiting to start: ${/^(ErrImagePull|ImagePullBackOff)$/.test(reason) ? 'trying and failing to pull image' : reason}`;
}

function questionOf(core: Core): Omit<LogQuestion, 'pod' | 'container'> {
  const { store, resources, now, expired, removed } = core;
  const events = resources.find(({ kind, group }) => kind === 'Event' && group === '')!;
  return {
    now: now(),
    revision: store.revision,
    revisionAt: revisionsOf(core, now()),
    *objects(plural) {
      const resource = resources.find((one) => one.plural === plural);
      if (resource) for (const { object } of store.scan(resource)) yield object;
    },
    removed: (plural) => removed?.of(plural) ?? [],
    *events() {
      if (expired) yield* expired.all();
      for (const { object } of store.scan(events)) yield object;
    },
  };
}

/** Moments at which revisions of a store were seen, the first before all that is asked of. */
const moments = new WeakMap<Store, { at: number; revision: number }[]>();
/** Between two moments that are kept, ms; so many are kept. */
const APART_MS = 60_000;
const most = 1024;

/**
 * The revision that a store had at a moment: between two that were seen, and since it began, by how busy it was. What was
 * told once stays so: whoever asks for a moment that was not yet seen has it seen.
 */
function revisionsOf({ store, begun }: Core, now: number): (at: number) => number {
  const seen = moments.get(store) ?? [];
  moments.set(store, seen);
  const see = () => {
    seen.push({ at: now, revision: store.revision });
    if (seen.length > most) seen.splice(1, 1);
  };
  if (seen.length === 0 || now - seen.at(-1)!.at >= APART_MS) see();
  const seed = String(seen[0]!.revision);
  return (at) => {
    if (at > seen.at(-1)!.at && at <= now) see();
    const next = seen.findIndex((one) => one.at >= at);
    if (next < 0) return seen.at(-1)!.revision;
    const after = seen[next]!;
    const before = seen[next - 1] ?? { at: Math.min(begun(), after.at - 1), revision: 1 };
    if (at <= before.at) return before.revision;
    const from = busyTime(seed, before.at);
    const share = (busyTime(seed, at) - from) / (busyTime(seed, after.at) - from);
    return Math.round(before.revision + share * (after.revision - before.revision));
  };
}

function numberIn(query: URLSearchParams, key: string): number | undefined {
  const value = query.get(key);
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Lines of the present, of the time that is asked for. */
function asked(lines: readonly LogLine[], query: URLSearchParams, begun: number, now: number): LogLine[] {
  const seconds = numberIn(query, 'sinceSeconds');
  const time = Date.parse(query.get('sinceTime') ?? '');
  const since = seconds !== undefined ? begun - seconds * 1000 : Number.isNaN(time) ? 0 : time;
  return lines.filter(({ at }) => at >= since && at <= now).sort((a, b) => a.at - b.at);
}

function written(lines: readonly LogLine[], query: URLSearchParams): string {
  const stamped = query.get('timestamps') === 'true';
  let last = '';
  return lines
    .map(({ at, text }) => {
      if (!stamped) return `${text}\n`;
      const own = taken(at, text);
      last = own > last ? own : last;
      return `${last} ${text}\n`;
    })
    .join('');
}

function cut(text: string, query: URLSearchParams): string {
  const limit = numberIn(query, 'limitBytes');
  return limit === undefined ? text : Buffer.from(text).subarray(0, limit).toString();
}
