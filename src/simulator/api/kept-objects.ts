/** What a server keeps, for whoever makes its world: past its API, and judged by nobody. */

import { whole } from './kinds/event-view.ts';
import { prepareWorkload } from './kinds/workload-kinds.ts';
import type { ApiOptions } from './options.ts';
import { apiVersionOf, type Resource } from './resources.ts';
import type { Change } from './storage/history.ts';
import { keyOf, Store } from './store.ts';
import type { KubeObject } from './types.ts';
import { cleaned } from './write/creates.ts';
import { timestamp } from './write/metadata.ts';

/** Kinds of Kubernetes itself that no server keeps without its defaults. */
const WORKLOADS = new Set(['Pod', 'Service', 'Deployment']);

type Named = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/** The objects of a server. */
export class KeptObjects {
  /** Every kind that is served. */
  readonly resources: readonly Resource[];
  /** The same, for who adds those that are defined. */
  protected readonly served: Resource[];
  protected readonly store: Store;
  /** When the server began, Unix time in ms. */
  protected readonly began: number;
  readonly #past: ApiOptions['past'];
  readonly #podsCountedSince: ApiOptions['podsCountedSince'];
  /** To which revision the server had come when it began. */
  #settled: number;

  constructor(resources: readonly Resource[], options: ApiOptions, began: number) {
    const { historyLimit = 20_000, revision, ownership, past, beforeWrite } = options;
    this.served = [...resources];
    this.resources = this.served;
    this.began = began;
    this.#past = past;
    this.#podsCountedSince = options.podsCountedSince;
    this.#settled = revision ?? 1;
    this.store = new Store({ historyLimit, revision, complete: ownership && owned(ownership), beforeWrite });
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.store.revision;
  }

  /** Counts writes that nobody sees: of keys that are served to nobody, and of what is told only when it is read. */
  pass(writes: number): void {
    this.store.pass(writes);
  }

  /** Lets so many writes have been before anything was: for a server that has been there longer than its world. */
  settle(revision: number): void {
    this.#settled = revision;
    this.pass(revision - this.revision);
    this.store.history.compact(this.revision);
  }

  /**
   * Puts objects in as they are, with uid, times and status: a world at rest to begin with. Watches hear of them, nobody
   * judges them; pods, services and what makes pods get what the server adds to any. Of those that come `later`, as old as they say they
   * are, the places among the others are kept. Throws on a kind that is not served.
   */
  load(objects: readonly KubeObject[], later: readonly KubeObject[] = []): void {
    const reserved = new Set(later);
    for (const { object, at } of this.#inOrder(later.length > 0 ? [...objects, ...later] : objects)) {
      const resource = this.resources.find(
        ({ group, version, kind }) => kind === object.kind && apiVersionOf({ group, version }) === object.apiVersion,
      );
      if (reserved.has(object)) this.#reserve(resource, object, at);
      else if (!resource) throw new Error(`${object.apiVersion} ${object.kind} is not served`);
      else this.#enter(resource, this.#counted(resource, completed(resource, object)), { at });
    }
  }

  #reserve(resource: Resource | undefined, object: KubeObject, at: number): void {
    const past = this.#past;
    if (!resource) return;
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    if (past && past.since < this.began && at < this.began && this.store.get(resource, key) === undefined)
      this.store.reserve(resource, key, this.#revisionOf(object, at, past));
  }

  /** Takes an object away, whoever holds it. Watches hear of it. */
  drop({ apiVersion, kind, metadata }: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): void {
    const resource = this.resources.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    const key = keyOf(metadata.namespace, metadata.name);
    if (resource && this.store.get(resource, key)) this.store.remove(resource, key);
  }

  /** As `load`, of objects that are there: what was written on them before the server began, and has not been told. */
  recall(objects: readonly KubeObject[]): void {
    for (const { object, at } of this.#inOrder(objects)) {
      const resource = this.resources.find(
        (one) => one.kind === object.kind && apiVersionOf(one) === object.apiVersion,
      );
      if (resource) this.#enter(resource, this.#counted(resource, completed(resource, object)), { at, anew: true });
    }
  }

