/** Which Machines control planes have given up, and when their members left etcd: to the ms, which no object tells. */

/** One that goes; times are Unix time in ms. */
export interface Departure {
  /** The name of its Node. */
  node: string;
  /** The identity of its Machine. */
  machine: string;
  /** When its control plane had it deleted, having moved the lead of etcd elsewhere; not where somebody else deleted it. */
  asked?: number;
  /** When its member was removed. */
  left?: number;
}

/** So many are kept of one cluster. */
const most = 12;

/** Departures by cluster, kept as long as the process runs. */
export class Departures {
  readonly #of = new Map<string, Departure[]>();

  /** Notes what is new of one. */
  note(cluster: string, what: Departure): void {
    const known = this.#of.get(cluster) ?? [];
    const before = known.find(({ machine }) => machine === what.machine);
    if (before) Object.assign(before, what);
    else this.#of.set(cluster, [...known, what].slice(-most));
  }

  /** Those of a cluster, the oldest first. */
  of(cluster: string): readonly Departure[] {
    return this.#of.get(cluster) ?? [];
  }
}
