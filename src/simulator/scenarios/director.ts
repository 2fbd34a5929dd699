/** Plays scenarios: one at a time, on the work queue of the controllers, so that they keep to its order and its clock. */

import type { Controller, Runtime } from '../controllers/runtime.ts';
import { liftAll, type Pause, type Plot, type Scenario, type ScenarioInfo, type Stage } from './scenario.ts';

/**
 * `running`: steps follow; `stopped`: frozen where it is; `played`: all steps are done and the trouble stands;
 * `healing`: causes are being lifted; `healed`: they are, and the fleet recovers by its own controllers.
 */
export type Standing = 'idle' | 'running' | 'stopped' | 'played' | 'healing' | 'healed';

export interface ScenarioState {
  standing: Standing;
  scenario?: ScenarioInfo;
  /** How many steps are done. */
  step: number;
  /** What the last step did. */
  did?: string;
  /** What the next step will be. */
  next?: string;
  /** When, at the latest: Unix time in ms. */
  nextAt?: number;
  /** What went wrong with the playing itself. */
  problem?: string;
}

/** The control of scenarios from inside the process. All promises resolve when the order has been carried out. */
export interface Scenarios {
  readonly list: readonly ScenarioInfo[];
  readonly state: ScenarioState;
  /** Starts one; what is being played is healed before. Rejects where there is none of that name or it cannot be played here. */
  start(name: string): Promise<void>;
  /** Takes the next step now. Rejects where there is none. */
  goOn(): Promise<void>;
  /** Freezes it: no further step is taken until it is told to go on. */
  stop(): Promise<void>;
  /** Lifts all causes. */
  heal(): Promise<void>;
}

/** How often a state is looked for, in simulated ms, while a step waits for one. */
const look = 5000;

interface Order {
  carryOut: () => void | Promise<void>;
  done: () => void;
  failed: (error: unknown) => void;
}

/** Plays the scenarios of a catalog. `stageFor` builds the stage of one play. */
export class Director implements Scenarios {
  readonly list: readonly ScenarioInfo[];
  readonly #catalog: readonly Scenario[];
  readonly #stageFor: (what: string) => Stage;
  readonly #rt: Runtime;
  readonly #controller: Controller;
  readonly #listeners: (() => void)[] = [];
  readonly #orders: Order[] = [];
  #standing: Standing = 'idle';
  #scenario: Scenario | undefined;
  #stage: Stage | undefined;
  #plot: Plot | undefined;
  #pause: Pause | undefined;
  #since = 0;
  #step = 0;
  #plays = 0;
  #problem: string | undefined;
  #then: Order | undefined;

  constructor(rt: Runtime, catalog: readonly Scenario[], stageFor: (what: string) => Stage) {
    this.#rt = rt;
    this.#catalog = catalog;
    this.#stageFor = stageFor;
    this.list = catalog;
    this.#controller = rt.controller('scenario', () => this.#reconcile());
  }

  get state(): ScenarioState {
    const { did, next, after } = this.#pause ?? {};
    const moves = this.#standing === 'running' || this.#standing === 'healing';
    const nextAt = moves && after !== undefined ? this.#since + after / this.#rt.speed : undefined;
    return {
      standing: this.#standing,
      scenario: this.#scenario,
      step: this.#step,
      did,
      next: this.#standing === 'played' || this.#standing === 'healed' ? undefined : next,
      nextAt,
      problem: this.#problem,
    };
  }

