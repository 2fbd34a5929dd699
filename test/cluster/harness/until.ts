/** Waiting for what another process does. */

const LOOK_MS = 100;

export interface Waiting {
  /** Two minutes where left out. */
  limitMs?: number;
  /** There is no sense in waiting once it says no. */
  alive?: () => boolean;
  failure: () => string;
}

/** Calls `probe` until it answers true. Throws what `failure` says after `limitMs`, or as soon as `alive` says no. */
export async function until(
  probe: () => Promise<boolean>,
  { limitMs = 120_000, alive, failure }: Waiting,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  let last: unknown;
  const look = () =>
    probe().catch((error: unknown) => {
      last = error;
      return false;
    });
  while (!(await look())) {
    if (Date.now() > deadline || alive?.() === false) {
      throw new Error(last === undefined ? failure() : `${failure()}\n${String(last)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Looks until what is seen is as it shall be, and gives it. */
export async function awaited<T>(
  look: () => Promise<T>,
  holds: (value: T) => boolean,
  failure: (value: T | undefined) => string,
): Promise<T> {
  let value: T | undefined;
  const probe = async () => {
    value = await look();
    return holds(value);
  };
  await until(probe, { failure: () => failure(value) });
  return value as T;
}
