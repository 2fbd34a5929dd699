/** A cluster's trouble whose cause is one of its groups. */
import type { ClusterFacts } from '../facts.ts';
import { groupRef } from '../lookup.ts';
import type { Follow } from '../types.ts';

const byWorst = ({ groups }: ClusterFacts) =>
  groups
    .filter(({ problem, waiting }) => problem !== undefined || waiting !== undefined)
    .sort((a, b) => rank(a.problem?.severity) - rank(b.problem?.severity));
const rank = (severity: string | undefined) => (severity === 'bad' ? 0 : severity === 'warn' ? 1 : 2);

export const itsGroups: Follow<ClusterFacts> = { follow: (facts) => byWorst(facts).map(groupRef) };