  /** Calls `listener` after every change of the state. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  start(name: string): Promise<void> {
    const scenario = this.#catalog.find((one) => one.name === name);
    if (!scenario) return Promise.reject(new RangeError(`there is no scenario "${name}"`));
    return this.#order((order) => {
      if (this.#isUp()) {
        this.#beginHealing();
        this.#then = order;
        return;
      }
      return this.#begin(scenario);
    });
  }

  goOn(): Promise<void> {
    return this.#order(() => {
      const plot = this.#plot;
      const follows = this.#standing === 'running' || this.#standing === 'stopped';
      if (!plot || !follows) throw new RangeError('no step follows');
      this.#standing = 'running';
      return this.#tryNext(plot);
    });
  }

  stop(): Promise<void> {
    return this.#order(() => {
      if (this.#standing !== 'running') throw new RangeError('nothing is running');
      this.#standing = 'stopped';
    });
  }

  heal(): Promise<void> {
    return this.#order((order) => {
      if (!this.#isUp()) throw new RangeError('there is nothing to heal');
      if (this.#standing !== 'healing') this.#beginHealing();
      this.#then ??= { ...order, carryOut: () => {} };
    });
  }

  #isUp(): boolean {
    return this.#standing !== 'idle' && this.#standing !== 'healed';
  }

  /** An order that has put itself into `#then` is carried out again, or done, when healing is over. */
  #order(carryOut: (order: Order) => void | Promise<void>): Promise<void> {
    return new Promise((done, failed) => {
      const order: Order = { carryOut: () => carryOut(order), done, failed };
      this.#orders.push(order);
      this.#controller.enqueue('play');
    });
  }

  async #begin(scenario: Scenario): Promise<void> {
    this.#scenario = scenario;
    this.#stage = this.#stageFor(`${scenario.name}/${this.#plays++}`);
    this.#step = 0;
    this.#problem = undefined;
    if (scenario.needsServer && !this.#stage.server) {
      this.#standing = 'idle';
      throw new RangeError(`${scenario.name} needs an API server of our own`);
    }
    this.#plot = scenario.start(this.#stage);
    this.#standing = 'running';
    try {
      await this.#next(this.#plot);
    } catch (error) {
      this.#beginHealing();
      this.#problem = String(error);
      throw error;
    }
  }

  #beginHealing(): void {
    const stage = this.#stage!;
    this.#plot = this.#scenario?.heal?.(stage) ?? liftAll(stage);
    this.#pause = undefined;
    this.#standing = 'healing';
    this.#changed();
  }

  async #reconcile(): Promise<number | undefined> {
    for (;;) {
      const order = this.#orders.shift();
      if (!order) break;
      await this.#carryOut(order);
    }
    for (;;) {
      const plot = this.#plot;
      if (!plot || this.#standing === 'stopped') return undefined;
      const wait = await this.#left();
      if (wait > 0) return wait;
      await this.#tryNext(plot);
      if (this.#plot === undefined && this.#then) {
        const then = this.#then;
        this.#then = undefined;
        await this.#carryOut(then);
      }
    }
  }

  async #carryOut(order: Order): Promise<void> {
    try {
      await order.carryOut();
      if (this.#then?.done !== order.done) order.done();
    } catch (error) {
      order.failed(error);
    }
    this.#changed();
  }

  /** Simulated ms until the next step; 0 where it is due. */
  async #left(): Promise<number> {
    const pause = this.#pause;
    if (!pause) return 0;
    const left = (pause.after ?? 0) - (this.#rt.clock.now() - this.#since) * this.#rt.speed;
    if (left < 1) return 0;
    if (!pause.until) return left;
    // While the API cannot be asked, nothing is known to have come about.
    const over = await pause.until().catch(() => false);
    return over ? 0 : Math.min(left, look);
  }

  /** A plot that fails is over; what it has done stands until it is healed. */
  async #tryNext(plot: Plot): Promise<void> {
    try {
      await this.#next(plot);
    } catch (error) {
      this.#problem = String(error);
      this.#ended();
    }
  }

  async #next(plot: Plot): Promise<void> {
    const result = await plot.next();
    if (result.done) this.#ended();
    else {
      this.#pause = result.value;
      this.#since = this.#rt.clock.now();
      this.#step++;
      // Nothing follows a last step: what it left is there to be looked at.
      if (result.value.next === undefined && this.#standing === 'running') this.#ended();
    }
    this.#changed();
  }

  #ended(): void {
    this.#plot = undefined;
    this.#standing = this.#standing === 'healing' ? 'healed' : 'played';
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
