/**
 * What follows from CustomResourceDefinitions: their kinds are served, and their objects go with them. After
 * k8s.io/apiextensions-apiserver/pkg/controller: status, establish, finalizer. Those that the server was made with stay as they are.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Core } from '../core.ts';
import type { Resource } from '../resources.ts';
import type { Stored } from '../storage/stored.ts';
import { keyOf } from '../store.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { timestamp } from '../write/metadata.ts';
import { beginDeletion, removeObject } from '../write/removal.ts';
import { type Defined, definedBy, groupOf, type Names, namesOf } from './defined-kinds.ts';
import { CLEANUP } from './prepare.ts';

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastTransitionTime: string;
}

type Said = Omit<Condition, 'lastTransitionTime'>;

/** The kinds that are defined in one server; `settle` after each write. */
export class Definitions {
  readonly #core: Core;
  readonly #served: Resource[];
  readonly #kind: Resource | undefined;
  readonly #services: Resource | undefined;
  /** The names of those that are there for good. */
  readonly #fixed: ReadonlySet<string>;
  /** By the name of the definition. */
  readonly #defined = new Map<string, Defined>();
  readonly #changed = new Set<string>();

  /** Told of a kind that is served no more. */
  readonly #onGone: (kind: Resource) => void;

  /** `served`: every kind of the server; those that are defined are added and taken out. */
  constructor(core: Core, served: Resource[], onGone: (kind: Resource) => void = () => {}) {
    this.#onGone = onGone;
    this.#core = core;
    this.#served = served;
    this.#fixed = new Set(served.map(({ plural, group }) => `${plural}.${group}`));
    this.#kind = served.find(({ plural, group }) => plural === 'customresourcedefinitions' && group !== '');
    this.#services = served.find(({ plural }) => plural === 'apiservices');
    core.store.subscribe(({ resource, key, before, after }) => {
      if (resource === this.#kind && !this.#fixed.has(key)) {
        // Whoever takes it away past all rules takes its objects with it.
        if (after === undefined) this.#forget(key);
        else this.#changed.add(key);
      }
      if (before !== undefined && after === undefined && resource.defined) {
        this.#changed.add(`${resource.plural}.${resource.group}`);
      }
    });
  }

  /** Does what the writes since the last call have set off. */
  settle(): void {
    if (!this.#kind) return;
    for (const name of this.#changed) {
      this.#changed.delete(name);
      const stored = this.#core.store.get(this.#kind, name);
      if (stored?.object.metadata.deletionTimestamp) this.#end(stored);
      else if (stored) this.#take(stored.object);
    }
  }

  /** Serves what a definition says, where its names are free. */
  #take(object: KubeObject): void {
    const { name } = object.metadata;
    const names = namesOf(object);
    const conflict = this.#conflict(object, names);
    const isEstablished = this.#defined.has(name);
    if (conflict === undefined || isEstablished) this.#serve(object);
    const accepted: Said = conflict ?? {
      ...{ type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
    };
    const established: Said =
      conflict && !isEstablished
        ? {
            ...{ type: 'Established', status: 'False', reason: 'NotAccepted' },
            message: 'not all names are accepted',
          }
        : {
            ...{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
            message: 'the initial names have been accepted',
          };
    const { shortNames, categories, ...called } = names;
    const acceptedNames = {
      ...called,
      ...(shortNames.length > 0 ? { shortNames } : {}),
      ...(categories.length > 0 ? { categories } : {}),
    };
    this.#say(object, [accepted, established], conflict ? {} : { acceptedNames });
  }

  /** The first name that another kind of the group has. */
  #conflict(object: KubeObject, { plural, singular, kind, listKind, shortNames }: Names): Said | undefined {
    const { name } = object.metadata;
    const own = this.#defined.get(name);
    const isOwn = (one: Resource) => own !== undefined && (one === own.kept || one.view?.of === own.kept);
    const others = this.#served.filter((one) => one.group === groupOf(object) && !isOwn(one));
    const isTaken = (word: string) =>
      others.some((one) => [one.plural, one.singular, ...one.shortNames].includes(word));
    const said = (what: string, word: string): Said => ({
      ...{ type: 'NamesAccepted', status: 'False', reason: `${what}Conflict` },
      message: `"${word}" is already in use`,
    });
    if (isTaken(plural)) return said('Plural', plural);
    if (isTaken(singular)) return said('Singular', singular);
    const short = shortNames.find(isTaken);
    if (short !== undefined) return said('ShortNames', short);
    if (others.some((one) => [one.kind, `${one.kind}List`].includes(kind))) return said('Kind', kind);
    return others.some((one) => [one.kind, `${one.kind}List`].includes(listKind))
      ? said('ListKind', listKind)
      : undefined;
  }

  #serve(object: KubeObject): void {
    const { name } = object.metadata;
    const before = this.#defined.get(name);
    if (before?.kept.defined === `${object.metadata.uid}/${object.metadata.generation}`) return;
    const version = before?.kept.version;
    const next = definedBy(object, before?.kept);
    if (!next) return;
    this.#out(before);
    this.#served.push(next.kept, ...next.views);
    this.#defined.set(name, next);
    if (version !== undefined && version !== next.kept.version) this.#rewrite(next.kept);
    this.#tellServices(object);
  }

