/** A machine's trouble whose cause is its group or its cluster. */
import { falseCondition } from '../../conditions.ts';
import { endpointDown } from '../cluster/endpoint-state.ts';
import { importHangs } from '../cluster/import-incomplete.ts';
import { clusterFacts, type MachineFacts } from '../facts.ts';
import { clusterRef, groupRef } from '../lookup.ts';
import type { Follow } from '../types.ts';

/** All new machines of a group meet the same pool and the same catalog. */
export const ofItsGroup: Follow<MachineFacts> = {
  follow({ row: { baremetal }, group }) {
    if (!group || baremetal?.deleting !== undefined) return [];
    const met =
      falseCondition(baremetal?.conditions, 'InventoryAllocated') ??
      falseCondition(baremetal?.conditions, 'ImageResolved');
    return met ? [groupRef(group)] : [];
  },
};

/** While a cluster is paused nothing of it goes on. */
export const clusterPaused: Follow<MachineFacts> = {
  follow: ({ row, cluster }) => (cluster?.paused && row.waiting !== undefined ? [clusterRef(cluster)] : []),
};

/** Bootstrap data, nodes, drains and health all need the cluster's own API. */
export const clusterSilent: Follow<MachineFacts> = {
  follow: ({ fleet, row, cluster }) =>
    cluster && (row.problem !== undefined || row.waiting !== undefined) && endpointDown(fleet, cluster)
      ? [clusterRef(cluster)]
      : [],
};

/** A Node that joined, and whose network never comes because the platform has not taken the cluster in. */
export const importIncomplete: Follow<MachineFacts> = {
  follow(around) {
    const { row, cluster } = around;
    const waits = row.planState?.word === 'applied' && row.waiting !== undefined && !row.deleting;
    return cluster && waits && importHangs(clusterFacts(around, cluster)) ? [clusterRef(cluster)] : [];
  },
};

/** What its row already knows to follow from another. */
export const asItsRowKnows: Follow<MachineFacts> = {
  follow: ({ row }) => [row.problem?.cause],
};
