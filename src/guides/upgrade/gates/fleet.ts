/** What must be at rest: nothing paused, nothing marked, nothing rolling, nothing that would delete machines by itself. */

import { formatDuration } from '../../../domain/age.ts';
import { PAUSED } from '../../../domain/annotations.ts';
import { groupRef } from '../../../domain/explain/lookup.ts';
import { kubectl } from '../../../domain/explain/steps.ts';
import type { GroupRow } from '../../../domain/fleet/rows.ts';
import { strandedShort } from '../../../domain/forecast/stranded.ts';
import { ownedElsewhere, rowsOf } from '../../../operations/find.ts';
import { oldMarks } from '../../../operations/says.ts';
import { lengthOf } from '../../estimate.ts';
import { machinesIn } from '../route.ts';
import { few, machineSays, not, objectSays, open, type Rule, type View } from './gate.ts';

const groupsOf = ({ route }: View): GroupRow[] => [route.plane, ...route.workers];

export const nothingPaused: Rule = (view) => {
  const { route, busy } = view;
  const { cluster } = route;
  const groups = groupsOf(view).filter(({ paused, uid }) => paused && !busy.has(uid));
  const title = 'nothing paused';
  if (cluster.paused || Object.hasOwn(cluster.object.annotations, PAUSED)) {
    const target = { kind: 'cluster', uid: cluster.uid, name: cluster.name } as const;
    const evidence = [objectSays(cluster.object, 'it is paused')];
    return [
      not(
        'block',
        'paused',
        title,
        `${cluster.name} is paused`,
        { text: 'resume it', operation: { id: 'resume', target } },
        { evidence },
      ),
    ];
  }
  const [first] = groups;
  if (!first) return [open('paused', title, 'neither the cluster nor a group of it')];
  const evidence = groups.map(({ object }) => objectSays(object, 'it is paused'));
  const remedy = { text: 'resume it', operation: { id: 'resume', target: groupRef(first) } };
  return [not('block', 'paused', title, `${few(groups.map(({ name }) => name))} paused`, remedy, { evidence })];
};

/** A mark is honoured by whatever scales down next: in a rollout it decides who goes first, afterwards it waits on. */
export const noMarks: Rule = (view) => {
  const { known } = view;
  const title = 'no leftover delete marks';
  const marked = groupsOf(view).flatMap((group) => {
    const names = new Set(oldMarks(known, group));
    return machinesIn(known, group).filter(({ name }) => names.has(name));
  });
  const [first] = marked;
  if (!first) return [open('delete-marks', title, 'none')];
  const evidence = marked.map((row) => machineSays(row, 'cluster.x-k8s.io/delete-machine is set'));
  const target = { kind: 'machine', uid: first.uid, name: first.name } as const;
  const remedy = { text: 'take the marks off', operation: { id: 'unmark', target } };
  return [not('block', 'delete-marks', title, few(marked.map(({ name }) => name)), remedy, { evidence })];
};

export const nothingRolling: Rule = (view) => {
  const title = 'no rollout under way';
  // What waits for its new version is no reason to wait with that.
  const short = (group: GroupRow) => strandedShort(view.known.fleet, group);
  const rolling = groupsOf(view).filter((group) => {
    if (view.busy.has(group.uid) || short(group) > 0) return false;
    const { desired } = group.replicas;
    const rows = rowsOf(view.known, group);
    return group.rolling || rows.some(({ deleting }) => deleting) || (desired !== undefined && rows.length !== desired);
  });
  const stranded = groupsOf(view).filter((group) => !view.busy.has(group.uid) && short(group) > 0);
  if (rolling.length + stranded.length === 0) return [open('rollouts', title, 'all groups are at rest')];
  if (rolling.length === 0) {
    const of = stranded.map((group) => ({
      group,
      lacks: `lacks ${short(group)} of ${group.replicas.desired} machines`,
    }));
    return [
      not(
        'warn',
        'rollouts',
        title,
        `${few(of.map(({ group, lacks }) => `${group.name} ${lacks}`))}, which come with its new version alone`,
        { text: 'nothing to wait for: their upgrade brings them' },
        { evidence: of.map(({ group, lacks }) => objectSays(group.object, `${lacks}: ${group.problem?.text ?? ''}`)) },
      ),
    ];
  }
  const evidence = rolling.map(({ object, waiting, replicas, since }) =>
    objectSays(object, waiting ?? `${replicas.current ?? '?'} of ${replicas.desired ?? '?'} machines`, since),
  );
  const remedy = { text: 'wait until it is done; what holds it up is told by explain' };
  return [
    not(
      'block',
      'rollouts',
      title,
      few(rolling.map(({ name, waiting }) => `${name}: ${waiting ?? 'not at rest'}`)),
      remedy,
      { evidence },
    ),
  ];
};

