import type { KubeObject } from '../types.ts';

/**
 * One version of one object. Its JSON is made when first asked for and kept, so that lists and any number of watches
 * share one serialisation.
 */
export class Stored {
  readonly object: KubeObject;
  readonly revision: number;
  #json: string | undefined;
  #partial: string | undefined;

  constructor(object: KubeObject, revision: number) {
    this.object = object;
    this.revision = revision;
  }

  /** The object with apiVersion and kind first. */
  get json(): string {
    this.#json ??= JSON.stringify(this.object);
    return this.#json;
  }

  /** The object as PartialObjectMetadata. */
  get partial(): string {
    this.#partial ??= JSON.stringify(partialMetadata(this.object));
    return this.#partial;
  }
}

export function partialMetadata(object: Pick<KubeObject, 'metadata'>): Record<string, unknown> {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
