/**
 * A list and a watch that keep a copy of one kind in memory. It belongs to the simulator alone: it knows how far it has
 * read, so that a controller can wait until it sees its own writes.
 */

import { KubeError, type Transport } from '../../kube/types.ts';
import { type Kind, pathOf } from './kinds.ts';
import type { KubeObject, Meta } from './shapes/meta.ts';
import type { Wire } from './versions/contract.ts';
import { wireOf } from './versions/wire.ts';

export interface InformerOptions<T extends KubeObject> {
  fieldSelector?: string;
  /** Whether an object is one of those the selector lets through; every object is where left out. */
  covers?: (object: T) => boolean;
  /** A fresh object without what no controller reads, to save memory; itself where there is nothing to leave out. */
  slim?: (object: T) => T;
}

export type Change = 'added' | 'modified' | 'deleted';
export type Handler<T> = (object: T, change: Change) => void;

interface ListAnswer<T> {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: T[];
}

interface WatchEvent<T> {
  type?: string;
  object?: T & { code?: number; reason?: string; message?: string };
}

const pause = 500;

/** One kind's objects, kept fresh. `start` and then `stop` it; one use only. */
export class Informer<T extends KubeObject> {
  readonly kind: Kind<T>;
  #transport: Transport;
  #namespace: string;
  #options: InformerOptions<T>;
  #wire: Wire;
  #objects = new Map<string, T>();
  #handlers: Handler<T>[] = [];
  #indexes = new Map<string, { of: (object: T) => readonly string[]; names: Map<string, Set<string>> }>();
  #abort = new AbortController();
  #version = '';
  #waiting = new Set<() => void>();
  #synced: Promise<void> | undefined;

  /** `wire` says how the server shows its objects; those kept here have the controllers' shape. */
  constructor(
    transport: Transport,
    kind: Kind<T>,
    namespace: string,
    options: InformerOptions<T> = {},
    wire: Wire = wireOf('v1beta1'),
  ) {
    this.#transport = transport;
    this.#wire = wire;
    this.kind = kind;
    this.#namespace = namespace;
    this.#options = options;
  }

