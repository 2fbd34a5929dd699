import { fieldOf, troubledConditions } from '../evidence.ts';
import type { GroupFacts } from '../facts.ts';
import { groupRef } from '../lookup.ts';
import { describe } from '../steps.ts';
import type { Failure } from '../types.ts';

/** Anything else that its row finds wrong, in the group's own words. */
export const groupAsItSays: Failure<GroupFacts> = {
  id: 'group-trouble',
  test: ({ row }) => row.problem,
  tell: ({ row, sets }, { text }) => ({
    what: `${row.name}: ${text}.`,
    evidence: [
      ...troubledConditions(groupRef(row), row.object.conditions),
      ...sets.flatMap((set) => troubledConditions({ kind: set.kind, uid: set.uid, name: set.name }, set.conditions)),
      fieldOf(groupRef(row), 'ready', `${row.replicas.ready ?? '?'} of ${row.replicas.desired ?? '?'}`),
      fieldOf(groupRef(row), 'maxSurge', row.rollout.maxSurge),
    ],
    causes: ['not known to metaldeck: the evidence is what the objects say'],
    next: [describe(row.object)],
  }),
};
