/** Since when kubelets say nothing, to the ms: a Node tells only when it was called lost. */
export class Silences {
  readonly #since = new Map<string, number>();

  /** The kubelet of a Node has fallen silent at Unix time `at` in ms, where it was not silent before. */
  begin(cluster: string, node: string, at: number): void {
    const key = `${cluster}/${node}`;
    if (!this.#since.has(key)) this.#since.set(key, at);
  }

  /** It speaks, or joins for the first time. */
  end(cluster: string, node: string): void {
    this.#since.delete(`${cluster}/${node}`);
  }

  /** Since when it is silent, Unix ms; undefined where it speaks, or nobody knows. */
  of(cluster: string, node: string): number | undefined {
    return this.#since.get(`${cluster}/${node}`);
  }
}
