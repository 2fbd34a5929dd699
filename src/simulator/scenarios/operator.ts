/** What a second operator can do, in the words of one; and how he finds something to do it to. */

import { looksAfter } from '../controllers/capi/machinehealthcheck.ts';
import { isConflict, isNotFound } from '../controllers/client.ts';
import { type Kind, kinds } from '../controllers/kinds.ts';
import { labels } from '../controllers/owners.ts';
import { isFree } from '../controllers/provider/inventory.ts';
import type { Machine, MachineDeployment } from '../controllers/shapes/capi.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import type { ClusterLayout } from '../world/layout.ts';
import { NotHere, type Stage } from './scenario.ts';

/** A group of workers, as it was when it was chosen. */
export interface Group {
  name: string;
  cluster: ClusterLayout;
  deployment: MachineDeployment;
  replicas: number;
  template: string;
  pool: string;
  /** Free hosts of the pool, in the order in which they will be taken; no more than were asked for. */
  free: string[];
}

export interface GroupWish {
  /** So many free hosts its pool must have. */
  free?: number;
  /** So many replicas it must have. */
  replicas?: number;
  /** Nobody replaces its Machines by himself: no health check looksAfter them. */
  unchecked?: boolean;
}

/** Somebody else has changed the object in so many attempts. */
const attempts = 5;

/** Changes an object, anew where somebody else wrote first. Gives undefined where there is no such object. */
export async function edit<T extends KubeObject>(
  { operator }: Stage,
  kind: Kind<T>,
  name: string,
  change: (draft: T) => void,
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt++) {
    const found = await operator.get(kind, name);
    if (!found) return undefined;
    try {
      return await operator.change(kind, found, change);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!isConflict(error) || attempt >= attempts) throw error;
    }
  }
}

/** Creates an object unless there is one of that name. */
export async function createOnce<T extends KubeObject>(stage: Stage, kind: Kind<T>, object: T): Promise<void> {
  try {
    await stage.operator.create(kind, object);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

/** Keeps others off a group or a cluster until the scenario is healed. */
export function reserve(stage: Stage, name: string): void {
  stage.busy.add(name);
  stage.onHeal(() => {
    stage.busy.delete(name);
    return undefined;
  });
}

/** Chooses and reserves a group, the first cluster's first. Throws NotHere where none is as wished. */
export async function takeGroup(stage: Stage, wish: GroupWish = {}): Promise<Group> {
  for (const cluster of stage.layout.clusters) {
    if (stage.busy.has(cluster.name)) continue;
    for (const { name } of cluster.workers) {
      const group = stage.busy.has(name) ? undefined : await groupAsWished(stage, cluster, name, wish);
      if (!group) continue;
      reserve(stage, name);
      return group;
    }
  }
  const parts = [
    wish.free ? `with ${wish.free} free hosts in its pool` : '',
    wish.replicas ? `with ${wish.replicas} machines` : '',
    wish.unchecked ? 'without a health check' : '',
  ].filter(Boolean);
  throw new NotHere(`no group ${parts.join(' and ')} is at rest`);
}

async function groupAsWished(
  stage: Stage,
  cluster: ClusterLayout,
  name: string,
  wish: GroupWish,
): Promise<Group | undefined> {
  const { operator } = stage;
  const deployment = await operator.get(kinds.MachineDeployment, name);
  if (!deployment || deployment.metadata.deletionTimestamp || !isAtRest(deployment)) return undefined;
  const replicas = deployment.spec?.replicas ?? 0;
  if (replicas < (wish.replicas ?? 1)) return undefined;
  if ((await operator.get(kinds.Cluster, cluster.name))?.spec?.paused) return undefined;
  if (wish.unchecked && (await isChecked(stage, cluster.name, name))) return undefined;
  const template = deployment.spec?.template?.spec?.infrastructureRef?.name ?? '';
  const found = await operator.get(kinds.BaremetalMachineTemplate, template);
  const pool = found?.spec?.template?.spec?.machineInventoryPoolRef?.name ?? '';
  const free = await freeHosts(stage, pool, wish.free ?? 0);
  if (free.length < (wish.free ?? 0)) return undefined;
  return { name, cluster, deployment, replicas, template, pool, free };
}

/** Whether a group is exactly what it wants to be. */
export function isAtRest({ spec, status, metadata }: MachineDeployment): boolean {
  const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas, status?.availableReplicas];
  return status?.observedGeneration === metadata.generation && counts.every((count) => count === spec?.replicas);
}

/** The same, asked of the API: what pauses wait for. */
export async function groupAtRest(stage: Stage, name: string): Promise<boolean> {
  const deployment = await stage.operator.get(kinds.MachineDeployment, name);
  return !deployment || isAtRest(deployment);
}

async function isChecked(stage: Stage, cluster: string, group: string): Promise<boolean> {
  const one = { metadata: { name: '', labels: { [labels.cluster]: cluster, [labels.deployment]: group } } };
  const checks = await stage.operator.list(kinds.MachineHealthCheck);
  return checks.some(
    (check) =>
      check.spec?.clusterName === cluster && looksAfter(check, { ...one, apiVersion: '', kind: '' } as Machine),
  );
}

/** Up to `count` free hosts of a pool, in the order in which they will be taken. */
export async function freeHosts({ operator }: Stage, pool: string, count: number): Promise<string[]> {
  const free: string[] = [];
  const members = (await operator.get(kinds.MachineInventoryPool, pool))?.spec?.machineInventories ?? [];
  for (const { name } of members) {
    if (free.length >= count) break;
    if (isFree(await operator.get(kinds.MachineInventory, name), pool)) free.push(name);
  }
  return free;
}

/** The Machines of a group, by name. */
export async function machinesOf({ operator }: Stage, group: string): Promise<Machine[]> {
  const machines = await operator.list(kinds.Machine, { labelSelector: `${labels.deployment}=${group}` });
  return machines.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** The Machines of a control plane, by name. */
export async function planeMachines({ operator }: Stage, plane: string): Promise<Machine[]> {
  const machines = await operator.list(kinds.Machine, { labelSelector: `${labels.controlPlaneName}=${plane}` });
  return machines.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** The host a Machine runs on. */
export function hostOf(machine: Machine | undefined): string | undefined {
  return machine?.spec?.providerID?.replace('baremetal:///', '');
}

/** Sets the replicas of a group. */
export function scale(stage: Stage, group: string, replicas: number) {
  return edit(stage, kinds.MachineDeployment, group, (draft) => {
    draft.spec!.replicas = replicas;
  });
}

/** Sets the replicas of a group until the scenario is healed. */
export async function scaleFor(stage: Stage, group: Group, replicas: number): Promise<void> {
  stage.onHeal(() => scale(stage, group.name, group.replicas));
  await scale(stage, group.name, replicas);
}

/** Lets a group use another template until the scenario is healed. */
export async function swapTemplate(stage: Stage, group: Group, template: string): Promise<void> {
  const set = (name: string) =>
    edit(stage, kinds.MachineDeployment, group.name, (draft) => {
      draft.spec!.template!.spec!.infrastructureRef!.name = name;
    });
  stage.onHeal(() => set(group.template));
  await set(template);
}