  get(name: string | undefined): T | undefined {
    return name === undefined ? undefined : this.#objects.get(name);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Whether the informer will ever show this object. */
  covers(object: T): boolean {
    return this.#options.covers?.(object) ?? true;
  }

  /** Keeps an index called `name`; `of` gives the keys an object is found under. Call it before `start`. */
  index(name: string, of: (object: T) => readonly string[]): void {
    if (!this.#indexes.has(name)) this.#indexes.set(name, { of, names: new Map() });
  }

  /** The objects an index has under `key`, by name. */
  by(index: string, key: string | undefined): T[] {
    const names = key === undefined ? undefined : this.#indexes.get(index)?.names.get(key);
    if (!names) return [];
    return [...names].sort().map((name) => this.#objects.get(name) as T);
  }

  /** Calls `handler` with every object now known and with every later change. */
  onChange(handler: Handler<T>): void {
    this.#handlers.push(handler);
    for (const object of this.#objects.values()) handler(object, 'added');
  }

  /** Starts reading; resolves when the first list is in. Later breaks are healed in silence. */
  start(): Promise<void> {
    this.#synced ??= new Promise((resolve) => {
      void this.#run(resolve);
    });
    return this.#synced;
  }

  stop(): void {
    this.#abort.abort();
    this.#wake();
  }

  /** Resolves as soon as `seen` holds, looking again after every change; or after `limit` real milliseconds. */
  async until(seen: () => boolean, limit: number): Promise<void> {
    if (seen() || this.#abort.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, limit);
      const look = () => {
        if (seen() || this.#abort.signal.aborted) done();
      };
      const waiting = this.#waiting;
      function done(): void {
        clearTimeout(timer);
        waiting.delete(look);
        resolve();
      }
      waiting.add(look);
    });
  }

  /** Whether everything up to this resourceVersion has been read. */
  hasRead(version: string | undefined): boolean {
    return version === undefined || newer(this.#version, version);
  }

  async #run(synced: () => void): Promise<void> {
    let fresh = false;
    while (!this.#abort.signal.aborted) {
      try {
        if (!fresh) {
          await this.#list();
          fresh = true;
          synced();
        }
        await this.#watch();
      } catch (error) {
        if (this.#abort.signal.aborted) break;
        fresh = false;
        if (!(error instanceof KubeError && error.reason === 'Expired')) await this.#rest();
      }
    }
    synced();
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      // Broken connections are healed on the wall clock: a test's clock may stand still meanwhile.
      const timer = setTimeout(resolve, pause);
      this.#abort.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #path(): string {
    return pathOf(this.#wire.served(this.kind as Kind), this.#namespace);
  }

  #query(more: Record<string, string | boolean | undefined>) {
    return { fieldSelector: this.#options.fieldSelector, ...more };
  }

  async #list(): Promise<void> {
    const path = this.#path();
    const gone = new Set(this.#objects.keys());
    let token: string | undefined;
    let version = '';
    do {
      const answer = await this.#transport.json<ListAnswer<T>>({
        path,
        query: this.#query({ limit: '500', continue: token }),
        signal: this.#abort.signal,
      });
      for (const item of answer.items ?? []) {
        gone.delete(item.metadata.name);
        this.#put(item);
      }
      version = answer.metadata?.resourceVersion ?? version;
      token = answer.metadata?.continue || undefined;
    } while (token !== undefined);
    for (const name of gone) this.#drop(this.#objects.get(name) as T);
    this.#version = version;
    this.#wake();
  }

  async #watch(): Promise<void> {
    const stream = await this.#transport.stream({
      path: this.#path(),
      query: this.#query({ watch: true, allowWatchBookmarks: true, resourceVersion: this.#version }),
      signal: this.#abort.signal,
    });
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of stream.body) {
        rest += decoder.decode(chunk, { stream: true });
        let end = rest.indexOf('\n');
        let from = 0;
        while (end >= 0) {
          if (end > from) this.#take(JSON.parse(rest.slice(from, end)) as WatchEvent<T>);
          from = end + 1;
          end = rest.indexOf('\n', from);
        }
        rest = rest.slice(from);
        this.#wake();
      }
    } finally {
      stream.close();
    }
  }

  #take(event: WatchEvent<T>): void {
    const object = event.object;
    if (!object) return;
    if (event.type === 'ERROR') {
      const reason = object.code === 410 ? 'Expired' : (object.reason ?? 'Unknown');
      throw new KubeError(object.code ?? 500, reason, object.message ?? 'the watch failed');
    }
    const version = (object.metadata as Meta | undefined)?.resourceVersion ?? this.#version;
    // What is told late was written before what has been read: nothing has to be read again because of it.
    if (newer(version, this.#version)) this.#version = version;
    if (event.type === 'DELETED') this.#drop(object);
    else if (event.type !== 'BOOKMARK') this.#put(object);
  }

  #put(raw: T): void {
    const whole = this.#wire.decode(this.kind, raw);
    whole.apiVersion = this.kind.apiVersion;
    whole.kind = this.kind.kind;
    delete whole.metadata.managedFields;
    const object = this.#options.slim?.(whole) ?? whole;
    const name = object.metadata.name;
    const old = this.#objects.get(name);
    if (old && old.metadata.uid === object.metadata.uid) {
      if (old.metadata.resourceVersion === object.metadata.resourceVersion) return;
      this.#unindex(old);
    } else if (old) {
      this.#drop(old);
    }
    this.#objects.set(name, object);
    for (const index of this.#indexes.values()) {
      for (const key of index.of(object)) {
        const names = index.names.get(key) ?? new Set();
        index.names.set(key, names.add(name));
      }
    }
    for (const handler of this.#handlers) handler(object, old ? 'modified' : 'added');
  }

  #drop(object: T): void {
    const old = this.#objects.get(object.metadata.name);
    if (old) this.#unindex(old);
    this.#objects.delete(object.metadata.name);
    if (old) for (const handler of this.#handlers) handler(old, 'deleted');
  }

  #unindex(object: T): void {
    for (const index of this.#indexes.values()) {
      for (const key of index.of(object)) {
        const names = index.names.get(key);
        names?.delete(object.metadata.name);
        if (names?.size === 0) index.names.delete(key);
      }
    }
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}

/** Whether resourceVersion `a` is at least `b`. They are opaque by contract and whole numbers in every API server. */
function newer(a: string, b: string): boolean {
  return a.length === b.length ? a >= b : a.length > b.length;
}
