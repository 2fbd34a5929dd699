import type { Clock } from '../../../../src/kube/reflector/clock.ts';

export interface FakeObject {
  apiVersion: string;
  kind: string;
  metadata: { uid: string; name: string; namespace: string; resourceVersion: string };
  spec?: unknown;
}

/** What an object is to whoever compares: which one, in which state. */
export function stateOf(object: FakeObject): string {
  return `${object.metadata.resourceVersion} ${JSON.stringify(object.spec)}`;
}

interface LogEntry {
  revision: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: FakeObject;
}

/** What the server had of a kind, from `at` (on the API's timeline) until the next entry. */
export interface Truth {
  at: number;
  objects: ReadonlyMap<string, string>;
}

interface Kind {
  objects: Map<string, FakeObject>;
  log: LogEntry[];
  /** Watches from before this revision are refused. */
  compacted: number;
  watchers: Set<(entry: LogEntry) => void>;
  history: Truth[];
  /** What a watch cache that is behind would still say. */
  past: { revision: number; objects: ReadonlyMap<string, FakeObject> }[];
}

/** An answer: a whole body, or a watch, which is started with where its lines go and gives what stops it. */
export type Answer =
  | { status: number; headers?: Record<string, string>; body: string }
  | { status: 200; watch: (emit: (line: string) => void, end: () => void) => () => void };

type Query = Readonly<Record<string, string | undefined>>;

/**
 * A kube-apiserver's list and watch, as far as a reflector can see it: one revision for all kinds, a log that can be
 * compacted, pages, bookmarks, WatchList, discovery, and a history of the truth to compare with. What it leaves out:
 * selectors filter nothing, there are no writes, and `readyz` knows one check.
 */
export class FakeApi {
  readonly #clock: Clock;
  readonly #timeline: (() => number) | undefined;
  readonly #kinds = new Map<string, Kind>();
  readonly #open = new Set<() => void>();
  #uids = 0;
  revision = 100;

  bookmarkMs: number | undefined = 60_000;
  /** How an expired revision is refused: by status 410, or by an ERROR event inside a 200. */
  expireBy: 'status' | 'event' = 'status';
  watchList: 'served' | 'refused' | 'ignored' = 'served';
  /** The server pages by itself, with this many items. */
  pageSize: number | undefined;
  pagesExpire = false;
  /** The watch cache is this many revisions behind etcd. */
  cacheLag = 0;
  /** Answers to all requests but those for `/readyz` and `/version`. */
  denied: { status: number; reason: string; message?: string } | undefined;
  readyz: { status: number; body: string } = { status: 200, body: 'ok' };
  /** The bearer token asked for; none is when undefined. */
  token: string | undefined;

  /** With a `timeline` a history is kept, dated by it; a clock that jumps would muddle it. */
  constructor(clock: Clock, timeline?: () => number) {
    this.#clock = clock;
    this.#timeline = timeline;
  }

  /** Serves a kind at a list path, at first without objects. */
  serve(path: string): void {
    const empty = { objects: new Map(), log: [], watchers: new Set<never>(), history: [], past: [] };
    this.#kinds.set(path, { ...empty, compacted: this.revision });
    this.#remember(path);
  }

  /** Serves the kind no longer, and ends its watches. */
  withdraw(path: string): void {
    this.#kinds.delete(path);
    this.endWatches();
  }

  /** Adds or modifies an object. */
  put(path: string, name: string, spec: unknown = {}): FakeObject {
    const kind = this.#kind(path);
    const before = kind.objects.get(name);
    this.revision += 1;
    const uid = before?.metadata.uid ?? `uid-${++this.#uids}`;
    const metadata = { uid, name, namespace: 'ns', resourceVersion: String(this.revision) };
    const object = { apiVersion: 'test/v1', kind: 'Thing', metadata, spec };
    kind.objects.set(name, object);
    this.#record(path, { revision: this.revision, type: before ? 'MODIFIED' : 'ADDED', object });
    return object;
  }

