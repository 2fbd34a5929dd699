/** Scenarios of a datacenter: played by name, from inside the process and from outside. */

import type { Transport } from '../../kube/types.ts';
import type { Runtime } from '../controllers/runtime.ts';
import type { Layout } from '../world/layout.ts';
import { catalog } from './catalog.ts';
import { livingLayout } from './clusters.ts';
import { Desk } from './desk.ts';
import { Director } from './director.ts';
import { minute, type ScenarioInfo } from './scenario.ts';
import { createStage, type StageOptions } from './stage.ts';

export type { ScenarioState, Scenarios, Standing } from './director.ts';
export type { ScenarioInfo } from './scenario.ts';

export interface PlayhouseOptions extends Omit<StageOptions, 'rt' | 'busy' | 'layout'> {
  /** What the world began with. */
  layout: Layout;
  /** Groups and clusters that others are busy with: they share this set. */
  busy?: Set<string>;
  /** The way to the API for the ConfigMap `sim-scenario`; without it there is none. */
  desk?: Transport;
}

/** A director and his desk. `open` it on a started runtime, `close` it before the runtime stops. */
export class Playhouse {
  readonly scenarios: Director;
  readonly #desk: Desk | undefined;

  /** Make it before the runtime starts. */
  constructor(rt: Runtime, { desk, busy = new Set(), layout: begun, ...stage }: PlayhouseOptions) {
    const layout = livingLayout(rt, begun);
    this.scenarios = new Director(rt, catalog, (what) => createStage({ rt, busy, layout, ...stage }, what));
    this.#desk = desk && new Desk(rt, desk, this.scenarios);
  }

  /** Throws KubeError where the ConfigMap may not be made: scenarios can be played all the same. */
  async open(): Promise<void> {
    await this.#desk?.open();
  }

  close(): void {
    this.#desk?.close();
  }
}

/**
 * How long ago, in ms of the clock, a datacenter that runs `speed` times faster than life has to begin so that a scenario
 * it begins with is seen at once; 0 where no time has to pass, and where there is no scenario of that name.
 */
export function pastOf(name: string | undefined, speed: number): number {
  const { late, begins = 0 } = catalog.find((one) => one.name === name) ?? {};
  return late === undefined ? 0 : late + minute + Math.ceil(begins / speed);
}

/** The names of all scenarios. */
export const scenarioNames: readonly string[] = catalog.map(({ name }) => name);

/** All scenarios as text: name, failure mode, one sentence, and what to look for; `width` columns wide. */
export function listScenarios(width = 100): string {
  return catalog.map((one) => describe(one, width)).join('\n');
}

function describe({ name, failureMode, about, lookFor, late, stays }: ScenarioInfo, width: number): string {
  const lines = [`${name}${failureMode ? ` (${failureMode})` : ''}`, ...wrap(about, width)];
  lines.push(...wrap(`Look for ${lookFor}.`, width));
  if (late !== undefined) {
    const after = `${late / minute} minutes by the clock, whatever the speed`;
    const told = `Only time tells: metaldeck lists it after ${after}, and sooner where it knows what is usual.`;
    lines.push(...wrap(`${told} A datacenter that begins with it has lived through that already.`, width));
  }
  if (stays) lines.push(...wrap(`Healed, ${stays}.`, width));
  return `${lines.join('\n')}\n`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`    ${word}`);
  }
  return lines;
}
