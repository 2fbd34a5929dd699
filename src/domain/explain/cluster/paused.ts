import { PAUSED } from '../../annotations.ts';
import { trueCondition } from '../../conditions.ts';
import { annotationOf, conditionOf, fieldOf } from '../evidence.ts';
import type { ClusterFacts } from '../facts.ts';
import { clusterRef } from '../lookup.ts';
import { describe, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';

export const clusterPaused: Failure<ClusterFacts> = {
  id: 'cluster-paused',
  test: ({ row }) =>
    row.paused
      ? {
          severity: 'warn',
          text: 'paused: nothing of it is reconciled',
          since: trueCondition(row.object.conditions, 'Paused')?.since,
        }
      : undefined,
  tell: ({ row, groups }) => {
    const held = groups.filter(({ waiting }) => waiting !== undefined).map(({ name }) => name);
    return {
      what: `${row.name} is paused: nothing of it is reconciled until somebody resumes it${held.length > 0 ? `; ${held.join(', ')} would go on` : ''}.`,
      evidence: [
        row.object.paused ? fieldOf(clusterRef(row), 'spec.paused', 'true') : undefined,
        annotationOf(clusterRef(row), PAUSED, row.object.annotations[PAUSED]),
        conditionOf(clusterRef(row), trueCondition(row.object.conditions, 'Paused')),
      ],
      causes: [
        'somebody paused it for work by hand and has not resumed it',
        'a backup, a restore or a move of the cluster is under way',
      ],
      next: [
        { text: 'ask who paused it: the journal tells what was done from here', command: 'metaldeck journal' },
        describe(row.object),
      ],
      remedies: [remedy('resume', clusterRef(row))],
    };
  },
};
