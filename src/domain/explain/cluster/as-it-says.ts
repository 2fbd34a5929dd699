import { fieldOf, troubledConditions } from '../evidence.ts';
import type { ClusterFacts } from '../facts.ts';
import { clusterRef, refTo } from '../lookup.ts';
import { describe } from '../steps.ts';
import type { Failure } from '../types.ts';

/** Anything else that its row finds wrong, in the cluster's own words. */
export const clusterAsItSays: Failure<ClusterFacts> = {
  id: 'cluster-trouble',
  test: ({ row }) => row.problem,
  tell: ({ row }, { text }) => ({
    what: `${row.name}: ${text}.`,
    evidence: [
      ...troubledConditions(clusterRef(row), row.object.conditions),
      ...(row.infrastructure ? troubledConditions(refTo(row.infrastructure), row.infrastructure.conditions) : []),
      fieldOf(
        clusterRef(row),
        'failure',
        [row.object.failure?.reason, row.object.failure?.message].filter(Boolean).join(': ') || undefined,
      ),
    ],
    causes: ['not known to metaldeck: the evidence is what the objects say'],
    next: [describe(row.object), row.infrastructure && describe(row.infrastructure)],
  }),
};
