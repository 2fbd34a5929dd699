/** What happens to groups: they breathe, and now and then one is rolled. */

import { kinds } from '../kinds.ts';
import { otherPatchOf } from '../kubernetes-version.ts';
import type { KubeadmControlPlane, MachineDeployment } from '../shapes/capi.ts';
import type { BaremetalMachineTemplate, MachineInventoryPool } from '../shapes/provider.ts';
import { type Act, insist, minute, type Stage, wait } from './act.ts';

const find = ({ rt }: Stage, name: string) => rt.informer(kinds.MachineDeployment).get(name);

/** Whether a group is exactly what it wants to be. */
export function isSettled(stage: Stage, name: string): boolean {
  const deployment = find(stage, name);
  if (!deployment) return true;
  const { spec, status, metadata } = deployment;
  const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas, status?.availableReplicas];
  return status?.observedGeneration === metadata.generation && counts.every((count) => count === spec?.replicas);
}

function planeSettled({ rt }: Stage, name: string): boolean {
  const plane = rt.informer(kinds.KubeadmControlPlane).get(name);
  if (!plane) return true;
  const { spec, status } = plane;
  const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas];
  return status?.version === spec?.version && counts.every((count) => count === spec?.replicas);
}

/** The pool a group draws from. */
export function poolOfGroup({ rt }: Stage, deployment: MachineDeployment): MachineInventoryPool | undefined {
  const template = deployment.spec?.template?.spec?.infrastructureRef?.name;
  const pool = rt.informer(kinds.BaremetalMachineTemplate).get(template)?.spec?.template?.spec?.machineInventoryPoolRef;
  return rt.informer(kinds.MachineInventoryPool).get(pool?.name);
}

/** Groups at rest that no act is busy with, of clusters that are not paused. */
export function idleGroups(stage: Stage): MachineDeployment[] {
  const { rt, busy } = stage;
  return rt
    .informer(kinds.MachineDeployment)
    .list()
    .filter(({ metadata, spec }) => {
      const cluster = rt.informer(kinds.Cluster).get(spec?.clusterName);
      const free = !busy.has(metadata.name) && !busy.has(spec?.clusterName ?? '');
      return free && cluster?.spec?.paused !== true && !metadata.deletionTimestamp && isSettled(stage, metadata.name);
    })
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** Sets the replicas of a group unless somebody else has set others meanwhile. Says whether they are what was asked for. */
export async function scaleGroup(stage: Stage, name: string, from: number, to: number): Promise<boolean> {
  const deployment = find(stage, name);
  // An answer may have been lost: then it is done already.
  if (deployment?.spec?.replicas === to) return true;
  if (!deployment || deployment.spec?.replicas !== from) return false;
  await stage.rt.client.change(kinds.MachineDeployment, deployment, (draft) => {
    draft.spec!.replicas = to;
  });
  return true;
}

/** A group takes a free host or two, keeps them for a while, and gives them back. */
export async function* breathe(stage: Stage): Act {
  const groups = idleGroups(stage).filter((group) => (poolOfGroup(stage, group)?.status?.available ?? 0) > 0);
  if (groups.length === 0) return;
  const group = stage.random.pick(groups);
  const { name } = group.metadata;
  const from = group.spec?.replicas ?? 1;
  const to = from + Math.min(poolOfGroup(stage, group)?.status?.available ?? 1, stage.random.integer(1, 2));
  stage.busy.add(name);
  try {
    if (!(yield* insist(() => scaleGroup(stage, name, from, to)))) return;
    yield* wait(() => isSettled(stage, name));
    yield { rest: stage.random.around(1.5 * minute) };
    if (yield* insist(() => scaleGroup(stage, name, to, from))) yield* wait(() => isSettled(stage, name));
  } finally {
    stage.busy.delete(name);
  }
}

/** Rolls a whole cluster to the other patch version of its minor: the control plane first, then each group. */
export async function* upgrade(stage: Stage, clusterName: string): Act {
  const { rt } = stage;
  const cluster = rt.informer(kinds.Cluster).get(clusterName);
  const plane = rt.informer(kinds.KubeadmControlPlane).get(cluster?.spec?.controlPlaneRef?.name);
  const groups = () => rt.informer(kinds.MachineDeployment).by('cluster', clusterName);
  const quiet = plane && planeSettled(stage, plane.metadata.name) && groups().every((g) => isFree(stage, g));
  if (!plane || !quiet || cluster?.spec?.paused) return;
  const version = yield* insist(() => otherPatch(stage, plane));
  if (!version) return;
  stage.busy.add(clusterName);
  try {
    const nowPlane = () => rt.informer(kinds.KubeadmControlPlane).get(plane.metadata.name) ?? plane;
    yield* insist(() =>
      rt.client.change(kinds.KubeadmControlPlane, nowPlane(), (draft) => {
        draft.spec!.version = version;
      }),
    );
    yield* wait(() => planeSettled(stage, plane.metadata.name));
    for (const group of groups()) {
      if (nowPlane().spec?.version !== version) return;
      yield* insist(() =>
        rt.client.change(kinds.MachineDeployment, find(stage, group.metadata.name) ?? group, (draft) => {
          draft.spec!.template!.spec!.version = version;
        }),
      );
      yield* wait(() => isSettled(stage, group.metadata.name));
    }
  } finally {
    stage.busy.delete(clusterName);
  }
}

const isFree = (stage: Stage, group: MachineDeployment): boolean =>
  !stage.busy.has(group.metadata.name) && isSettled(stage, group.metadata.name);

/** The newest other version of the same minor in the image catalog. Two patch versions alternate for ever. */
async function otherPatch({ rt }: Stage, plane: KubeadmControlPlane): Promise<string | undefined> {
  const catalog = await rt.client.get(kinds.ConfigMap, 'elemental-image-catalog');
  return otherPatchOf(plane.spec?.version ?? '', Object.keys(catalog?.data ?? {}));
}

/** Moves a group to the other pool of its cluster by a template that points there, which is made once. */
export async function* swapPool(stage: Stage, groupName: string): Act {
  const { rt } = stage;
  const group = find(stage, groupName);
  if (!group || !isFree(stage, group) || stage.busy.has(group.spec?.clusterName ?? '')) return;
  const pool = poolOfGroup(stage, group);
  const need = group.spec?.replicas ?? 0;
  const other = rt
    .informer(kinds.MachineInventoryPool)
    .list()
    .find(
      ({ metadata, spec, status }) =>
        spec?.clusterName === group.spec?.clusterName &&
        metadata.name !== pool?.metadata.name &&
        /worker/.test(metadata.name) &&
        (status?.available ?? 0) >= need,
    );
  if (!other) return;
  stage.busy.add(groupName);
  try {
    const template = other.metadata.name.replace(/-pool$/, '-template');
    if (!rt.informer(kinds.BaremetalMachineTemplate).get(template)) {
      const made: BaremetalMachineTemplate = {
        apiVersion: kinds.BaremetalMachineTemplate.apiVersion,
        kind: 'BaremetalMachineTemplate',
        metadata: { name: template },
        spec: { template: { spec: { machineInventoryPoolRef: { name: other.metadata.name } } } },
      };
      yield* insist(() => rt.client.create(kinds.BaremetalMachineTemplate, made));
    }
    yield* insist(() =>
      rt.client.change(kinds.MachineDeployment, find(stage, groupName) ?? group, (draft) => {
        draft.spec!.template!.spec!.infrastructureRef!.name = template;
      }),
    );
    yield* wait(() => isSettled(stage, groupName));
  } finally {
    stage.busy.delete(groupName);
  }
}
