/** Mild trouble, of the kind a dashboard is there for. All of it passes. */

import { find } from '../conditions.ts';
import { kinds } from '../kinds.ts';
import { isFree } from '../provider/inventory.ts';
import { type Act, insist, minute, type Stage, wait } from './act.ts';
import { idleGroups, isSettled, poolOfGroup, scaleGroup } from './groups.ts';

const output =
  'INFO[0000] Starting elemental version v2.2.0 on commit 4f1c2d7\nERRO[0003] failed to pull image: Get "https://registry.dc1.example/v2/": ' +
  'dial tcp 10.1.0.5:443: connect: connection refused\n';

/** A host fails the plan of a new member for good, sits there, and is freed by replacing its Machine. */
export async function* failHost(stage: Stage): Act {
  const { rt, random } = stage;
  const groups = idleGroups(stage)
    .filter((group) => (poolOfGroup(stage, group)?.status?.available ?? 0) > 0)
    .filter((group) => !isHealthChecked(stage, group.metadata.name));
  if (groups.length === 0) return;
  const group = random.pick(groups);
  const { name } = group.metadata;
  const from = group.spec?.replicas ?? 1;
  const pool = poolOfGroup(stage, group);
  const inventories = rt.informer(kinds.MachineInventory);
  const members = pool?.spec?.machineInventories ?? [];
  const victim = members.find((member) => isFree(inventories.get(member.name), pool?.metadata.name ?? ''))?.name;
  if (!victim) return;
  stage.busy.add(name);
  rt.faults.plan(victim, 'reprovision', { instruction: 1, output });
  try {
    if (!(yield* insist(() => scaleGroup(stage, name, from, from + 1)))) return;
    yield* wait(() => failedMachines(stage, name).length > 0);
    yield { rest: random.around(5 * minute) };
    rt.faults.plan(victim, 'reprovision', undefined);
    yield* healHosts(stage, name);
    if (yield* insist(() => scaleGroup(stage, name, from + 1, from))) yield* wait(() => isSettled(stage, name));
  } finally {
    rt.faults.plan(victim, 'reprovision', undefined);
    stage.busy.delete(name);
  }
}

/** A health check would replace the Machine at once, and nobody would see it. */
function isHealthChecked({ rt }: Stage, group: string): boolean {
  return rt
    .informer(kinds.Machine)
    .by('deployment', group)
    .some(({ status }) => find(status?.v1beta2?.conditions, 'HealthCheckSucceeded') !== undefined);
}

/** Failed for good: those of one group, or of all that nobody is busy with. */
function failedMachines({ rt, busy }: Stage, group?: string) {
  const machines = rt.informer(kinds.Machine);
  return rt
    .informer(kinds.BaremetalMachine)
    .list()
    .filter(({ metadata, status }) => {
      if (status?.failureReason === undefined || metadata.deletionTimestamp) return false;
      const labels = machines.get(metadata.name)?.metadata.labels;
      const its = labels?.['cluster.x-k8s.io/deployment-name'] ?? labels?.['cluster.x-k8s.io/control-plane-name'];
      return group === undefined ? !busy.has(its ?? '') : its === group;
    });
}

/** Replaces the Machines of hosts that have given up, as the documentation advises. */
export async function* healHosts(stage: Stage, group?: string): Act {
  const { rt } = stage;
  const names = failedMachines(stage, group).map(({ metadata }) => metadata.name);
  for (const name of names) yield* insist(() => rt.client.remove(kinds.Machine, name));
  yield* wait(() => names.every((name) => !rt.informer(kinds.Machine).get(name)), 30 * minute);
}

/** A group wants more hosts than its pool has, and thinks better of it. */
export async function* exhaustPool(stage: Stage): Act {
  const groups = idleGroups(stage).filter((group) => (poolOfGroup(stage, group)?.status?.available ?? 9) <= 2);
  if (groups.length === 0) return;
  const group = stage.random.pick(groups);
  const { name } = group.metadata;
  const from = group.spec?.replicas ?? 1;
  const to = from + (poolOfGroup(stage, group)?.status?.available ?? 0) + 1;
  stage.busy.add(name);
  try {
    if (!(yield* insist(() => scaleGroup(stage, name, from, to)))) return;
    yield { rest: stage.random.around(1.5 * minute) };
    if (yield* insist(() => scaleGroup(stage, name, to, from))) yield* wait(() => isSettled(stage, name));
  } finally {
    stage.busy.delete(name);
  }
}

/** The provider loses count of a pool for a while, in which a group of it breathes. */
export async function* miscountPool(stage: Stage): Act {
  const groups = idleGroups(stage).filter((group) => (poolOfGroup(stage, group)?.status?.available ?? 0) > 0);
  if (groups.length === 0) return;
  const group = stage.random.pick(groups);
  const { name } = group.metadata;
  const pool = poolOfGroup(stage, group)?.metadata.name ?? '';
  const from = group.spec?.replicas ?? 1;
  stage.busy.add(name);
  stage.rt.faults.miscount(pool, true);
  try {
    if (!(yield* insist(() => scaleGroup(stage, name, from, from + 1)))) return;
    yield { rest: stage.random.around(3 * minute) };
    stage.rt.faults.miscount(pool, false);
    yield* wait(() => isSettled(stage, name));
    if (yield* insist(() => scaleGroup(stage, name, from + 1, from))) yield* wait(() => isSettled(stage, name));
  } finally {
    stage.rt.faults.miscount(pool, false);
    stage.busy.delete(name);
  }
}