  #out(defined: Defined | undefined): void {
    for (const one of defined ? [defined.kept, ...defined.views] : []) {
      const at = this.#served.indexOf(one);
      if (at >= 0) this.#served.splice(at, 1);
    }
  }

  /** Objects are kept in the version that is kept now. */
  #rewrite(kept: Resource): void {
    const { store } = this.#core;
    for (const { object } of [...store.scan(kept)]) {
      const apiVersion = `${kept.group}/${kept.version}`;
      store.put(kept, keyOf(object.metadata.namespace, object.metadata.name), { ...object, apiVersion });
    }
  }

  /** It is to go, with its objects; it stays until the last of them is gone. */
  #end({ object }: Stored): void {
    const { store } = this.#core;
    const { name, finalizers = [] } = object.metadata;
    const kept = this.#defined.get(name)?.kept;
    for (const one of kept ? [...store.scan(kept)] : []) {
      if (!one.object.metadata.deletionTimestamp) beginDeletion(this.#core, kept!, one, 'Background');
    }
    if (kept && store.count(kept) > 0) {
      const message = 'CustomResource deletion is in progress';
      this.#say(object, [{ type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message }]);
      return;
    }
    const left = finalizers.filter((one) => one !== CLEANUP);
    const stored = store.get(this.#kind!, name);
    if (!stored) return;
    if (left.length === 0) removeObject(this.#core, this.#kind!, stored);
    else if (left.length < finalizers.length) {
      const metadata = { ...stored.object.metadata, finalizers: left };
      store.put(this.#kind!, name, { ...stored.object, metadata });
    }
  }

  #forget(name: string): void {
    const defined = this.#defined.get(name);
    if (!defined) return;
    this.#defined.delete(name);
    this.#changed.delete(name);
    for (const stored of [...this.#core.store.scan(defined.kept)]) removeObject(this.#core, defined.kept, stored);
    this.#out(defined);
    for (const one of [defined.kept, ...defined.views]) this.#onGone(one);
    this.#dropServices(defined);
  }

  #say(object: KubeObject, said: readonly Said[], more: object = {}): void {
    const old = Array.isArray(object.status?.['conditions']) ? object.status['conditions'].filter(isRecord) : [];
    const lastTransitionTime = timestamp(this.#core.now());
    const others = old.filter(({ type }) => !said.some((one) => one.type === type));
    const told = said.map((one) => {
      const known = old.find(({ type }) => type === one.type);
      const since = known?.['status'] === one.status ? String(known['lastTransitionTime']) : lastTransitionTime;
      return { ...one, lastTransitionTime: since };
    });
    const order = (one: Record<string, unknown>) => old.findIndex(({ type }) => type === one['type']);
    const conditions = [...others, ...told].sort((a, b) => order(a) - order(b));
    const status = { ...object.status, ...more, conditions };
    if (!isDeepStrictEqual(status, object.status)) {
      this.#core.store.put(this.#kind!, object.metadata.name, { ...object, status });
    }
  }

  /** Each group and version of them is served by the server itself. */
  #tellServices({ metadata: { creationTimestamp } }: KubeObject): void {
    const services = this.#services;
    if (!services) return;
    for (const { group, version, defined } of this.#served) {
      const name = `${version}.${group}`;
      if (!defined || this.#core.store.get(services, name)) continue;
      const message = 'Local APIServices are always available';
      const since = timestamp(this.#core.now());
      this.#core.store.put(services, name, {
        ...{ apiVersion: `${services.group}/${services.version}`, kind: services.kind },
        metadata: {
          ...{ name, uid: this.#core.newUid(), creationTimestamp },
          labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' },
        },
        spec: { group, groupPriorityMinimum: 1000, version, versionPriority: 100 },
        status: {
          conditions: [{ type: 'Available', status: 'True', reason: 'Local', message, lastTransitionTime: since }],
        },
      });
    }
  }

  #dropServices({ kept, views }: Defined): void {
    for (const { group, version } of this.#services ? [kept, ...views] : []) {
      if (this.#served.some((one) => one.group === group && one.version === version)) continue;
      const stored = this.#core.store.get(this.#services!, `${version}.${group}`);
      if (stored) removeObject(this.#core, this.#services!, stored);
    }
  }
}