  /** A Pod with the generation that its server has given it; that it is to go counts, too. */
  #counted(resource: Resource, object: KubeObject): KubeObject {
    const { kind, metadata } = object;
    if (kind !== 'Pod' || resource.custom || metadata.generation !== undefined) return object;
    const found = this.store.get(resource, keyOf(metadata.namespace, metadata.name))?.object.metadata;
    const known = found?.uid === metadata.uid ? found : undefined;
    const since = this.#podsCountedSince?.();
    const isCounted = since !== undefined && (metadata.creationTimestamp ?? '') >= since;
    const generation = known ? known.generation : isCounted ? 1 : undefined;
    if (generation === undefined) return object;
    const goes = metadata.deletionTimestamp !== undefined && known?.deletionTimestamp === undefined;
    return { ...object, metadata: { ...metadata, generation: goes ? generation + 1 : generation } };
  }

  /** What was written first comes first: where many were written at once, the later ones make room. */
  #inOrder(objects: readonly KubeObject[]): readonly { object: KubeObject; at: number }[] {
    const past = this.#past;
    if (!past || past.since >= this.began) return objects.map((object) => ({ object, at: Number.POSITIVE_INFINITY }));
    return objects.map((object) => ({ object, at: past.written(object) })).sort((a, b) => a.at - b.at);
  }

  /** Stores an object as it is: if it was not there, under the revision of the time `at` which it was written. */
  #enter(resource: Resource, object: KubeObject, { at, anew = false }: { at: number; anew?: boolean }): void {
    const { store } = this;
    const past = this.#past;
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    if (past && past.since < this.began && (anew || store.get(resource, key) === undefined)) {
      if (at < this.began && store.place(resource, key, object, this.#revisionOf(object, at, past), at)) return;
    }
    store.put(resource, key, object);
  }

  #revisionOf(object: Named, at: number, past: NonNullable<ApiOptions['past']>): number {
    const share = (at - past.since) / (this.began - past.since);
    return past.revision?.(object as KubeObject, at, this.began, this.#settled) ?? share * this.#settled;
  }

  /** To which revision the server had come when something was written of an object at Unix time `at` in ms. */
  revisionOf(object: Named, at: number): number {
    const past = this.#past;
    if (!past || past.since >= this.began || at >= this.began) return this.revision;
    return Math.floor(this.#revisionOf(object, at, past));
  }

  /** Whether there is an object of that kind and name. */
  has(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): boolean {
    return this.find(object) !== undefined;
  }

  /** The object of that kind and name as it is stored; undefined where there is none. */
  find({ apiVersion, kind, metadata }: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): KubeObject | undefined {
    const resource = this.resources.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    return resource && this.store.get(resource, keyOf(metadata.namespace, metadata.name))?.object;
  }

  /** The namespaces that are there. */
  namespaces(): KubeObject[] {
    return [...this.store.scan(this.#namespaces)].map(({ object }) => object);
  }

  /** Every object of a kind as it is stored; none where that is not served. */
  all({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): KubeObject[] {
    const resource = this.resources.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    return resource ? [...this.store.scan(resource)].map(({ object }) => object) : [];
  }

  /** Calls `listener` with every write of a kind from now on. */
  follow({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>, listener: (change: Change) => void): void {
    const resource = this.resources.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    if (resource) this.store.follow(resource, listener);
  }

  /**
   * Lets the namespaces that are there have been created at `born`, a time as Kubernetes writes it, or what it gives for a name;
   * and `noted` on, where that was long ago.
   */
  backdateNamespaces(
    born: string | ((name: string) => string),
    noted: (namespace: KubeObject) => KubeObject = (one) => one,
  ): void {
    const spaces = this.namespaces().map((object) => {
      const creationTimestamp = typeof born === 'string' ? born : born(object.metadata.name);
      return noted({ ...object, metadata: { ...object.metadata, creationTimestamp } });
    });
    for (const { object, at } of this.#inOrder(spaces)) this.#enter(this.#namespaces, object, { at, anew: true });
  }

  get #namespaces(): Resource {
    return this.resources.find(({ kind, group }) => kind === 'Namespace' && group === '')!;
  }

  /** Makes a namespace as every server has it: `uid`, and when it was made, Unix time in ms. */
  protected createNamespace(name: string, uid: string, at: number): void {
    const namespace: KubeObject = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        uid: uid,
        creationTimestamp: timestamp(at),
        labels: { 'kubernetes.io/metadata.name': name },
      },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    };
    this.load([namespace]);
  }
}

/** An object with what the server adds to any. */
const completed = (resource: Resource, object: KubeObject): KubeObject =>
  WORKLOADS.has(resource.kind) ? cleaned(resource, prepareWorkload(object)) : whole(object);

function owned(ownership: NonNullable<ApiOptions['ownership']>) {
  return (resource: Resource, object: KubeObject): KubeObject => {
    if (object.metadata.managedFields !== undefined) return object;
    const managedFields = ownership(resource, object);
    return managedFields.length === 0 ? object : { ...object, metadata: { ...object.metadata, managedFields } };
  };
}
