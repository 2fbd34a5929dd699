/**
 * What goes wrong, and when: told to the controllers that play the physical world. With no fault set, everything works.
 */

/** A plan that fails. */
export interface PlanFault {
  /** Which instruction fails; the last one where the plan has fewer. */
  instruction: number;
  /** What it prints. */
  output: string;
  /** How often it fails before it works; without end where left out. */
  times?: number;
}

/** The faults of one datacenter. All can be set and lifted at any time. */
export class Faults {
  #plans = new Map<string, PlanFault>();
  #miscounted = new Set<string>();
  #drains = new Set<string>();
  #listeners: ((pool: string) => void)[] = [];

  /** Lets plans of `type` (`reprovision`, `clean`, ...) fail on a host. Undefined makes them work again. */
  plan(host: string, type: string, fault: PlanFault | undefined): void {
    if (fault) this.#plans.set(`${type}/${host}`, { ...fault });
    else this.#plans.delete(`${type}/${host}`);
  }

  /** Asked by the host at the end of a plan: how this run fails, or undefined where it works. Counts the run. */
  failureOf(host: string, type: string): PlanFault | undefined {
    const key = `${type}/${host}`;
    const fault = this.#plans.get(key);
    if (fault?.times !== undefined && --fault.times <= 0) this.#plans.delete(key);
    return fault;
  }

  /** Lets the provider forget to count the free hosts of a pool: its counters no longer make up the total. */
  miscount(pool: string, wrong: boolean): void {
    if (wrong) this.#miscounted.add(pool);
    else this.#miscounted.delete(pool);
    for (const listener of this.#listeners) listener(pool);
  }

  isMiscounted(pool: string): boolean {
    return this.#miscounted.has(pool);
  }

  /** Calls `listener` with the name of every pool that is from now on counted otherwise. */
  onCounters(listener: (pool: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Lets the drain of a Machine hang. */
  hangDrain(machine: string, hangs: boolean): void {
    if (hangs) this.#drains.add(machine);
    else this.#drains.delete(machine);
  }

  drainHangs(machine: string): boolean {
    return this.#drains.has(machine);
  }
}
