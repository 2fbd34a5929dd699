/** What the row of a MachineDeployment or KubeadmControlPlane says. */
import { PAUSED } from '../annotations.ts';
import { findCondition } from '../conditions.ts';
import { GROUP_PROBLEMS, type GroupFacts } from './group-problems.ts';
import { groupWaiting, isDone, isRolling, waitsForPlane } from './group-progress.ts';
import { worst } from './problems.ts';
import type { GroupRow } from './rows.ts';

/** When the present rollout or scaling began, by the conditions that turn when it does. */
function sinceOf({ group }: GroupFacts, done: boolean): number | undefined {
  if (group.deleting !== undefined) return group.deleting;
  if (done) return undefined;
  for (const type of ['RollingOut', 'ScalingDown', 'ScalingUp']) {
    const condition = findCondition(group.conditions, type);
    if (condition?.status === 'True') return condition.since;
  }
  for (const type of ['MachinesSpecUpToDate', 'Resized', 'MachineSetReady', 'MachinesReady']) {
    const condition = findCondition(group.conditions, type);
    if (condition?.status === 'False') return condition.since;
  }
  return undefined;
}

/** Builds the row. */
export function groupRow(facts: GroupFacts): GroupRow {
  const { group, machines, clusterPaused } = facts;
  const rolloutPaused = group.kind === 'deployment' && group.rolloutPaused;
  const paused = clusterPaused || rolloutPaused || Object.hasOwn(group.annotations, PAUSED);
  const done = isDone(group, machines);
  return {
    kind: 'group',
    uid: group.uid,
    name: group.name,
    object: group,
    controlPlane: group.kind === 'controlPlane',
    cluster: group.clusterName,
    replicas: group.replicas,
    version: group.version,
    infraTemplate: group.infraTemplate?.name,
    pool: facts.pool,
    bootstrapTemplate: group.kind === 'deployment' ? group.bootstrapTemplate?.name : undefined,
    rollout: group.rollout,
    rolling: isRolling(group),
    done,
    paused,
    machines: machines.map(({ uid }) => uid),
    waiting: groupWaiting(
      group,
      machines,
      paused,
      waitsForPlane(group, facts.sets, facts.plane) ? facts.plane : undefined,
    ),
    since: sinceOf(facts, done),
    problem: worst(GROUP_PROBLEMS, facts),
  };
}
