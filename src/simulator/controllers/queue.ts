/** The work queue of all controllers: each object once, one at a time, in the order it became due unless told. */

import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** Brings one object towards what it should be. A number asks to be called again after so many simulated ms. */
export type Reconcile = (name: string) => Promise<number | undefined>;

interface Item {
  controller: string;
  name: string;
  reconcile: Reconcile;
  /** Calls the timer off, where the item waits for one. */
  cancel?: () => void;
  /** Unix time in ms at which that timer is due. */
  due?: number;
}

/** Simulated ms before a failed reconcile is tried again; doubled with every failure. */
const firstRetry = 200;
const lastRetry = 60_000;
/** So many reconciles run before others get their turn on the event loop. */
const burst = 64;

/**
 * One queue for all controllers. Each of `onStep` is called after every reconcile. With `shuffle`, whatever is ready is taken in
 * the order of that chance: nothing may depend on who comes first, as with the real controllers, which run side by side.
 */
export class WorkQueue {
  readonly onStep: ((controller: string, object: string) => void)[] = [];
  /** The controller whose turn it is. */
  working: string | undefined;
  /** How many reconciles have begun. */
  turn = 0;
  #clock: Clock;
  #speed: number;
  #onError: (error: unknown, where: string) => void;
  #shuffle: Random | undefined;
  #ready = new Map<string, Item>();
  #later = new Map<string, Item>();
  /** What is due of controllers that do not run. */
  #resting = new Map<string, Item>();
  #idle = new Set<string>();
  #current: Promise<void> | undefined;
  #started = false;
  #stopped = false;
  #tries = new Map<string, number>();

  constructor(clock: Clock, speed: number, onError: (error: unknown, where: string) => void, shuffle?: Random) {
    this.#clock = clock;
    this.#speed = speed;
    this.#onError = onError;
    this.#shuffle = shuffle;
  }

  add(controller: string, name: string, reconcile: Reconcile): void {
    if (this.#stopped) return;
    const key = `${controller}/${name}`;
    if (!this.#ready.has(key)) this.#ready.set(key, { controller, name, reconcile });
    this.#pump();
  }

  /** `ms` is simulated time. An earlier appointment of the same object stands. */
  addAfter(controller: string, name: string, reconcile: Reconcile, ms: number): void {
    if (this.#stopped) return;
    const key = `${controller}/${name}`;
    // Whole milliseconds: a rest too small for the clock's resolution would come back at the same instant for ever.
    const wait = Math.ceil(Math.max(0, ms) / this.#speed);
    const due = this.#clock.now() + wait;
    const planned = this.#later.get(key);
    if (planned?.due !== undefined && planned.due <= due) return;
    planned?.cancel?.();
    const item: Item = { controller, name, reconcile, due };
    this.#later.set(key, item);
    item.cancel = this.#clock.after(wait, () => {
      if (this.#later.get(key) === item) this.#later.delete(key);
      this.add(controller, name, reconcile);
    });
  }

  /** Lets a controller run, or not: what becomes due meanwhile is done when it runs again. */
  run(controller: string, runs: boolean): void {
    if (!runs) {
      this.#idle.add(controller);
      return;
    }
    this.#idle.delete(controller);
    for (const [key, item] of this.#resting) {
      if (item.controller !== controller) continue;
      this.#resting.delete(key);
      this.#ready.set(key, item);
    }
    this.#pump();
  }

  start(): void {
    this.#started = true;
    this.#pump();
  }

  async idle(): Promise<void> {
    while (this.#current) await this.#current;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ready.clear();
    for (const item of this.#later.values()) item.cancel?.();
    this.#later.clear();
    this.#resting.clear();
    await this.#current;
  }

  #pump(): void {
    if (this.#current || !this.#started || this.#ready.size === 0) return;
    // Not at once: what is enqueued in the same moment comes together.
    this.#current = Promise.resolve()
      .then(() => this.#drain())
      .finally(() => {
        this.#current = undefined;
        this.#pump();
      });
  }

  async #drain(): Promise<void> {
    for (let count = 1; ; count++) {
      const key = this.#next();
      const item = key === undefined ? undefined : this.#ready.get(key);
      if (key === undefined || item === undefined || this.#stopped) return;
      this.#ready.delete(key);
      if (this.#idle.has(item.controller)) this.#resting.set(key, item);
      else await this.#one(key, item);
      if (count % burst === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Whose turn it is. */
  #next(): string | undefined {
    if (this.#shuffle && this.#ready.size > 1) return this.#shuffle.pick([...this.#ready.keys()]);
    const next = this.#ready.keys().next();
    return next.done ? undefined : next.value;
  }

  async #one(key: string, item: Item): Promise<void> {
    const { controller, name, reconcile } = item;
    this.working = controller;
    this.turn++;
    try {
      const again = await reconcile(name);
      this.#tries.delete(key);
      if (again !== undefined) this.addAfter(controller, name, reconcile, again);
    } catch (error) {
      if (this.#stopped) return;
      const tries = this.#tries.get(key) ?? 0;
      this.#tries.set(key, tries + 1);
      this.#onError(error, key);
      this.addAfter(controller, name, reconcile, Math.min(firstRetry * 2 ** tries, lastRetry));
    }
    this.working = undefined;
    for (const look of this.onStep) look(controller, name);
  }
}
