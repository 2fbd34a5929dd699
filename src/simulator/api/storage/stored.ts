import type { KubeObject } from '../types.ts';

/** So many texts are kept, the latest ones: what the watches, which all follow closely, still ask for. */
const KEPT = 1024;
const kept: (Stored | undefined)[] = new Array(KEPT).fill(undefined);
let next = 0;

/** Adds to an object what is not kept with it. */
export type Complete = (object: KubeObject) => KubeObject;

/**
 * One version of one object. The texts that writes and watches ask for are kept for a while, so that the answer and any
 * number of watches share one serialisation; those of lists are not, or every object would be held twice.
 */
export class Stored {
  readonly object: KubeObject;
  readonly revision: number;
  #json: string | undefined;
  #partial: string | undefined;

  readonly #complete: Complete | undefined;

  constructor(object: KubeObject, revision: number, complete?: Complete) {
    this.object = object;
    this.revision = revision;
    this.#complete = complete;
  }

  /** The object as clients see it and write on it: with what is kept of it only when it is asked for. */
  get whole(): KubeObject {
    return this.#complete === undefined ? this.object : this.#complete(this.object);
  }

  /** The object with apiVersion and kind first. */
  get json(): string {
    this.#json ??= this.#keep(JSON.stringify(this.object));
    return this.#json;
  }

  /** The object as PartialObjectMetadata. */
  get partial(): string {
    this.#partial ??= this.#keep(JSON.stringify(partialMetadata(this.object)));
    return this.#partial;
  }

  /** As `json`, not kept: for lists. */
  get listed(): string {
    return this.#json ?? JSON.stringify(this.object);
  }

  /** As `partial`, not kept: for lists. */
  get listedPartial(): string {
    return this.#partial ?? JSON.stringify(partialMetadata(this.object));
  }

  #keep(text: string): string {
    const oldest = kept[next];
    if (oldest !== undefined && oldest !== this) oldest.#forget();
    kept[next] = this;
    next = (next + 1) % KEPT;
    return text;
  }

  #forget(): void {
    this.#json = undefined;
    this.#partial = undefined;
  }
}

export function partialMetadata(object: Pick<KubeObject, 'metadata'>): Record<string, unknown> {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
