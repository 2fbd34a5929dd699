/** The everyday life of a demonstration: three lanes of acts at a gentle pace. Nothing in it drifts or grows. */

import type { Hardware } from '../elemental/hardware.ts';
import { Random } from '../random.ts';
import type { Runtime } from '../runtime.ts';
import { type Act, minute, rest, type Stage, second } from './act.ts';
import { breathe, swapPool, upgrade } from './groups.ts';
import { rebuildImage, visit } from './onboarding.ts';
import { play } from './player.ts';
import { exhaustPool, failHost, healHosts, miscountPool } from './trouble.ts';

export interface TrafficOptions {
  /** The cluster that is upgraded and moved now and then. */
  playground: string;
  /** The group of it that moves between pools. */
  mover: string;
  /** Servers that come and go. */
  visitors: readonly Hardware[];
  /** The pool that is miscounted from the start, if there is one. */
  miscounted?: string;
  /** Groups and clusters that somebody else is busy with, and those the traffic is busy with itself. */
  busy?: Set<string>;
  /** Whether mild trouble comes by itself. True where left out. */
  trouble?: boolean;
  /** Told what went wrong in an act; that lane then begins anew. */
  onError?: (error: unknown) => void;
}

/** Starts the traffic on a runtime that has been started. It ends with it. */
export function startTraffic(rt: Runtime, options: TrafficOptions): void {
  const stage: Stage = { rt, random: new Random(rt.seed, 'traffic'), busy: options.busy ?? new Set() };
  const failed = options.onError ?? (() => {});
  play(rt, 'groups', () => groupsLane(stage, options), failed);
  play(rt, 'onboarding', () => onboardingLane(stage, options), failed);
  if (options.trouble ?? true) play(rt, 'trouble', () => troubleLane(stage, options), failed);
}

async function* groupsLane(stage: Stage, { playground, mover }: TrafficOptions): Act {
  yield* rest(10 * second);
  yield* breathe(stage);
  for (;;) {
    const acts = [
      () => breathe(stage),
      () => swapPool(stage, mover),
      () => breathe(stage),
      () => upgrade(stage, playground),
    ];
    for (const act of acts) {
      yield* rest(stage.random.around(40 * second));
      yield* act();
    }
  }
}

async function* onboardingLane(stage: Stage, { visitors }: TrafficOptions): Act {
  yield* rest(20 * second);
  for (let round = 0; ; round++) {
    yield* rebuildImage(stage);
    yield* rest(stage.random.around(2 * minute));
    const visitor = visitors[round % Math.max(1, visitors.length)];
    if (visitor) yield* visit(stage, visitor);
    yield* rest(stage.random.around(3 * minute));
  }
}

async function* troubleLane(stage: Stage, { miscounted }: TrafficOptions): Act {
  yield* rest(4 * minute);
  if (miscounted) stage.rt.faults.miscount(miscounted, false);
  yield* rest(4 * minute);
  yield* healHosts(stage);
  for (;;) {
    for (const act of [exhaustPool, failHost, miscountPool]) {
      yield* rest(stage.random.around(3 * minute));
      yield* act(stage);
    }
  }
}
