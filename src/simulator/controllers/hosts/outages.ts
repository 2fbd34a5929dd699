/** While the etcd of a cluster has no quorum: nothing is written there then. Unix times in ms. */
export interface Outage {
  from: number;
  /** When it had one again; undefined as long as it has none. */
  to?: number;
}

/** So many of each cluster are remembered. */
const most = 10;

/** When clusters had no quorum. */
export class Outages {
  readonly #outages = new Map<string, readonly Outage[]>();

  /** A cluster has none at Unix time `at` in ms, where it had one before. */
  begin(cluster: string, at: number): void {
    const known = this.of(cluster);
    if (known.at(-1) && known.at(-1)!.to === undefined) return;
    this.#outages.set(cluster, [...known, { from: at }].slice(-most));
  }

  /** It has one again. */
  end(cluster: string, at: number): void {
    const known = this.of(cluster);
    const last = known.at(-1);
    if (last && last.to === undefined) this.#outages.set(cluster, [...known.slice(0, -1), { ...last, to: at }]);
  }

  /** All of a cluster, the first one first. */
  of(cluster: string): readonly Outage[] {
    return this.#outages.get(cluster) ?? [];
  }
}

/** A time at which something can be written: the same, or where that is in an outage when that is over; never while it lasts. */
export function writable(at: number, outages: readonly Outage[]): number {
  const within = outages.find(({ from, to = Number.POSITIVE_INFINITY }) => from <= at && at < to);
  return within ? (within.to ?? Number.POSITIVE_INFINITY) : at;
}
