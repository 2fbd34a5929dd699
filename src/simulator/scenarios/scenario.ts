/** What a scenario is: trouble with a name, played step by step on a stage, and healed when it is told to. */

import type { Client } from '../controllers/client.ts';
import type { Clock } from '../controllers/clock.ts';
import type { Hardware } from '../controllers/elemental/hardware.ts';
import type { Faults } from '../controllers/faults.ts';
import type { Random } from '../controllers/random.ts';
import type { Layout } from '../world/layout.ts';
import type { ServerControl } from './server-control.ts';

/** The end of a step: what has been done, and what is waited for before the next one. */
export interface Pause {
  /** What has just happened, as a sentence without a full stop. */
  did: string;
  /** What comes after the pause; left out where nothing more does. */
  next?: string;
  /** Simulated ms the pause lasts at most; none where left out. */
  after?: number;
  /** Ends the pause early; asked every few simulated seconds. */
  until?: () => Promise<boolean>;
}

/** A course of events: it acts, and yields a pause after every step. */
export type Plot = AsyncGenerator<Pause, void, void>;

/** How something that a scenario did is undone when it heals. */
export type Lift = () => Plot | Promise<unknown> | undefined;

/** Where a scenario is played: the hands of a second operator, the physical world, and what is known of both. */
export interface Stage {
  /** Writes as an operator does, through the API. */
  operator: Client;
  namespace: string;
  /** The physical world. */
  faults: Faults;
  /** Power over the API server itself; undefined where it is not ours. */
  server: ServerControl | undefined;
  layout: Layout;
  /** Servers that have not registered yet. */
  visitors: readonly Hardware[];
  clock: Clock;
  /** How many times faster than life durations pass. */
  speed: number;
  /** Chance bound to the seed of the world and to the name and the number of this play. */
  random: Random;
  /** Groups and clusters that somebody is busy with: others keep off. */
  busy: Set<string>;
  /** Remembers how to undo what has just been done; undone in reverse order. */
  onHeal(lift: Lift): void;
  /** What `onHeal` has remembered and nobody has undone yet. */
  readonly lifts: Lift[];
  /** A stage of its own for a scenario within this one; `what` tells its chance apart. */
  child(what: string): Stage;
}

/** What is told of a scenario. */
export interface ScenarioInfo {
  /** As on the command line: lower case, with dashes. */
  name: string;
  /** The number of the provider's documented failure modes it belongs to, as `F8`; left out where it has none. */
  failureMode?: string;
  /** One sentence. */
  about: string;
  /** Where its signals are seen. */
  lookFor: string;
  /**
   * Ms by the clock, however fast the world runs, after which metaldeck calls it trouble where it has not learnt yet what is
   * usual: no object tells of it, only time.
   */
  late?: number;
  /** Simulated ms, at the most, from its beginning until what is late has begun; only with `late`. */
  begins?: number;
  /** Nothing is seen of it before somebody takes the step that it lies in wait for. */
  waits?: true;
  /** What healing does not bring back, where it does not bring back everything. */
  stays?: string;
}

export interface Scenario extends ScenarioInfo {
  /** Whether it needs power over the API server, which only the embedded one grants. */
  needsServer?: boolean;
  /** Throws NotHere before anything is done where this world cannot play it. */
  start(stage: Stage): Plot;
  /** Lifts all causes. `liftAll` where left out. */
  heal?(stage: Stage): Plot;
}

/** This world lacks what a scenario needs. */
export class NotHere extends RangeError {
  override readonly name = 'NotHere';
}

/**
 * Undoes everything, the last thing first. A failure does not keep the others from being undone; abandoned in a pause, it
 * can be begun again.
 */
export async function* liftAll({ lifts }: Stage): Plot {
  const failures: unknown[] = [];
  for (let lift = lifts.at(-1); lift; lift = lifts.at(-1)) {
    try {
      const how = lift();
      if (how && Symbol.asyncIterator in how) yield* how;
      else await how;
    } catch (error) {
      failures.push(error);
    }
    lifts.splice(lifts.lastIndexOf(lift), 1);
  }
  if (failures.length > 0) throw new AggregateError(failures, `not healed: ${failures.map(String).join('; ')}`);
}

export const second = 1000;
export const minute = 60_000;
