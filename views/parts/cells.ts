/** Cells that several screens share. */

import type { Cell, Look, Tone } from '../../hooks/screen.ts';
import { formatAge } from '../../src/domain/age.ts';
import type { HostUse, PlanState, Problem } from '../../src/domain/fleet/rows.ts';

/** What a figure just changed by: `↑2`, `↓2`. A sign would make another figure of it. */
export function deltaText(delta: number, utf8: boolean): string {
  const arrow = delta > 0 ? (utf8 ? '↑' : '^') : utf8 ? '↓' : 'v';
  return `${arrow}${Math.abs(delta)}`;
}

/** `x` someone must act, `!` worth a look, `~` at work, blank at rest. */
export function signCell(problem: Problem | undefined, busy: boolean): Cell {
  if (problem?.severity === 'bad') return { text: 'x', tone: 'bad' };
  if (problem) return { text: '!', tone: 'warn' };
  return busy ? { text: '~', tone: 'busy' } : { text: ' ' };
}

/** Sorts problems first. */
export function signSort(problem: Problem | undefined, busy: boolean): number {
  if (problem) return problem.severity === 'bad' ? 0 : 1;
  return busy ? 2 : 3;
}

/** How long ago; blank where no time is known. */
export function ageCell(since: number | undefined, look: Look): string {
  return since === undefined ? '' : formatAge(look.now - since);
}

/** Sorts the youngest first. */
export function ageSort(since: number | undefined): number | undefined {
  return since === undefined ? undefined : -since;
}

/** What is wrong, or what it waits for. */
export function whatCell(problem: Problem | undefined, waiting: string | undefined): Cell {
  if (problem) return { text: problem.text, tone: problem.severity === 'bad' ? 'bad' : 'warn' };
  return { text: waiting ?? '', tone: 'busy' };
}

/** A count of `ready` out of `desired`, where either may be unknown; `14→13` of more than are wanted: some have to go. */
export function ofCell(ready: number | undefined, desired: number | undefined, look: Look): Cell {
  const over = ready !== undefined && desired !== undefined && ready > desired;
  const text = `${ready ?? '?'}${over ? (look.utf8 ? '→' : '>') : '/'}${desired ?? '?'}`;
  const complete = ready !== undefined && ready === desired;
  return { text, tone: complete ? 'plain' : 'warn' };
}

const USE_TONES: Readonly<Record<HostUse, Tone>> = {
  free: 'ok',
  allocated: 'busy',
  reprovisioning: 'busy',
  running: 'plain',
  preparing: 'busy',
  unavailable: 'bad',
  unpooled: 'dim',
  unknown: 'warn',
};

export function useCell(use: HostUse): Cell {
  return { text: use, tone: USE_TONES[use] };
}

export function planStateTone(state: PlanState | undefined): Tone {
  switch (state?.word) {
    case 'failed':
    case 'rerun-failed':
      return 'bad';
    case 'retrying':
    case 'canceled':
    case 'paused':
      return 'warn';
    case 'pending':
      return 'busy';
    case 'unknown':
      return 'dim';
    default:
      return 'plain';
  }
}
