/** A kubelet that says nothing. */
export interface Silence {
  /** Unix time in ms. */
  since: number;
  /** Whether its Node was not Ready when it last spoke, as one that has just joined: none of ours ceases to be while it speaks. */
  neverReady: boolean;
}

/** Since when kubelets say nothing, to the ms: a Node tells only when it was called lost. */
export class Silences {
  readonly #silences = new Map<string, Silence>();

  /** The kubelet of a Node has fallen silent at Unix time `at` in ms, where it was not silent before. */
  begin(cluster: string, node: string, at: number, neverReady = false): void {
    const key = `${cluster}/${node}`;
    if (!this.#silences.has(key)) this.#silences.set(key, { since: at, neverReady });
  }

  /** It speaks, or joins for the first time. */
  end(cluster: string, node: string): void {
    this.#silences.delete(`${cluster}/${node}`);
  }

  /** Since when it is silent, Unix ms; undefined where it speaks, or nobody knows. */
  of(cluster: string, node: string): number | undefined {
    return this.on(cluster, node)?.since;
  }

  /** Its silence; undefined as above. */
  on(cluster: string, node: string): Silence | undefined {
    return this.#silences.get(`${cluster}/${node}`);
  }
}
