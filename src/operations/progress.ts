/** The checklist of an operation under way, from what is seen and from nothing else. */

import type { MachineRow } from '../domain/fleet/rows.ts';
import type { Meta } from '../domain/objects.ts';
import type { Milestone, Progress, Sent, World } from './contract.ts';
import { namesIn } from './find.ts';

/** One thing to be seen. */
export interface Sight {
  title: string;
  seen: boolean;
  /** What it waits for. */
  detail?: string;
  /** What went wrong: it will not come by itself. */
  bad?: string;
  /** What somebody changed since: it will not come, because it is not wanted any more. */
  overtaken?: string;
  since?: number;
}

/** Turns sights into a checklist: what is seen is done, the first that is not is now, the rest to do. */
export function progressOf(sights: readonly Sight[]): Progress {
  let first = true;
  const over = sights.some(({ seen, overtaken }) => !seen && overtaken !== undefined);
  const milestones = sights.map(({ title, seen, detail, bad, overtaken, since }): Milestone => {
    if (seen) return { title, state: 'done' };
    const trouble = bad !== undefined ? 'bad' : overtaken !== undefined ? 'overtaken' : undefined;
    // Of what was overtaken nothing is waited for.
    const state = trouble ?? (first && !over ? 'now' : 'todo');
    first = false;
    return { title, state, detail: bad ?? overtaken ?? detail, since };
  });
  if (milestones.every(({ state }) => state === 'done')) return { milestones, outcome: 'done' };
  if (milestones.some(({ state }) => state === 'bad')) return { milestones, outcome: 'failed' };
  return over ? { milestones, outcome: 'overtaken' } : { milestones };
}

/**
 * Whether what is seen of an object is what a step left, or newer: what then is not as the step wrote it, somebody has
 * changed since. `step`: the last one, unless said. Versions of one resource are compared as numbers, as the API defines
 * them; undefined where they are none, or where it is not known what the step left.
 */
export function isAfter(
  { resourceVersion }: Pick<Meta, 'resourceVersion'>,
  sent: Sent,
  step: string | undefined = namesIn(sent.memo, 'steps').at(-1),
): boolean | undefined {
  const left = step === undefined ? undefined : sent.left?.[step];
  const number = /^\d{1,20}$/;
  if (left === undefined || !number.test(left) || !number.test(resourceVersion)) return undefined;
  return BigInt(resourceVersion) >= BigInt(left);
}

/** What was written to is not there any more: somebody has deleted it since. */
export function goneTarget(title: string, name: string): Sight {
  return { title, seen: false, overtaken: `${name} was deleted since` };
}

/** Whether all steps of a plan were answered with success; their ids are in the memo under `steps`. */
export function writtenSight(sent: Sent): Sight {
  const steps = namesIn(sent.memo, 'steps');
  const left = steps.filter((id) => !sent.written.includes(id));
  return {
    title: 'Written',
    seen: left.length === 0,
    detail: left.length === 0 ? undefined : `${left[0]} not written yet`,
  };
}

/** A machine that is to go, by the uid it had. */
export function goneSight(world: World, uid: string, name: string): Sight {
  const row = world.fleet.machines.byUid.get(uid);
  const { problem, waiting, machine } = row ?? {};
  // What was wrong with it before it was to go holds up no deletion.
  const past = problem?.since !== undefined && machine?.deleting !== undefined && problem.since < machine.deleting;
  const detail = past && waiting !== undefined ? { detail: waiting } : {};
  return { title: `${name} gone`, seen: row === undefined, ...waitOf(row), ...detail };
}

/** What a machine waits for, with what is wrong with it: trouble that may pass by itself is no failure. */
export function waitOf(row: MachineRow | undefined): { detail?: string; since?: number } {
  if (!row) return {};
  return { detail: row.problem?.text ?? row.waiting, since: row.since };
}

/** What is to be seen of a host that a machine lets go. */
export const releasedTitle = (host: string): string => `${host} clean and free`;

/** A host that a machine is to let go. One that another machine has taken since was free in between. */
export function releasedSight(world: World, host: string, machine: string): Sight {
  const title = releasedTitle(host);
  const row = world.fleet.hosts.list.find(({ name }) => name === host);
  if (!row) return { title, seen: false, bad: `${host} is not there any more` };
  const { allocation, ownerMachine } = row.object;
  if (ownerMachine !== machine && (allocation === 'Available' || ownerMachine !== undefined))
    return { title, seen: true };
  return { title, seen: false, detail: row.problem?.text ?? row.waiting ?? row.use, since: row.since };
}

/** Whether a machine runs: its host is up and its Node has joined. */
export function isUp({ machine, phase, deleting }: MachineRow): boolean {
  return !deleting && machine?.node !== undefined && phase === 'Running';
}
