/**
 * Reads and writes of controllers. A write returns only when the informer of its kind has read it back, so that no
 * controller ever acts on what it has just changed itself.
 */

import { KubeError, type Transport } from '../../kube/types.ts';
import type { Informer } from './informer.ts';
import { copy, mergePatch } from './json.ts';
import { type Kind, pathOf } from './kinds.ts';
import type { KubeObject } from './shapes/meta.ts';
import type { Wire } from './versions/contract.ts';
import { wireOf } from './versions/wire.ts';

/** How long a write waits to be seen, in real ms: only a broken watch takes this long. */
const sight = 5000;

export type InformerOf = <T extends KubeObject>(kind: Kind<T>) => Informer<T> | undefined;

/** True where the API says that the object does not exist (any more). */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.code === 404;
}

/** True where somebody else wrote first, or the name is taken. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.code === 409;
}

/** Reads and writes objects of one API. Failures are KubeErrors. */
export class Client {
  #transport: Transport;
  #namespace: string;
  #informerOf: InformerOf;
  #wire: Wire;

  /** `wire` says how the server wants its objects; those given and taken here have the controllers' shape. */
  constructor(
    transport: Transport,
    namespace: string,
    informerOf: InformerOf = () => undefined,
    wire: Wire = wireOf('v1beta1'),
  ) {
    this.#transport = transport;
    this.#namespace = namespace;
    this.#informerOf = informerOf;
    this.#wire = wire;
  }

