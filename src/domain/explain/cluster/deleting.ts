import { CLUSTER_API, IMPORTED } from '../../annotations.ts';
import { fieldOf } from '../evidence.ts';
import type { ClusterFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { clusterRef, groupRef } from '../lookup.ts';
import { describe, kubectl, open, quoted } from '../steps.ts';
import type { Failure } from '../types.ts';

/** All that was its own is gone, and only the platform's finalizer is left. */
export const stuckDeleting: Failure<ClusterFacts> = {
  id: 'cluster-stuck-deleting',
  mode: 'F18',
  test({ row }) {
    const { deleting, finalizers } = row.object;
    // Its pools outlive it, and the hosts in them: what counts is that Cluster API has nothing left to do.
    const alone = row.groups.length === 0 && !finalizers.includes(CLUSTER_API);
    return deleting !== undefined && alone && finalizers.includes(IMPORTED)
      ? { severity: 'warn', text: `deletion held by finalizer ${IMPORTED}`, since: deleting }
      : undefined;
  },
  tell({ row, fleet }) {
    const { namespace, finalizers, deleting } = row.object;
    const left = fleet.machines.list.filter(({ cluster }) => cluster === row.name).length;
    return {
      what: `The deletion of ${row.name} waits for the platform, which does not take its finalizer ${IMPORTED} off.`,
      evidence: [
        fieldOf(clusterRef(row), 'metadata.finalizers', finalizers.join(' '), deleting),
        fieldOf(clusterRef(row), 'machines left', left),
        fieldOf(clusterRef(row), 'hosts of its pools, which stay', row.hosts),
      ],
      causes: [
        'its import had never been finished, so that there is nothing to undo it',
        'the platform cannot reach the cluster any more',
      ],
      next: [
        {
          text: 'make sure that nothing of it is left',
          command: kubectl(namespace, 'get', 'cluster,kcp,md,machines,bmc,bmm'),
        },
        {
          text: 'only then take the finalizers off; it writes',
          command: `${kubectl(namespace, 'patch', 'cluster', row.name, '--type', 'merge')} -p ${quoted('{"metadata":{"finalizers":null}}')}`,
        },
        describe(row.object),
      ],
    };
  },
};

/** Its groups go first, and none of their machines has a cause of its own. */
export const slowDeleting: Failure<ClusterFacts> = {
  id: 'cluster-deletion-slow',
  test({ row, now }) {
    const { deleting } = row.object;
    const severity = lateness(deleting, 2 * LIMITS.clean, now);
    return severity && { severity, text: 'deletion does not end', since: deleting };
  },
  tell: ({ row, groups }) => ({
    what: `The deletion of ${row.name} waits for ${groups.map(({ name }) => name).join(', ') || 'its finalizers'}.`,
    evidence: [
      fieldOf(clusterRef(row), 'metadata.finalizers', row.object.finalizers.join(' ') || 'none', row.object.deleting),
      ...groups.map((group) => fieldOf(groupRef(group), 'machines left', group.machines.length)),
    ],
    causes: [
      'each host is cleaned before its machine goes: that takes its time',
      'a finalizer is held by a controller that does not run',
    ],
    next: [...groups.map((group) => open(groupRef(group), `look at ${group.name}`)), describe(row.object)],
  }),
};
