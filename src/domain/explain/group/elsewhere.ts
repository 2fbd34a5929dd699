/** A group's trouble whose cause is elsewhere. */
import { endpointDown } from '../cluster/endpoint-state.ts';
import type { GroupFacts } from '../facts.ts';
import { clusterRef, machineRef } from '../lookup.ts';
import type { Follow } from '../types.ts';

const troubled = ({ row }: GroupFacts) => row.problem !== undefined || row.waiting !== undefined;

export const clusterPaused: Follow<GroupFacts> = {
  follow: ({ row, cluster }) => (cluster?.paused && row.waiting !== undefined ? [clusterRef(cluster)] : []),
};

export const clusterSilent: Follow<GroupFacts> = {
  follow: (facts) =>
    facts.cluster && troubled(facts) && endpointDown(facts.fleet, facts.cluster) ? [clusterRef(facts.cluster)] : [],
};

/** Looked at so many machines at most: the first of them that has a cause is the group's. */
const MOST = 50;

const itsMachines = (severity: 'bad' | 'any'): Follow<GroupFacts> => ({
  follow: ({ row, machines }) =>
    machines
      .filter(({ problem, waiting }) => (severity === 'bad' ? problem?.severity === 'bad' : problem || waiting))
      .filter(({ problem }) => problem?.cause?.uid !== row.uid)
      .slice(0, MOST)
      .map(machineRef),
});

export const badMachines = itsMachines('bad');
export const anyMachines = itsMachines('any');

export const asItsRowKnows: Follow<GroupFacts> = { follow: ({ row }) => [row.problem?.cause] };