  /** The object, or undefined where there is none. Throws KubeError on anything else. */
  async get<T extends KubeObject>(kind: Kind<T>, name: string): Promise<T | undefined> {
    try {
      return this.#wire.decode(kind, await this.#transport.json({ path: this.#path(kind, name) }));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** All objects of a kind that the selectors let through. Throws KubeError. */
  async list<T extends KubeObject>(
    kind: Kind<T>,
    query: { labelSelector?: string; fieldSelector?: string } = {},
  ): Promise<T[]> {
    const items: T[] = [];
    let token: string | undefined;
    do {
      const answer = await this.#transport.json<{ items?: T[]; metadata?: { continue?: string } }>({
        path: this.#path(kind),
        query: { ...query, limit: 500, continue: token },
      });
      for (const item of answer.items ?? []) {
        const { apiVersion, kind: name } = this.#wire.served(kind);
        items.push(this.#wire.decode(kind, { ...item, apiVersion, kind: name }));
      }
      token = answer.metadata?.continue || undefined;
    } while (token !== undefined);
    return items;
  }

  /** Creates an object; with a status, writes that too. Throws KubeError, `AlreadyExists` where the name is taken. */
  async create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T> {
    const metadata = { ...object.metadata, ...(kind.namespaced ? { namespace: this.#namespace } : {}) };
    const whole = this.#wire.encode(kind, { ...object, metadata });
    const { status, ...main } = whole;
    const path = this.#path(kind);
    const body = kind.bornWhole ? whole : main;
    let made = this.#wire.decode(kind, await this.#transport.json({ method: 'POST', path, body }));
    if (status !== undefined && kind.status && !kind.bornWhole) {
      made = await this.#patch(kind, this.#path(kind, made.metadata.name), '/status', { status });
    }
    await this.#seen(kind, made);
    return made;
  }

  /**
   * Applies an object, without its status, in the name of a field manager, as who goes on to look after it; makes it where
   * it is not there. Throws KubeError.
   */
  async apply<T extends KubeObject>(kind: Kind<T>, object: T, manager: string): Promise<T> {
    const metadata = { ...object.metadata, ...(kind.namespaced ? { namespace: this.#namespace } : {}) };
    const { status: _status, ...body } = this.#wire.encode(kind, { ...object, metadata });
    const answer = await this.#transport.json({
      method: 'PATCH',
      path: this.#path(kind, object.metadata.name),
      query: { fieldManager: manager, force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body,
    });
    const applied = this.#wire.decode(kind, answer);
    await this.#seen(kind, applied);
    return applied;
  }

  /**
   * Hands the labels and annotations of an object that was just made over to a field manager, which applies them from now
   * on: nobody else owns them any more. Throws KubeError.
   */
  async handOver<T extends KubeObject>(kind: Kind<T>, object: T, manager: string): Promise<T> {
    const { name, labels, annotations, managedFields } = object.metadata;
    if (managedFields) {
      const metadata = { managedFields: managedFields.map(withoutMarks) };
      await this.#patch(kind, this.#path(kind, name), '', { metadata });
    }
    const { apiVersion, kind: called } = object;
    return this.apply(kind, { apiVersion, kind: called, metadata: { name, labels, annotations } } as T, manager);
  }

  /**
   * Writes what `edit` changes on a copy of `object`, status and rest apart, as merge patches bound to the version that
   * was read. Returns the object as it then is; the same object where nothing changed. Throws KubeError, `Conflict`
   * where `object` was stale, NotFound where it is gone.
   */
  async change<T extends KubeObject>(kind: Kind<T>, object: T, edit: (draft: T) => void): Promise<T> {
    const draft = copy(object);
    edit(draft);
    return this.replace(kind, object, draft);
  }

  /** As `change`, with the finished draft. */
  async replace<T extends KubeObject>(kind: Kind<T>, before: T, after: T): Promise<T> {
    const { status: oldStatus, ...oldMain } = this.#wire.encode(kind, before);
    const { status: newStatus, ...newMain } = this.#wire.encode(kind, after);
    const path = this.#path(kind, before.metadata.name);
    let version = before.metadata.resourceVersion;
    let result = before;
    const write = async (suffix: string, patch: Record<string, unknown>) => {
      const metadata = { ...(patch['metadata'] as object | undefined), resourceVersion: version };
      result = await this.#patch(kind, path, suffix, { ...patch, metadata });
      version = result.metadata?.resourceVersion ?? version;
    };
    const main = mergePatch(oldMain, newMain);
    const status = mergePatch({ status: oldStatus }, { status: newStatus });
    const last = after.metadata.deletionTimestamp && !after.metadata.finalizers?.length;
    // As Cluster API's patches go, the status last; but with the last finalizer the object goes too.
    if (main && !last) await write('', main);
    if (status && kind.status) await write('/status', status);
    if (main && last) await write('', main);
    if (result === before) return before;
    if (last) await this.#gone(kind, before);
    else await this.#seen(kind, result);
    return result;
  }

  /** Deletes an object; an object with finalizers stays, marked. Says whether there was one. */
  async remove<T extends KubeObject>(kind: Kind<T>, name: string): Promise<boolean> {
    const known = this.#informerOf(kind)?.get(name);
    try {
      await this.#transport.json({ method: 'DELETE', path: this.#path(kind, name) });
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
    if (known) await this.#gone(kind, known);
    return true;
  }

  #path(kind: Kind, name?: string): string {
    return pathOf(this.#wire.served(kind), this.#namespace, name);
  }

  async #patch<T extends KubeObject>(kind: Kind<T>, path: string, suffix: string, body: unknown): Promise<T> {
    const contentType = 'application/merge-patch+json';
    const answer = await this.#transport.json({ method: 'PATCH', path: path + suffix, contentType, body });
    return this.#wire.decode(kind, answer);
  }

  async #seen<T extends KubeObject>(kind: Kind<T>, object: T): Promise<void> {
    const informer = this.#informerOf(kind);
    if (!informer?.covers(object)) return;
    const { name, resourceVersion } = object.metadata;
    await informer.until(
      () => informer.hasRead(resourceVersion) || informer.get(name)?.metadata.resourceVersion === resourceVersion,
      sight,
    );
  }

  /** Waits until the informer has read that the object is deleted, or marked so. */
  async #gone<T extends KubeObject>(kind: Kind<T>, object: T): Promise<void> {
    const informer = this.#informerOf(kind);
    await informer?.until(() => {
      const now = informer.get(object.metadata.name);
      if (!now || now.metadata.uid !== object.metadata.uid) return true;
      return now.metadata.deletionTimestamp !== undefined && (now.metadata.finalizers?.length ?? 0) > 0;
    }, sight);
  }
}

/** An entry of managedFields without labels and annotations. */
function withoutMarks(entry: unknown): unknown {
  const { fieldsV1, ...rest } = entry as { fieldsV1?: Record<string, unknown> };
  const {
    'f:labels': _labels,
    'f:annotations': _annotations,
    ...metadata
  } = {
    ...(fieldsV1?.['f:metadata'] as Record<string, unknown> | undefined),
  };
  const { 'f:metadata': _metadata, ...fields } = { ...fieldsV1 };
  return { ...rest, fieldsV1: Object.keys(metadata).length > 0 ? { ...fields, 'f:metadata': metadata } : fields };
}