  remove(path: string, name: string): void {
    const kind = this.#kind(path);
    const before = kind.objects.get(name);
    if (!before) return;
    this.revision += 1;
    kind.objects.delete(name);
    const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(this.revision) } };
    this.#record(path, { revision: this.revision, type: 'DELETED', object });
  }

  /** Forgets the log: whoever watches from an earlier revision is told that it has expired. */
  compact(): void {
    this.revision += 1;
    for (const kind of this.#kinds.values()) {
      kind.log = [];
      kind.compacted = this.revision;
    }
  }

  /** Takes a backup of etcd; the function restores it, as if nothing had happened since. */
  backup(): () => void {
    const { revision } = this;
    const saved = [...this.#kinds].map(([path, kind]): [string, Map<string, FakeObject>, LogEntry[]] => [
      path,
      new Map(kind.objects),
      [...kind.log],
    ]);
    return () => {
      this.revision = revision;
      for (const [path, objects, log] of saved) {
        const kind = this.#kind(path);
        kind.objects = objects;
        kind.log = log;
        this.#remember(path);
      }
    };
  }

  /** Ends all watches, as their timeout does. */
  endWatches(): void {
    for (const end of [...this.#open]) end();
  }

  get watches(): number {
    return this.#open.size;
  }

  names(path: string): string[] {
    return [...this.#kind(path).objects.keys()].sort();
  }

  has(path: string, name: string): boolean {
    return this.#kind(path).objects.has(name);
  }

  /** uid to state, now. */
  truth(path: string): Map<string, string> {
    return new Map([...this.#kind(path).objects.values()].map((object) => [object.metadata.uid, stateOf(object)]));
  }

  /** All that was true of a kind, the oldest first. */
  history(path: string): readonly Truth[] {
    return this.#kind(path).history;
  }

  answer(path: string, query: Query, token?: string): Answer {
    if (path === '/readyz' && this.token === undefined) return this.readyz;
    if (this.token !== undefined && token !== this.token) return refusal(401, 'Unauthorized', 'Unauthorized');
    if (path === '/readyz') return this.readyz;
    if (path === '/version') return { status: 200, body: '{"major":"1"}' };
    const { denied } = this;
    if (denied) return refusal(denied.status, denied.reason, denied.message ?? denied.reason);
    const kind = this.#kinds.get(path);
    if (!kind) return refusal(404, 'NotFound', 'the server could not find the requested resource');
    return query['watch'] === 'true' ? this.#watch(path, kind, query) : this.#list(kind, query);
  }

  #list(kind: Kind, query: Query): Answer {
    const asked = query['resourceVersion'];
    const [token, offset] = (query['continue'] ?? '').split(':');
    if (token && this.pagesExpire) return refusal(410, 'Expired', 'The provided continue parameter is too old');
    let objects = [...kind.objects.values()];
    let revision = token ? Number(token) : this.revision;
    if (asked !== undefined) {
      revision -= this.cacheLag;
      if (Number(asked) > revision) return tooLarge(Number(asked), revision);
      if (this.cacheLag > 0) objects = stateAt(kind, revision);
    }
    objects.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    const from = Number(offset ?? 0);
    const size =
      this.pageSize ??
      (asked === undefined ? Number(query['limit'] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY);
    const items = objects.slice(from, from + size);
    const remaining = objects.length - from - items.length;
    const metadata: Record<string, unknown> = { resourceVersion: String(revision) };
    if (remaining > 0) {
      metadata['continue'] = `${revision}:${from + items.length}`;
      if (!query['fieldSelector'] && !query['labelSelector']) metadata['remainingItemCount'] = remaining;
    }
    return { status: 200, body: JSON.stringify({ kind: 'ThingList', apiVersion: 'test/v1', metadata, items }) };
  }

  #watch(path: string, kind: Kind, query: Query): Answer {
    const initial = query['sendInitialEvents'] === 'true';
    if (initial && this.watchList === 'refused') {
      return refusal(422, 'Invalid', 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless …');
    }
    const asked = Number(query['resourceVersion'] ?? 0);
    const fromNow = initial || asked === 0;
    const expired = !fromNow && asked < kind.compacted;
    if (expired && this.expireBy === 'status') return refusal(410, 'Expired', 'too old resource version');
    return {
      status: 200,
      watch: (emit, end) => {
        const send = (type: string, object: unknown) => emit(JSON.stringify({ type, object }));
        const bookmark = (annotations?: Record<string, string>) => {
          send('BOOKMARK', { kind: 'Thing', metadata: { resourceVersion: String(this.revision), annotations } });
        };
        if (expired) {
          send('ERROR', JSON.parse(statusBody(410, 'Expired', 'too old resource version')));
          end();
          return () => {};
        }
        for (const object of fromNow ? kind.objects.values() : []) send('ADDED', object);
        if (initial && this.watchList === 'served') bookmark({ 'k8s.io/initial-events-end': 'true' });
        for (const entry of fromNow ? [] : kind.log) if (entry.revision > asked) send(entry.type, entry.object);
        return this.#keepOpen(path, asked, query, { send, bookmark, end });
      },
    };
  }

  #keepOpen(
    path: string,
    asked: number,
    query: Query,
    out: { send(type: string, object: unknown): void; bookmark(): void; end(): void },
  ): () => void {
    const clock = this.#clock;
    const { watchers } = this.#kind(path);
    // A server that went back sends nothing on a watch from its future: as a real one does.
    const watcher = (entry: LogEntry) => entry.revision > asked && out.send(entry.type, entry.object);
    let bookmarks: unknown;
    const tick = () => {
      if (this.bookmarkMs === undefined) return;
      bookmarks = clock.setTimeout(() => {
        if (this.revision > asked) out.bookmark();
        tick();
      }, this.bookmarkMs);
    };
    const close = () => {
      watchers.delete(watcher);
      this.#open.delete(finish);
      clock.clearTimeout(bookmarks);
      clock.clearTimeout(timeout);
    };
    const finish = () => {
      close();
      out.end();
    };
    const timeout = clock.setTimeout(finish, Number(query['timeoutSeconds'] ?? 600) * 1000);
    watchers.add(watcher);
    this.#open.add(finish);
    tick();
    return close;
  }

  #record(path: string, entry: LogEntry): void {
    const kind = this.#kind(path);
    kind.log.push(entry);
    this.#remember(path);
    for (const watcher of [...kind.watchers]) watcher(entry);
  }

  #remember(path: string): void {
    const kind = this.#kind(path);
    if (this.#timeline) kind.history.push({ at: this.#timeline(), objects: this.truth(path) });
    kind.past = [...kind.past.slice(-20), { revision: this.revision, objects: new Map(kind.objects) }];
  }

  #kind(path: string): Kind {
    const kind = this.#kinds.get(path);
    if (!kind) throw new Error(`nothing is served at ${path}`);
    return kind;
  }
}

function stateAt(kind: Kind, revision: number): FakeObject[] {
  const state = kind.past.findLast((past) => past.revision <= revision);
  return [...(state?.objects.values() ?? [])];
}

export function statusBody(code: number, reason: string, message: string, details?: unknown): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details });
}

export function refusal(code: number, reason: string, message: string): Answer {
  return { status: code, body: statusBody(code, reason, message) };
}

function tooLarge(asked: number, current: number): Answer {
  const message = `Too large resource version: ${asked}, current: ${current}`;
  const details = { causes: [{ reason: 'ResourceVersionTooLarge', message }], retryAfterSeconds: 1 };
  return { status: 504, body: statusBody(504, 'Timeout', message, details) };
}