/** A topology would write its own version back. */
export const ownGroups: Rule = (view) => {
  const owned = groupsOf(view).flatMap((group) => {
    const why = ownedElsewhere(group.object);
    return why === undefined ? [] : [{ group, why }];
  });
  if (owned.length === 0) return [];
  const evidence = owned.map(({ group, why }) => objectSays(group.object, why));
  const remedy = { text: 'change the version in the topology of the Cluster instead' };
  return [
    not('block', 'topology', 'groups of their own', few(owned.map(({ why }) => why)), remedy, {
      evidence,
      override: 'never',
    }),
  ];
};

/** A health check that is less patient than a host is slow deletes machines that are on their way. */
export const healthChecks: Rule = ({ known, route }) => {
  const { name: cluster } = route.cluster;
  const checks = known.fleet.healthChecks.list.filter(({ clusterName }) => clusterName === cluster);
  const title = 'MachineHealthChecks';
  if (checks.length === 0) return [open('health-checks', title, 'none looks after its machines')];
  const length = lengthOf(known, cluster, 'machine-running');
  const took = `${formatDuration(length.median)}${length.count === 0 ? ' (a guess)' : ''}`;
  const hasty = checks.filter(
    ({ startupLimit }) => startupLimit !== undefined && startupLimit > 0 && startupLimit < length.median,
  );
  const seen = length.count === 0 ? '' : ` of ${length.count} seen`;
  const slow = `a host takes ${took} to join, ${formatDuration(length.p95)} at most${seen}`;
  const evidence = checks.map((check) =>
    objectSays(
      check,
      [
        check.startupLimit === undefined
          ? undefined
          : check.startupLimit === 0
            ? 'waits for Nodes without end'
            : `gives up on a Node after ${formatDuration(check.startupLimit)}`,
        check.maxUnhealthy === undefined ? undefined : `maxUnhealthy ${check.maxUnhealthy}`,
        check.expectedMachines === undefined ? undefined : `watches ${check.expectedMachines}`,
      ]
        .filter(Boolean)
        .join(', ') || 'its limits are not known',
    ),
  );
  // All of them: one that is left would go on.
  const names = (hasty.length > 0 ? hasty : checks).map(({ name }) => name);
  const command = kubectl(
    ...([known.namespace, 'annotate', 'machinehealthchecks.cluster.x-k8s.io'] as const),
    ...[...names, `${PAUSED}=true`],
  );
  if (hasty.length > 0) {
    const figure = `${few(hasty.map(({ name }) => name))} would delete machines on their way: ${slow}`;
    return [
      not(
        'block',
        'health-checks',
        title,
        figure,
        { text: 'hold it back meanwhile, or give it more time', command },
        { evidence },
      ),
    ];
  }
  const held = checks.filter(({ annotations }) => Object.hasOwn(annotations, PAUSED));
  if (held.length === checks.length)
    return [open('health-checks', title, `${few(held.map(({ name }) => name))} held back`)];
  const figure = `${few(checks.map(({ name }) => name))} may delete machines unasked; ${slow}`;
  return [
    not(
      'warn',
      'health-checks',
      title,
      figure,
      { text: 'hold it back while machines are replaced', command },
      { evidence },
    ),
  ];
};

/** Without a limit a Pod that cannot be moved holds the whole upgrade up. */
export const drainLimits: Rule = (view) => {
  const title = 'limits for drains';
  const without = groupsOf(view).filter((group) =>
    machinesIn(view.known, group).some(({ machine }) => machine !== undefined && !machine.drainLimit),
  );
  if (without.length === 0) return [open('drain-limits', title, 'every machine has one')];
  const evidence = without.map(({ object }) =>
    objectSays(object, 'some of its machines have no nodeDrainTimeout: a drain may take without end'),
  );
  const remedy = {
    text: 'look for PodDisruptionBudgets that allow nothing',
    command: 'kubectl get poddisruptionbudgets -A',
  };
  return [
    not('warn', 'drain-limits', title, `none for machines of ${few(without.map(({ name }) => name))}`, remedy, {
      evidence,
    }),
  ];
};
