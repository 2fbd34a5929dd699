/** `kubectl logs`: what a container has written, as a kubelet hands it on. */

import { nanos } from '../workload/log-times.ts';
import type { Core } from './core.ts';
import { badRequest } from './errors.ts';
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
  /** Events that are kept, in no order. */
  events(): Iterable<KubeObject>;
}

/** Tells the lines of a container, the oldest first. The same question gives the same lines. */
export type LogSource = (question: LogQuestion) => LogLine[];

/** How often a log that is followed is looked at, in ms. */
const LOOK_MS = 1000;

/** Answers with the lines that the query asks for; with `follow`, for as long as the client stays. */
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
  const all = () => asked(source({ ...questionOf(core), pod, container, previous }), query, core.now());
  const whole = all();
  const tail = numberIn(query, 'tailLines');
  const lines = tail === undefined ? whole : tail === 0 ? [] : whole.slice(-tail);
  const body = written(lines, query);
  if (query.get('follow') !== 'true') return { status: 200, headers, body: cut(body, query) };
  let open = true;
  const close = () => {
    open = false;
  };
  async function* follow(): AsyncGenerator<string> {
    let told = whole.at(-1)?.at ?? core.now();
    if (body) yield body;
    while (open) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const fresh = all().filter(({ at }) => at > told);
      told = fresh.at(-1)?.at ?? told;
      if (open && fresh.length > 0) yield written(fresh, query);
    }
  }
  return { status: 200, headers, body: follow(), close };
}

const statusOf = ({ status }: KubeObject, container: string) =>
  ['containerStatuses', 'initContainerStatuses']
    .flatMap((key) => status?.[key] ?? [])
    .filter(isRecord)
    .find(({ name }) => name === container);

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

function questionOf({ store, resources, now }: Core): Omit<LogQuestion, 'pod' | 'container'> {
  const events = resources.find(({ kind, group }) => kind === 'Event' && group === '')!;
  return {
    now: now(),
    revision: store.revision,
    *events() {
      for (const { object } of store.scan(events)) yield object;
    },
  };
}

function numberIn(query: URLSearchParams, key: string): number | undefined {
  const value = query.get(key);
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Lines of the present, of the time that is asked for. */
function asked(lines: readonly LogLine[], query: URLSearchParams, now: number): LogLine[] {
  const seconds = numberIn(query, 'sinceSeconds');
  const time = Date.parse(query.get('sinceTime') ?? '');
  const since = seconds !== undefined ? now - seconds * 1000 : Number.isNaN(time) ? 0 : time;
  return lines.filter(({ at }) => at >= since && at <= now).sort((a, b) => a.at - b.at);
}

function written(lines: readonly LogLine[], query: URLSearchParams): string {
  const stamped = query.get('timestamps') === 'true';
  return lines.map(({ at, text }) => `${stamped ? `${nanos(at, text)} ` : ''}${text}\n`).join('');
}

function cut(text: string, query: URLSearchParams): string {
  const limit = numberIn(query, 'limitBytes');
  return limit === undefined ? text : Buffer.from(text).subarray(0, limit).toString();
}
