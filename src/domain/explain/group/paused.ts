import { PAUSED } from '../../annotations.ts';
import { trueCondition } from '../../conditions.ts';
import { annotationOf, conditionOf, fieldOf } from '../evidence.ts';
import type { GroupFacts } from '../facts.ts';
import { groupRef } from '../lookup.ts';
import { describe, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';

export const groupPaused: Failure<GroupFacts> = {
  id: 'group-paused',
  test({ row }) {
    const { object } = row;
    const own = Object.hasOwn(object.annotations, PAUSED) || (object.kind === 'deployment' && object.rolloutPaused);
    const since = trueCondition(object.conditions, 'Paused')?.since;
    return own ? { severity: 'warn', text: 'paused', since } : undefined;
  },
  tell({ row }) {
    const { object } = row;
    return {
      what: `${row.name} is paused: ${Object.hasOwn(object.annotations, PAUSED) ? 'nothing of it is reconciled' : 'its rollout is held'} until somebody resumes it.`,
      evidence: [
        annotationOf(groupRef(row), PAUSED, object.annotations[PAUSED]),
        object.kind === 'deployment' && object.rolloutPaused
          ? fieldOf(groupRef(row), 'spec.paused', 'true')
          : undefined,
        conditionOf(groupRef(row), trueCondition(object.conditions, 'Paused')),
      ],
      causes: ['somebody paused it for work by hand and has not resumed it', 'another operator is at work just now'],
      next: [
        { text: 'ask who paused it: the journal tells what was done from here', command: 'metaldeck journal' },
        describe(object),
      ],
      remedies: [remedy('resume', groupRef(row))],
    };
  },
};
