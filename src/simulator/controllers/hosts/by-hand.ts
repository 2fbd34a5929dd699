/**
 * What the instructions do that an operator writes into a plan: nothing is executed, and what a simple line of a shell prints,
 * and how it ends, is read from it, as in containers.
 */

import type { PlanFault } from '../faults.ts';
import { commandLife, notRun } from '../kubernetes/container-life.ts';
import type { Instruction, Plan } from '../plan-secret.ts';

/** How an instruction has ended. */
export interface Ended {
  /** What it printed, on both of its streams. */
  output: string;
  exitCode: number;
}

/** How an instruction ends on a host at Unix time `now` (ms); undefined for the provider's own, whose names tell that they are invented. */
export function endedByHand({ name, command, args }: Instruction, host: string, now = 0): Ended | undefined {
  if (!command || String(name).startsWith('sim-')) return undefined;
  const words = [command, ...(args ?? [])].map(String);
  const life = commandLife(words, true) ?? { says: [notRun(words.join(' '))], exitCode: 0 };
  const lines = life.says.map((text) =>
    text
      .replaceAll('$(hostname)', host)
      .replaceAll('$(date +%s)', String(Math.floor(now / 1000)))
      .replaceAll('$(date)', new Date(now).toUTCString()),
  );
  return { output: lines.map((line) => `${line}\n`).join(''), exitCode: life.exitCode };
}

/** How a plan fails by what an operator wrote into it: at its first instruction that does not end well. */
export function failureByHand({ instructions = [] }: Plan, host: string, now: number): PlanFault | undefined {
  for (const [instruction, one] of instructions.entries()) {
    const ended = endedByHand(one, host, now);
    if (ended && ended.exitCode !== 0) return { instruction, output: ended.output };
  }
  return undefined;
}
