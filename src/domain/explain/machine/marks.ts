import { DELETE_MACHINE, PAUSED } from '../../annotations.ts';
import { annotationOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { groupRef, machineRef } from '../lookup.ts';
import { describe, open, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';

/** A mark left behind is honoured by whatever scale-down comes next, whoever makes it. */
export const deleteMark: Failure<MachineFacts> = {
  id: 'delete-mark',
  holdsNothing: true,
  test: ({ row }) =>
    row.machine?.deleteMark && !row.deleting
      ? { severity: 'warn', text: 'marked delete-machine: the next scale-down takes it' }
      : undefined,
  tell: ({ row, group }) => ({
    what: `${row.name} is marked to be deleted, and goes with the next scale-down of ${row.group ?? 'its group'}, whoever makes it.`,
    evidence: [annotationOf(machineRef(row), DELETE_MACHINE, row.machine?.annotations[DELETE_MACHINE] ?? '')],
    causes: ['a targeted removal was begun and not finished', 'the mark was forgotten after it was no longer wanted'],
    next: [
      open(group && groupRef(group), 'see whether a scale-down is under way'),
      row.machine && describe(row.machine),
    ],
    remedies: [remedy('unmark', machineRef(row))],
  }),
};

export const machinePaused: Failure<MachineFacts> = {
  id: 'machine-paused',
  test: ({ row: { machine, baremetal } }) =>
    Object.hasOwn(machine?.annotations ?? {}, PAUSED) || Object.hasOwn(baremetal?.annotations ?? {}, PAUSED)
      ? { severity: 'warn', text: 'paused' }
      : undefined,
  tell: ({ row }) => ({
    what: `${row.name} is paused: its controllers leave it as it is, its deletion included.`,
    evidence: [
      annotationOf(machineRef(row), PAUSED, row.machine?.annotations[PAUSED] ?? row.baremetal?.annotations[PAUSED]),
    ],
    causes: ['somebody paused it for work by hand and has not resumed it'],
    next: [{ text: 'take the annotation off once the work is done' }, row.machine && describe(row.machine)],
  }),
};
